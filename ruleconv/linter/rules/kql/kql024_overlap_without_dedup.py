from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.schedule import duration
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class OverlapWithoutDedup(Rule):
    """Each event is seen by several runs, and nothing keeps it from raising several alerts.

    queryPeriod is longer than queryFrequency, and the query neither groups nor looks at ingestion_time().
    """

    code = "KQL024"
    name = "overlap-without-dedup"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    bad = (
        sentinel("""\
queryPeriod: 2h
query: |
  SigninLogs
  | where ResultType == '50126'
entityMappings: ~
"""),
    )
    good = (
        sentinel("""\
queryPeriod: 2h
query: |
  SigninLogs
  | where ingestion_time() > ago(1h)
entityMappings: ~
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        frequency, node = duration(subject.get("queryFrequency")), subject.get("queryPeriod")
        period = duration(node)
        if node is None or frequency is None or period is None or period <= frequency or subject.tree is None:
            return
        if any(map(subject.nodes, (tree.Summarize, tree.Join, tree.MakeSeries))) or any(
            call.name in ("ingestion_time", "ago") for call in subject.nodes(tree.Call)
        ):
            return
        yield Finding(node.span, f"each event is seen {-(-period // frequency)} times", "filter by ingestion_time() > ago(queryFrequency)")
