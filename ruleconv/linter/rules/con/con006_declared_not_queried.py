from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.connected import data_types
from ruleconv.linter.examples import data_connectors, sentinel
from ruleconv.linter.reads import tables
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DeclaredNotQueried(Rule):
    """dataTypes lists a table that the query does not read.

    It asks for a connector that the rule does not need.
    """

    code = "CON006"
    name = "declared-not-queried"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    bad = (sentinel(data_connectors(("AzureActiveDirectory", "SigninLogs", "AuditLogs"))),)
    good = (sentinel(data_connectors(("AzureActiveDirectory", "SigninLogs"))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        read = tables(subject)
        if not read or any(subject.config.tables.table(table) is None for table in read):
            return
        for node in data_types(subject):
            if node.text not in read and subject.config.tables.table(node.text) is not None:
                yield Finding(node.span, f"the query does not read {node.text}")
