from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.tokens import Token, TokenKind

_CALLS = {
    "DATEADD": "t + interval '1 day'",
    "DATE_SUB": "t - interval '1 day'",
    "TIMESTAMPADD": "t + interval '1 day'",
    "TIMESTAMP_ADD": "t + interval '1 day'",
    "TIMESTAMP_SUB": "t - interval '1 day'",
    "DATEDIFF": "extract(epoch from b - a)",
    "TIMESTAMPDIFF": "extract(epoch from b - a)",
    "TIMESTAMP_DIFF": "extract(epoch from b - a)",
    "GETDATE": "now()",
    "SYSDATETIME": "now()",
    "UTC_TIMESTAMP": "now() at time zone 'utc'",
    "CURDATE": "current_date",
    "ADDDATE": "t + interval '1 day'",
    "SUBDATE": "t - interval '1 day'",
}
"""Functions of other dialects that PostgreSQL has not, and what it says."""
_UNIT = re.compile(r"(?:MICROSECOND|MILLISECOND|SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|QUARTER|YEAR|DECADE|CENTUR(?:Y|IE))S?", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+")
_NOT_WORDS = re.compile(r"[\d.:+\-,\s]*")
_WORDS = frozenset(
    (
        *("year", "years", "yr", "yrs", "y", "month", "months", "mon", "mons", "week", "weeks", "w", "day", "days", "d"),
        *("hour", "hours", "hr", "hrs", "h", "minute", "minutes", "min", "mins", "m", "second", "seconds", "sec", "secs", "s"),
        *("millisecond", "milliseconds", "msec", "msecs", "ms", "microsecond", "microseconds", "usec", "usecs", "us", "ago"),
        *("decade", "decades", "dec", "decs", "century", "centuries", "cent", "c", "millennium", "millennia", "mil", "mils"),
    )
)
"""What stands in the text of an interval."""


class IntervalDialect(Rule):
    """A span of time written as another dialect does.

    PostgreSQL has `interval '1 hour'` with the quotes, and neither DATEADD, DATE_SUB, DATEDIFF nor GETDATE. A word that is no number in the
    text of an interval (`interval 'X hours'`) is refused when the query runs.
    """

    code = "SQL015"
    name = "interval-dialect"
    severity = Severity.ERROR
    on = (Kind.SQL,)
    fixable = "safe"
    reference = "https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-INPUT"
    bad = (
        sql(
            "select a from t where created > now() - interval 1 hour",
            fixed="select a from t where created > now() - interval '1 hour'",
        ),
        sql("select a from t where created > dateadd(day, -1, getdate())"),
        sql("select a from t where created > now() - interval 'X hours'"),
    )
    good = (
        sql("select a from t where created > now() - interval '1 hour' and b < now() - interval '1' day"),
        sql("select a from t where created > now() - interval '1 year 2 mons 3 days 04:05:06' and b > now() - interval 'P1DT2H'"),
        sql("select interval, t.interval from t where created > now() - interval :span and created > now() - interval '{{ hours }} hours'"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for statement in subject.postgres:
            tokens = statement.tokens
            for at, token in enumerate(tokens[:-1]):
                before = tokens[at - 1].word if at else ""
                if token.kind is not TokenKind.WORD or before in (".", "AS"):
                    continue
                if token.word == "INTERVAL":
                    yield from self._interval(tokens, at)
                elif token.word in _CALLS and tokens[at + 1].word == "(" and before != "FUNCTION":
                    yield Finding(token.span, f"PostgreSQL has no {token.text}", f"write {_CALLS[token.word]}")

    def _interval(self, tokens: tuple[Token, ...], at: int) -> Iterator[Finding]:
        token, value = tokens[at], tokens[at + 1]
        unit = tokens[at + 2] if at + 2 < len(tokens) else None
        named = unit is not None and unit.kind is TokenKind.WORD and _UNIT.fullmatch(unit.text) is not None
        if value.kind is TokenKind.NUMBER and unit is not None and named:
            span = token.span.cover(unit.span)
            text = f"{token.text} '{value.text} {unit.text.lower()}'"
            yield Finding(
                span, f"{token.text} {value.text} {unit.text} without quotes", f"write {text}", Fix(f"Write {text}", (Edit(span, text),))
            )
        elif value.kind is TokenKind.STRING and value.prefix == "" and not _is_interval(value.body):
            yield Finding(value.span, f"{value.text[:40]} is no interval", "a number and a unit, as in interval '1 hour'")


def _is_interval(text: str) -> bool:
    """PostgreSQL may read it, or it is a template, or of the form of ISO 8601 (P1D)."""
    text = text.strip().lower()
    if any(mark in text for mark in "{$%@") or text.startswith("p") or text in ("", "infinity", "-infinity"):
        return True
    known = all(word in _WORDS for word in _WORD.findall(text))
    return known and any(char.isdigit() for char in text) and _NOT_WORDS.fullmatch(_WORD.sub("", text)) is not None
