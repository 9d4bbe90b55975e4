from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.scope import Output, outputs, selects
from ruleconv.sql.tree import Node
from ruleconv.text import Span

_ANEW = frozenset(
    ("random", "rand", "gen_random_uuid", "uuid", "uuid_generate_v4", "clock_timestamp", "nextval", "generate_uuid", "statement_timestamp")
)
_OPPOSITE = {"min": "max", "max": "min", "first": "last", "last": "first"}


class SameExpressionTwoAliases(Rule):
    """The same expression is selected twice, under names that say the opposite of each other.

    `min(t) as first_event, min(t) as last_event` was copied and only half changed: one column says what it does not hold. A value under two
    names that do not contradict each other may be meant, and is left alone.
    """

    code = "SQL003"
    name = "same-expression-two-aliases"
    severity = Severity.WARNING
    on = (Kind.SQL,)
    fixable = "unsafe"
    bad = (
        sql(
            "select ip, min(created) as first_event, min(created) as last_event from sign_ins group by ip",
            fixed="select ip, min(created) as first_event, max(created) as last_event from sign_ins group by ip",
        ),
        sql("select count(*) filter (where ok) as succeeded, COUNT( * ) FILTER (where ok) as failed from sign_ins"),
    )
    good = (
        sql("select ip, min(created) as first_event, max(created) as last_event from sign_ins group by ip"),
        sql("select min(created) as started, min(created) as timestamp, count(*) as n, count(*) as total from sign_ins"),
        sql("select path as source, path as target, random() as old, random() as new from files"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.linter.sql_view import calculation, spelled, written

        for statement in subject.statements:
            for select in selects(statement.tree):
                seen: dict[tuple[str, ...], list[Output]] = {}
                for output in outputs(select):
                    if output.alias is None or not output.expression.placed or not _calculates(output.expression):
                        continue
                    if not _words(output.name) & _TELLING:
                        continue
                    span = calculation(statement, output)
                    earlier = seen.setdefault(spelled(statement, span), [])
                    first = next((each for each in earlier if _contradict(each.name, output.name)), None)
                    earlier.append(output)
                    if first is not None:
                        other = _OPPOSITE.get(output.expression.kind, "")
                        yield Finding(
                            span.cover(output.alias.span),
                            f"{first.name} and {output.name} are the same: {written(subject, span)}",
                            f"was {other}(..) meant for one of them?" if other else "one of them was meant to be something else",
                            _fix(subject, output, span, other),
                        )


def _fix(subject: Subject, output: Output, span: Span, other: str) -> Fix | None:
    """max for min where the second of the names is the one that says last, and the other way round."""
    text = subject.file.text[span.start : span.start + 3]
    if text.lower() != output.expression.kind or not _words(output.name) & _OPPOSITES[0][output.expression.kind == "min"]:
        return None
    written = other.upper() if text.isupper() else other
    return Fix(f"Write {written}", (Edit(Span(span.start, span.start + 3), written),), safe=False)


def _contradict(one: str, other: str) -> bool:
    """The names hold words that are opposites, and not both of them in one."""
    words, others = _words(one), _words(other)
    return any(a & words and b & others and not (b & words or a & others) for x, y in _OPPOSITES for a, b in ((x, y), (y, x)))


@lru_cache(maxsize=4096)
def _words(name: str) -> frozenset[str]:
    """``lastEvent_time`` is of the words last, event and time."""
    words = {word.lower() for word in _WORD.findall(name)}
    return frozenset(words | {begin for begin in _BEGINNINGS for word in words if word.startswith(begin)})


_BEGINNINGS = ("first", "last", "earliest", "latest", "oldest", "newest")
"""Told also in front of a word: firstseen."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_OPPOSITES = [
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        ("first start started begin began earliest min minimum oldest", "last end ended latest max maximum newest"),
        ("low lower smallest", "high upper largest"),
        ("old before previous prior", "new after current"),
        ("src source client sender from", "dst dest destination target server receiver recipient to"),
        ("success successes successful succeeded ok allowed", "fail failed failure failures error errors blocked denied"),
        ("sent out outbound outgoing upload uploaded", "received in inbound incoming download downloaded"),
        ("parent", "child"),
        ("local internal", "remote external"),
    )
]
_TELLING = frozenset(word for pair in _OPPOSITES for words in pair for word in words)


def _calculates(node: Node) -> bool:
    """It calls a function (not only the operators of JSON), and none that gives another value each time."""
    calls = [each for each in node.walk() if each.function and not each.kind.startswith("json")]
    return bool(calls) and not any(each.name in _ANEW for each in calls)
