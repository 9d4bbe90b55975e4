from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class UnknownColumn(Rule):
    """A name that is no column at that place of the query.

    Sentinel refuses such a query: the rule never runs. The usual causes are a misspelling, a column that an earlier `project` or
    `summarize` left out, and a table of the other platform (`Timestamp` in Defender, `TimeGenerated` in Sentinel).
    """

    code = "KQL003"
    name = "unknown-column"
    severity = Severity.WARNING
    on = (Kind.SENTINEL, Kind.KQL)
    bad = (kql("SigninLogs\n| where UserPrincipleName has 'admin'\n"),)
    good = (kql("SigninLogs\n| where UserPrincipalName has 'admin'\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        return subject.findings_of(self.code)
