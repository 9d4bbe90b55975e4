from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class Externaldata(Rule):
    """A rule that downloads its data when it runs: `externaldata`.

    Whoever controls the file controls what the rule finds, and when it is gone the rule fails. A watchlist is safer.
    """

    code = "KQL043"
    name = "externaldata"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
query: |
  externaldata(Url: string) ['https://example.org/list.txt']
entityMappings: ~
"""),
    )
    good = (
        sentinel("""\
query: |
  _GetWatchlist('bad')
entityMappings: ~
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        if subject.is_analytics:
            for node in subject.nodes(tree.ExternalData):
                yield Finding(subject.in_query(node.span), "the rule downloads data when it runs", "keep it in a watchlist")
