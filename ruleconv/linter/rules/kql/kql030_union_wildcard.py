from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span


class UnionWildcard(Rule):
    """All tables of the workspace are read: `union *`, `search` without a table.

    It is slow, costs much, and changes its meaning with every new table.
    """

    code = "KQL030"
    name = "union-wildcard"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    bad = (
        kql("""\
union *
| where TimeGenerated > ago(1h)
"""),
        kql("search 'evil.example'\n"),
    )
    good = (
        kql("""\
union SigninLogs, AuditLogs
| count
"""),
        kql("search in (SigninLogs) 'evil.example'\n"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.nodes(tree.Union):
            for leg in node.legs:
                if isinstance(leg, tree.Wildcard) and leg.pattern == "*":
                    yield Finding(subject.in_query(leg.span), "all tables are read", "name those that hold the events")
        piped = {id(operator) for pipeline in subject.nodes(tree.Pipeline) for operator in pipeline.operators}
        for search in subject.nodes(tree.Search):
            if not search.tables and id(search) not in piped:
                yield Finding(
                    subject.in_query(Span(search.span.start, search.span.start + 6)),
                    "all tables are searched",
                    "name them: search in (SigninLogs) ..",
                )
