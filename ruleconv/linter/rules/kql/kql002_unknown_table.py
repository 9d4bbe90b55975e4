from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class UnknownTable(Rule):
    """A table that neither the bundled schema nor the repository's own tables have.

    It may be misspelt, or of a connector that nobody has described to ruleconv yet: give the tables of the repository with `tables` in the
    configuration (`--schema`). Tables that end in `_CL`, functions of workspaces and watchlists are taken as they are.
    """

    code = "KQL002"
    name = "unknown-table"
    severity = Severity.WARNING
    on = (Kind.SENTINEL, Kind.KQL)
    bad = (kql("SigninLog\n| count\n"),)
    good = (
        kql("SigninLogs\n| count\n"),
        kql("MyApp_CL\n| where Message_s has 'denied'\n"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        return subject.findings_of(self.code)
