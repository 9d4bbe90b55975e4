from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ArgumentCount(Rule):
    """A function with too few or too many arguments.

    Kusto refuses the query.
    """

    code = "KQL048"
    name = "argument-count"
    severity = Severity.ERROR
    on = (Kind.SENTINEL, Kind.KQL)
    bad = (kql("SigninLogs\n| extend n = strlen()\n"),)
    good = (kql("SigninLogs\n| extend n = strlen(Identity)\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        return subject.findings_of(self.code)
