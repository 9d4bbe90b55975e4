from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span

_FUNCTIONS = {"parsejson": "parse_json", "array_strcat": "strcat_array", "arraylength": "array_length", "hash": "", "todynamic": ""}
# Without a name of its own the column's name comes from the function's, and changes with it.
_AGGREGATES = {"makeset": "make_set", "makelist": "make_list"}


class DeprecatedAlias(Rule):
    """The old name of a function or an operator.

    It still works and is no longer documented. Three of the old ones stop early when they are not told a limit: `makeset`, `makelist` and
    `mvexpand` at 128 values or rows, where the new ones go on.
    """

    code = "KQL036"
    name = "deprecated-alias"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    fixable = "safe"
    reference = "https://learn.microsoft.com/kusto/query/"
    bad = (
        kql(
            """\
SigninLogs
| summarize makeset(IPAddress) by Identity
""",
            fixed="""\
SigninLogs
| summarize make_set(IPAddress) by Identity
""",
        ),
        kql(
            """\
SigninLogs
| extend City = parsejson(LocationDetails).city
""",
            fixed="""\
SigninLogs
| extend City = parse_json(LocationDetails).city
""",
        ),
        kql(
            """\
SigninLogs
| mvexpand LocationDetails
""",
            fixed="""\
SigninLogs
| mv-expand LocationDetails
""",
        ),
    )
    good = (
        kql("""\
SigninLogs
| summarize make_set(IPAddress) by Identity
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for call in subject.nodes(tree.Call):
            new = _FUNCTIONS.get(call.name) or _AGGREGATES.get(call.name)
            if new:
                span = subject.in_query(call.name_span)
                yield _finding(span, call.name, new, same=call.name not in _AGGREGATES or len(call.args) > 1)
        for node in subject.nodes(tree.MvExpand):
            if node.keyword == "mvexpand":
                start = subject.in_query(Span(node.span.start, node.span.start + 1)).start
                at = subject.file.text.find("mvexpand", start, start + 40)
                if at >= 0:
                    yield _finding(Span(at, at + 8), "mvexpand", "mv-expand", same=node.limit is not None)


def _finding(span: Span, old: str, new: str, *, same: bool) -> Finding:
    """``same``: the new name means just what the old one does."""
    hint = f"write {new}" if same else f"write {new}; without a limit {old} stops at 128, {new} goes on"
    return Finding(span, f"{old} is called {new} today", hint, Fix(f"Write {new}", (Edit(span, new),), safe=same))
