from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import compared, runs
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class AlwaysFalse(Rule):
    """A condition that is never true: `x == a and x == b`.

    No value equals both. Meant is `or`, or `x in (a, b)`.
    """

    code = "KQL008"
    name = "always-false"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    bad = (
        kql("""\
SigninLogs
| where ResultType == '0' and ResultType == '50126'
"""),
    )
    good = (
        kql("""\
SigninLogs
| where ResultType == '0' or ResultType == '50126'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for operands in runs(list(subject.nodes(tree.Binary)), "and"):
            seen: list[tuple[tree.Expr, str]] = []
            for operand in operands:
                found = compared(operand)
                if found is None or found[1] not in ("==", "=~"):
                    continue
                value = found[2].casefold() if found[1] == "=~" else found[2]
                if any(left == found[0] and other.casefold() != value.casefold() for left, other in seen):
                    yield Finding(subject.in_query(operand.span), "nothing equals both of these values", "join them by `or`")
                seen.append((found[0], value))
