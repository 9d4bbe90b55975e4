from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class JoinKeyMissing(Rule):
    """A join key that one side does not have, or that has another type there.

    Kusto refuses the query.
    """

    code = "KQL027"
    name = "join-key-missing"
    severity = Severity.WARNING
    on = (Kind.SENTINEL, Kind.KQL)
    bad = (kql("SigninLogs\n| join kind=inner (AuditLogs | project Identity) on UserPrincipalName\n"),)
    good = (kql("SigninLogs\n| join kind=inner (AuditLogs | project Identity) on $left.UserPrincipalName == $right.Identity\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        return subject.findings_of(self.code)
