from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import compared, runs
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_EXCLUSIVE = ("!=", "!~")
_CONTAINING = ("!has", "!contains", "!has_cs", "!contains_cs")


class AlwaysTrue(Rule):
    """A condition that is always true: `x != a or x != b`.

    Whatever x is, it differs from one of the two. Meant is `and`, or `x !in (a, b)`.
    """

    code = "KQL007"
    name = "always-true"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    bad = (
        kql("""\
SigninLogs
| where ResultType != '0' or ResultType != '50126'
"""),
        kql("""\
SigninLogs
| where Identity !has 'a' or Identity !has 'b'
"""),
    )
    good = (
        kql("""\
SigninLogs
| where ResultType != '0' and ResultType != '50126'
"""),
        kql("""\
SigninLogs
| where ResultType != '0' or Identity != 'x'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for operands in runs(list(subject.nodes(tree.Binary)), "or"):
            seen: list[tuple[tree.Expr, str, str]] = []
            for operand in operands:
                found = compared(operand)
                if found is None or found[1] not in _EXCLUSIVE + _CONTAINING:
                    continue
                for left, op, value in seen:
                    # Two texts that a value may both contain make no tautology, but nobody means it.
                    if left == found[0] and op == found[1] and value.casefold() != found[2].casefold():
                        message = f"`{op} {value!r} or {op} {found[2]!r}` is true of " + (
                            "everything" if op in _EXCLUSIVE else "nearly everything"
                        )
                        yield Finding(subject.in_query(operand.span), message, "join them by `and`")
                        break
                seen.append(found)
