from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class JoinCondition(Rule):
    """A join condition that compares the two sides in no way, or `$left` and `$right` outside of one.

    A condition is a column that both sides have, or `$left.a == $right.b`.
    """

    code = "KQL047"
    name = "join-condition"
    severity = Severity.ERROR
    on = (Kind.SENTINEL, Kind.KQL)
    bad = (kql("SigninLogs\n| join kind=inner (AuditLogs) on $left.Identity == $left.Identity\n"),)
    good = (kql("SigninLogs\n| join kind=inner (AuditLogs) on $left.Identity == $right.Identity\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        return subject.findings_of(self.code)
