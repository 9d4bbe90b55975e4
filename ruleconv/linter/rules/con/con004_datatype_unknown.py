from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.connected import data_types, is_known
from ruleconv.linter.examples import data_connectors, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DatatypeUnknown(Rule):
    """A data type that is no table.

    dataTypes lists the tables that the query reads (or, for SecurityAlert and the like, `SecurityAlert (ASC)`).
    """

    code = "CON004"
    name = "datatype-unknown"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (sentinel(data_connectors(("AzureActiveDirectory", "SigninLog"))),)
    good = (sentinel(data_connectors(("AzureActiveDirectory", "SigninLogs"))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in data_types(subject):
            if not is_known(subject, node.text):
                near = subject.config.tables.suggest(node.text)
                yield Finding(node.span, f"there is no table {node.text}", f"did you mean {near}?" if near else "")
