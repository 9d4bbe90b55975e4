from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class RedeclaredName(Rule):
    """A `let` or a column that is declared twice.

    Kusto refuses the query; often two queries were pasted into one file.
    """

    code = "KQL033"
    name = "redeclared-name"
    severity = Severity.ERROR
    on = (Kind.SENTINEL, Kind.KQL)
    bad = (kql("let a = 1;\nlet a = 2;\nprint a\n"),)
    good = (kql("let a = 1;\nlet b = 2;\nprint a, b\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        return subject.findings_of(self.code)
