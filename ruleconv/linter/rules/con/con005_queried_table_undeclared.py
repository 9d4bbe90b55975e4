from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.connected import data_types, declared
from ruleconv.linter.examples import data_connectors, sentinel
from ruleconv.linter.reads import tables
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class QueriedTableUndeclared(Rule):
    """The query reads a table that no dataTypes lists.

    The content hub then does not tell who installs the rule that it needs that table's connector, too.
    """

    code = "CON005"
    name = "queried-table-undeclared"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    bad = (sentinel(data_connectors(("AzureActiveDirectory", "AuditLogs"))),)
    good = (sentinel(data_connectors(("AzureActiveDirectory", "SigninLogs"))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        if not data_types(subject):
            return
        named = declared(subject)
        for table, span in tables(subject).items():
            if table not in named and subject.config.tables.table(table) is not None:
                yield Finding(
                    subject.in_query(span), f"the query reads {table}, which no dataTypes lists", "add it to requiredDataConnectors"
                )
