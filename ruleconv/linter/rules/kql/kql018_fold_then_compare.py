from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import text
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_FOLDS = {"tolower": str.lower, "toupper": str.upper}
_OPERATORS = {"==": "=~", "!=": "!~"}


class FoldThenCompare(Rule):
    """`tolower(x) == "abc"`, where `x =~ "abc"` says the same.

    The operator that ignores the case is shorter and faster.
    """

    code = "KQL018"
    name = "fold-then-compare"
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
| where tolower(Identity) == 'admin'
""",
            fixed="""\
SigninLogs
| where Identity =~ 'admin'
""",
        ),
    )
    good = (
        kql("""\
SigninLogs
| where Identity =~ 'admin'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.nodes(tree.Binary):
            left, value = node.left, text(node.right)
            if node.op not in _OPERATORS or not isinstance(left, tree.Call) or left.name not in _FOLDS or len(left.args) != 1:
                continue
            if value is None or _FOLDS[left.name](value) != value:
                continue
            outer, inner = subject.in_query(left.span), subject.in_query(left.args[0].span)
            operator = subject.in_query(node.op_span)
            edits = (Edit(outer, subject.file.text[inner.start : inner.end]), Edit(operator, _OPERATORS[node.op]))
            # What binds weaker than the operator would be torn apart.
            simple = isinstance(left.args[0], tree.Name | tree.Path | tree.Index | tree.Call | tree.Parenthesized)
            whole = simple and "\n" not in subject.file.text[outer.start : outer.end]
            fix = Fix(f"Use {_OPERATORS[node.op]}", edits) if whole else None
            yield Finding(
                outer, f"{left.name}() and {node.op}, where {_OPERATORS[node.op]} says the same", f"use {_OPERATORS[node.op]}", fix
            )
