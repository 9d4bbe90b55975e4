from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class UnusedLet(Rule):
    """A `let` that nothing uses.

    A condition was forgotten, or a rest of an older version stayed: mostly a list of indicators that the query then does not look
    for.
    """

    code = "KQL032"
    name = "unused-let"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    bad = (
        kql("""\
let bad = dynamic(['10.0.0.1']);
SigninLogs
| count
"""),
    )
    good = (
        kql("""\
let bad = dynamic(['10.0.0.1']);
SigninLogs
| where IPAddress in (bad)
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        if subject.tree is None:
            return
        used = Counter(node.name for node in subject.nodes(tree.Name)) + Counter(node.name for node in subject.nodes(tree.Call))
        for statement in subject.nodes(tree.Let):  # those inside of functions, too
            if used[statement.name.name] < 2:
                yield Finding(subject.in_query(statement.name.span), f"{statement.name.name} is never used")
