from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import ticks
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class NowArithmetic(Rule):
    """`now() - 1d`, where `ago(1d)` says the same.

    It is shorter, and what readers know.
    """

    code = "KQL042"
    name = "now-arithmetic"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    recommended = False
    fixable = "safe"
    bad = (
        kql(
            """\
SigninLogs
| where TimeGenerated > now() - 1d
""",
            fixed="""\
SigninLogs
| where TimeGenerated > ago(1d)
""",
        ),
    )
    good = (
        kql("""\
SigninLogs
| where TimeGenerated > ago(1d)
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.nodes(tree.Binary):
            left = node.left
            if node.op == "-" and isinstance(left, tree.Call) and left.name == "now" and not left.args and ticks(node.right) is not None:
                span, right = subject.in_query(node.span), subject.in_query(node.right.span)
                new = f"ago({subject.file.text[right.start : right.end]})"
                yield Finding(span, f"now() minus a span of time is {new}", f"write {new}", Fix(f"Write {new}", (Edit(span, new),)))
