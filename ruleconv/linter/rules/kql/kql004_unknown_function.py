from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class UnknownFunction(Rule):
    """A function that Kusto does not have.

    It may be a function of the workspace: what follows is then taken from its use, and the finding can be ignored.
    """

    code = "KQL004"
    name = "unknown-function"
    severity = Severity.WARNING
    on = (Kind.SENTINEL, Kind.KQL)
    bad = (kql("SigninLogs\n| extend n = strlenn(UserPrincipalName)\n"),)
    good = (kql("SigninLogs\n| extend n = strlen(UserPrincipalName)\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        return subject.findings_of(self.code)
