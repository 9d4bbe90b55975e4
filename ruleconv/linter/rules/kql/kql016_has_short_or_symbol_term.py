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


class HasShortOrSymbolTerm(Rule):
    """`has` with a term of less than four characters, or of symbols only.

    The index holds terms of four and more alphanumeric characters: this one is looked for in every row.
    """

    code = "KQL016"
    name = "has-short-or-symbol-term"
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
| where Identity has 'abc'
"""),
    )
    good = (
        kql("""\
SigninLogs
| where Identity has 'admin'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.nodes(tree.Binary):
            value = text(node.right) if node.op in ("has", "!has", "has_cs", "!has_cs") else None
            if value is not None and max((len(term) for term in re.findall(r"[^\W_]+", value)), default=0) < 4:
                yield Finding(subject.in_query(node.right.span), f"{value!r} has no term of four characters: the index does not help")
