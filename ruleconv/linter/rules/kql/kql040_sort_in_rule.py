from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class SortInRule(Rule):
    """A rule that sorts its result without taking the first rows of it.

    Nobody sees the order in an alert; it only costs.
    """

    code = "KQL040"
    name = "sort-in-rule"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    bad = (
        sentinel("""\
query: |
  SigninLogs
  | sort by TimeGenerated desc
entityMappings: ~
"""),
    )
    good = (
        sentinel("""\
query: |
  SigninLogs
  | top 10 by TimeGenerated
entityMappings: ~
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        if not subject.is_analytics or subject.tree is None:
            return
        last = subject.tree.statements[-1]
        if isinstance(last, tree.ExpressionStatement) and isinstance(last.value, tree.Pipeline) and last.value.operators:
            operator = last.value.operators[-1]
            if isinstance(operator, tree.Sort):
                yield Finding(subject.in_query(operator.span), "nobody sees the order of an alert's rows")
