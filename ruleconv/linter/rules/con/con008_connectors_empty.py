from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import data_connectors, sentinel
from ruleconv.linter.reads import tables
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.connectors import connectors
from ruleconv.rulefile.model import Kind


class ConnectorsEmpty(Rule):
    """requiredDataConnectors is empty, though the query reads a table that a connector fills.

    Who installs the rule is not told what it needs.
    """

    code = "CON008"
    name = "connectors-empty"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    bad = (sentinel("requiredDataConnectors: []"),)
    good = (sentinel(data_connectors(("AzureActiveDirectory", "SigninLogs"))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("requiredDataConnectors")
        if node is None or node.kind != "sequence" or node.items:
            return
        filled = {table for connector in connectors().values() for table in connector.tables}
        for table in tables(subject):
            if table in filled:
                yield Finding(node.span, f"no connector is named, but the query reads {table}")
                return
