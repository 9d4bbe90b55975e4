from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import text
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ContainsCouldBeHas(Rule):
    """`contains` with a whole word.

    `has` looks it up in the index and is many times faster, but finds whole terms only: look whether that is enough.
    """

    code = "KQL015"
    name = "contains-could-be-has"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    recommended = False
    reference = "https://learn.microsoft.com/kusto/query/datatypes-string-operators"
    bad = (
        kql("""\
SigninLogs
| where Identity contains 'admin'
"""),
    )
    good = (
        kql("""\
SigninLogs
| where Identity has 'admin'
"""),
        kql("""\
SigninLogs
| where Identity contains '.exe'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.nodes(tree.Binary):
            value = text(node.right) if node.op in ("contains", "!contains") else None
            if value and len(value) > 3 and value.isalnum():
                yield Finding(
                    subject.in_query(node.op_span),
                    f"{node.op} {value!r}: {node.op.replace('contains', 'has')} is much faster, where whole terms are enough",
                )
