from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.tokens import Token, TokenKind

_MOMENT = re.compile(r"\s*\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\s*")


class TimestampLiteralNoZone(Rule):
    """A timestamptz is written without its time zone.

    PostgreSQL then takes the zone of the session: the same query finds other events from another client. Write the offset
    (`'2024-01-01 00:00+00'`) or `Z`.
    """

    code = "SQL014"
    name = "timestamp-literal-no-zone"
    severity = Severity.WARNING
    on = (Kind.SQL,)
    recommended = False
    reference = "https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-INPUT-TIME-STAMPS"
    bad = (
        sql("select a from t where created > timestamptz '2024-01-01 00:00'"),
        sql("select a from t where created > '2024-01-01'::timestamptz"),
        sql("select a from t where created > cast('2024-01-01T10:00:00' as timestamptz)"),
        sql("select a from t where created > '2024-01-01'::timestamp with time zone"),
        sql("select a from t where created > timestamp with time zone '2024-01-01 00:00:00'"),
    )
    good = (
        sql("select a from t where created > timestamptz '2024-01-01 00:00+00' and created < '2024-01-01T00:00Z'::timestamptz"),
        sql("select a from t where created > now() - interval '1 day' and b = '2024-01-01' and c > timestamp '2024-01-01'"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for statement in subject.postgres:
            tokens = statement.tokens
            for at, token in enumerate(tokens):
                if token.kind is TokenKind.STRING and _MOMENT.fullmatch(token.body) and _is_zoned(tokens, at):
                    yield Finding(token.span, f"{token.text} as timestamptz without a time zone", "write +00 or Z behind it for UTC")


def _is_zoned(tokens: tuple[Token, ...], at: int) -> bool:
    """The type before or behind the text has a time zone."""
    before = [token.word for token in tokens[max(0, at - 4) : at]]
    behind = [token.word for token in tokens[at + 1 : at + 6]]
    if before[-1:] == ["TIMESTAMPTZ"] or before == ["TIMESTAMP", "WITH", "TIME", "ZONE"]:
        return True
    casts = behind[:1] == ["::"] or (before[-2:] == ["CAST", "("] and behind[:1] == ["AS"])
    return casts and (behind[1:2] == ["TIMESTAMPTZ"] or behind[1:] == ["TIMESTAMP", "WITH", "TIME", "ZONE"])
