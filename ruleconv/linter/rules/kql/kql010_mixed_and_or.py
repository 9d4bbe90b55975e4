from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class MixedAndOr(Rule):
    """`and` and `or` side by side without parentheses.

    `and` binds more tightly: `a or b and c` is `a or (b and c)`, which is often not what was meant. Parentheses say it.
    """

    code = "KQL010"
    name = "mixed-and-or"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    bad = (
        kql("""\
SigninLogs
| where ResultType == '0' or ResultType == '1' and Identity has 'x'
"""),
    )
    good = (
        kql("""\
SigninLogs
| where (ResultType == '0' or ResultType == '1') and Identity has 'x'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.nodes(tree.Binary):
            if node.op != "or":
                continue
            for side in (node.left, node.right):
                if isinstance(side, tree.Binary) and side.op == "and":
                    span = subject.in_query(side.op_span)
                    yield Finding(
                        span,
                        "`and` beside `or`, without parentheses: the `and` binds first",
                        "put parentheses around what belongs together",
                    )
                    break
