from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import compared
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_OPERATORS = ("==", "!=", "=~", "!~", "contains", "!contains", "startswith", "!startswith", "endswith", "!endswith")


class LiteralWildcard(Rule):
    """A wildcard in a text that is taken as it is: `== "*admin*"`, `contains "%x%"`.

    KQL's operators have no wildcards: the star itself is looked for. Use `contains`, `startswith`, `endswith` or `matches regex`.
    """

    code = "KQL011"
    name = "literal-wildcard"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    bad = (
        kql("""\
SigninLogs
| where Identity == '*admin*'
"""),
        kql("""\
SigninLogs
| where Identity contains '%admin%'
"""),
    )
    good = (
        kql("""\
SigninLogs
| where Identity contains 'admin'
"""),
        kql("""\
SigninLogs
| where Identity == '*'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.nodes(tree.Binary):
            found = compared(node)
            if found is None or found[1] not in _OPERATORS:
                continue
            value = found[2]
            if len(value) > 2 and (re.fullmatch(r"\*\w.*|.*\w\*", value, re.DOTALL) or (re.fullmatch(r"%\w.*\w%", value, re.DOTALL))):
                yield Finding(
                    subject.in_query(node.right.span),
                    f"{found[1]} has no wildcards: {value!r} is looked for as it is",
                    "use contains, startswith or endswith",
                )
