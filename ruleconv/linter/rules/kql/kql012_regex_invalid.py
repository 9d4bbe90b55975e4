from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import text
from ruleconv.linter.re2 import objection
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_FUNCTIONS = {"extract": 0, "extract_all": 0, "replace_regex": 1, "countof": 1}


class RegexInvalid(Rule):
    """A regular expression that Kusto refuses.

    It is RE2: no look-ahead, no look-behind, no references to groups; brackets and parentheses have to be closed.
    """

    code = "KQL012"
    name = "regex-invalid"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    reference = "https://learn.microsoft.com/kusto/query/regex"
    bad = (
        kql("""\
SigninLogs
| where Identity matches regex '^(?!admin)'
"""),
        kql("""\
SigninLogs
| where Identity matches regex '(a'
"""),
    )
    good = (
        kql("""\
SigninLogs
| where Identity matches regex '^(?i)admin[0-9]+$'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        patterns = [node.right for node in subject.nodes(tree.Binary) if node.op == "matches regex"]
        for call in subject.nodes(tree.Call):
            at = _FUNCTIONS.get(call.name)
            if (
                at is not None
                and len(call.args) > at
                and (call.name != "countof" or (len(call.args) > 2 and text(call.args[2]) == "regex"))
            ):
                patterns.append(call.args[at])
        for node in patterns:
            value = text(node)
            wrong = objection(value) if value is not None else None
            if wrong is not None:
                yield Finding(subject.in_query(node.span), f"Kusto refuses this regular expression: {wrong}")
