from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span


class JoinWithoutKind(Rule):
    """A join that does not say its kind.

    The default is innerunique, which keeps one row of the left side for each key: events vanish that an inner join would keep.
    """

    code = "KQL026"
    name = "join-without-kind"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    recommended = False
    fixable = "unsafe"
    reference = "https://learn.microsoft.com/kusto/query/join-operator"
    bad = (
        kql(
            """\
SigninLogs
| join (AuditLogs | project Identity) on Identity
""",
            fixed="""\
SigninLogs
| join kind=inner (AuditLogs | project Identity) on Identity
""",
        ),
    )
    good = (
        kql("""\
SigninLogs
| join kind=leftanti (AuditLogs | project Identity) on Identity
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.nodes(tree.Join):
            if node.keyword != "join" or any(parameter.name == "kind" for parameter in node.parameters):
                continue
            start = subject.in_query(Span(node.span.start, node.span.start + 1)).start
            at = subject.file.text.find("join", start, start + 40)
            if at < 0:
                continue
            fix = Fix("Write kind=inner", (Edit(Span(at + 4, at + 4), " kind=inner"),), safe=False)
            yield Finding(
                Span(at, at + 4),
                "the join is innerunique: one row of the left side for each key",
                "write kind=inner, or kind=innerunique",
                fix,
            )
