from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class TakeNondeterministic(Rule):
    """A rule that takes any rows: `take`, `limit`, `sample`.

    Which ones it takes is open: the rest never raises an alert.
    """

    code = "KQL041"
    name = "take-nondeterministic"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
query: |
  SigninLogs
  | take 10
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
        if not subject.is_analytics:
            return
        for node in subject.nodes(tree.Pipeline):
            for before, operator in pairwise((None, *node.operators)):
                if isinstance(operator, (tree.Take, tree.Sample)) and not isinstance(before, tree.Sort):
                    yield Finding(subject.in_query(operator.span), "which rows are taken is open", "use `top N by`, or leave it out")
