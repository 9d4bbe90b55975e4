from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import bare, compared, runs, text
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
        kql("""\
SigninLogs
| where ResultType in ('50053', '50126') and ResultType == '0'
"""),
    )
    good = (
        kql("""\
SigninLogs
| where ResultType in ('0', '50126') and ResultType in~ ('50126', '50053')
"""),
        kql("""\
SigninLogs
| where ResultType == '0' or ResultType == '50126'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for operands in runs(list(subject.nodes(tree.Binary)), "and"):
            seen: list[tuple[tree.Expr, frozenset[str]]] = []
            for operand in operands:
                found = _values(operand)
                if found is None:
                    continue
                if any(left == found[0] and values.isdisjoint(found[1]) for left, values in seen):
                    yield Finding(subject.in_query(operand.span), "no value fulfils both of these", "join them by `or`")
                seen.append(found)


def _values(test: tree.Expr) -> tuple[tree.Expr, frozenset[str]] | None:
    """What is compared, and the texts that it is to be one of, without regard to case."""
    if isinstance(test, tree.InList) and test.op in ("in", "in~"):
        items = [text(item) for item in test.items]
        known = frozenset(item.casefold() for item in items if item is not None)
        return (bare(test.subject), known) if items and None not in items else None
    found = compared(test)
    if found is None or found[1] not in ("==", "=~"):
        return None
    return found[0], frozenset((found[2].casefold(),))
