from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import text
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class RegexUnneeded(Rule):
    """A regular expression without anything regular in it.

    `contains` or `has` says the same, and is many times faster.
    """

    code = "KQL014"
    name = "regex-unneeded"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    recommended = False
    bad = (
        kql("""\
SigninLogs
| where Identity matches regex '.*admin.*'
"""),
    )
    good = (
        kql("""\
SigninLogs
| where Identity matches regex 'adm[i1]n'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.nodes(tree.Binary):
            value = text(node.right) if node.op == "matches regex" else None
            if value and re.fullmatch(r"(?:\.\*)?[\w @/:=-]+(?:\.\*)?", value):
                word = value.removeprefix(".*").removesuffix(".*")
                yield Finding(subject.in_query(node.right.span), "this needs no regular expression", f"contains_cs {word!r} says the same")
