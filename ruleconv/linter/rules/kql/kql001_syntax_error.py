from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class SyntaxMistake(Rule):
    """A query that does not parse.

    Kusto refuses it, so the rule never runs. Several errors of one query are reported in one go, each at the place where it is noticed.
    """

    code = "KQL001"
    name = "syntax-error"
    severity = Severity.ERROR
    on = (Kind.SENTINEL, Kind.KQL)
    bad = (kql("SigninLogs\n| where ResultType = '50126'\n"),)
    good = (kql("SigninLogs\n| where ResultType == '50126'\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        # Of a text without a query SCH018 says all that there is to say.
        return iter(()) if subject.is_blank else subject.findings_of(self.code)
