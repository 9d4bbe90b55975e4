from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class CrossJoin(Rule):
    """A join over a constant key: every row with every row.

    It grows with the product of both sides.
    """

    code = "KQL029"
    name = "cross-join"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    recommended = False
    bad = (
        kql("""\
SigninLogs
| extend k = 1
| join kind=inner (AuditLogs | extend k = 1) on k
"""),
    )
    good = (
        kql("""\
SigninLogs
| join kind=inner (AuditLogs) on Identity
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        constant = {
            name.name
            for extend in subject.nodes(tree.Extend)
            for value in extend.values
            if isinstance(value, tree.NamedExpr) and isinstance(value.value, tree.Literal)
            for name in value.names
        }
        for node in subject.nodes(tree.Join):
            for key in node.on:
                if isinstance(key, tree.Name) and key.name in constant and len(node.on) == 1:
                    yield Finding(subject.in_query(key.span), f"the key {key.name} is a constant: every row meets every row")
