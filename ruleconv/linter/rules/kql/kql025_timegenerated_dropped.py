from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class TimegeneratedDropped(Rule):
    """The result has no TimeGenerated.

    Sentinel takes the time of the alert's events from it; without it they all happened when the query ran.
    """

    code = "KQL025"
    name = "timegenerated-dropped"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    reference = "https://learn.microsoft.com/azure/sentinel/scheduled-rules-overview"
    bad = (
        sentinel("""\
query: |
  SigninLogs
  | project IPAddress
"""),
    )
    good = (
        sentinel("""\
query: |
  SigninLogs
  | project TimeGenerated, IPAddress
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        columns = subject.columns
        key = subject.key("query")
        if (
            columns is not None
            and key is not None
            and subject.is_analytics
            and all(column.name not in ("TimeGenerated", "Timestamp") for column in columns)
        ):
            yield Finding(key.span, "the query puts out no TimeGenerated", "let it through, for example as max(TimeGenerated)")
