from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import sentinel
from ruleconv.linter.query_nodes import ticks
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.schedule import duration
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class AgoExceedsPeriod(Rule):
    """The query asks for events that are older than queryPeriod.

    Sentinel gives the query no events from before its queryPeriod: what `ago(14d)` asks for in a rule with `queryPeriod: 1d` is never
    there, and a comparison with the past is one with nothing.
    """

    code = "KQL022"
    name = "ago-exceeds-period"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
query: |
  SigninLogs
  | where TimeGenerated > ago(14d)
entityMappings: ~
"""),
        sentinel("""\
query: |
  let lookback = 7d;
  SigninLogs
  | where TimeGenerated > ago(lookback)
entityMappings: ~
"""),
    )
    good = (
        sentinel("""\
queryPeriod: 14d
query: |
  SigninLogs
  | where TimeGenerated > ago(14d)
entityMappings: ~
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        period = duration(subject.get("queryPeriod"))
        if period is None:
            return
        lets = {let.name.name: let.value for let in subject.nodes(tree.Let)}
        for call in subject.nodes(tree.Call):
            if call.name != "ago" or len(call.args) != 1:
                continue
            argument = call.args[0]
            value = ticks(lets.get(argument.name) if isinstance(argument, tree.Name) else argument)
            if value is not None and value > period:
                yield Finding(
                    subject.in_query(call.span),
                    f"the rule sees nothing older than its queryPeriod of {subject.text('queryPeriod')}",
                    "lengthen queryPeriod, or look back less",
                )
