from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class TypeMismatch(Rule):
    """A value of the wrong type or kind: an operator that is not defined for its operands, a table where a value belongs, an aggregate
    outside of `summarize`.

    Kusto refuses the query.
    """

    code = "KQL005"
    name = "type-mismatch"
    severity = Severity.WARNING
    on = (Kind.SENTINEL, Kind.KQL)
    bad = (kql("SigninLogs\n| where UserPrincipalName > 5\n"),)
    good = (kql("SigninLogs\n| where strlen(UserPrincipalName) > 5\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        return subject.findings_of(self.code)
