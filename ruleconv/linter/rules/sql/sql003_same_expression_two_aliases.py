from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.scope import Output, outputs, selects
from ruleconv.sql.tree import Node

_ANEW = frozenset(
    ("random", "rand", "gen_random_uuid", "uuid", "uuid_generate_v4", "clock_timestamp", "nextval", "generate_uuid", "statement_timestamp")
)
_OPPOSITE = {"min": "max", "max": "min", "first": "last", "last": "first"}


class SameExpressionTwoAliases(Rule):
    """The same expression is selected twice under different names.

    `min(t) as first_event, min(t) as last_event` was copied and only half changed: one column says what it does not hold. Plain columns
    under two names are left alone.
    """

    code = "SQL003"
    name = "same-expression-two-aliases"
    severity = Severity.WARNING
    on = (Kind.SQL,)
    bad = (
        sql("select ip, min(created) as first_event, min(created) as last_event from sign_ins group by ip"),
        sql('select count(distinct "user") as users, COUNT( DISTINCT "user" ) as hosts from sign_ins'),
    )
    good = (
        sql("select ip, min(created) as first_event, max(created) as last_event from sign_ins group by ip"),
        sql("select path as file, path as source, random() as a, random() as b from files"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.linter.sql_view import calculation, spelled, written

        for statement in subject.statements:
            for select in selects(statement.tree):
                seen: dict[tuple[str, ...], Output] = {}
                for output in outputs(select):
                    if output.alias is None or not output.expression.placed or not _calculates(output.expression):
                        continue
                    span = calculation(statement, output)
                    first = seen.setdefault(spelled(statement, span), output)
                    if first.alias is not None and first.alias.name != output.alias.name:
                        other = _OPPOSITE.get(output.expression.kind, "")
                        yield Finding(
                            span.cover(output.alias.span),
                            f"{first.alias.name} and {output.alias.name} are the same: {written(subject, span)}",
                            f"was {other}(..) meant for one of them?" if other else "one of them was meant to be something else",
                        )


def _calculates(node: Node) -> bool:
    """It calls a function, and none that gives another value each time."""
    calls = [each for each in node.walk() if each.function]
    return bool(calls) and not any(each.name in _ANEW for each in calls)
