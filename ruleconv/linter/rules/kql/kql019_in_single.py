from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span

_OPERATORS = {"in": "==", "!in": "!=", "in~": "=~", "!in~": "!~"}


class InSingle(Rule):
    """`in ("x")` with one value.

    `== "x"` says the same.
    """

    code = "KQL019"
    name = "in-single"
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
| where ResultType in ('0')
""",
            fixed="""\
SigninLogs
| where ResultType == '0'
""",
        ),
    )
    good = (
        kql("""\
SigninLogs
| where ResultType in ('0', '1')
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.nodes(tree.InList):
            if (
                node.op not in _OPERATORS
                or len(node.items) != 1
                or not isinstance(node.items[0], tree.Literal)
                or "dynamic" in node.items[0].text
            ):
                continue
            span, item = subject.in_query(Span(node.op_span.start, node.span.end)), subject.in_query(node.items[0].span)
            operator = _OPERATORS[node.op]
            edits = (Edit(span, f"{operator} {subject.file.text[item.start : item.end]}"),)
            rest = subject.file.text[span.start : item.start] + subject.file.text[item.end : span.end]
            fix = Fix(f"Use {operator}", edits) if "".join(rest.split()) == f"{node.op}()" else None
            yield Finding(span, f"{node.op} with one value", f"use {operator}", fix)
