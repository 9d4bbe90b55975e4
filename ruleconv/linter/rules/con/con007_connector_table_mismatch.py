from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.connected import named, types_of
from ruleconv.linter.examples import data_connectors, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.connectors import connectors
from ruleconv.rulefile.model import Kind


class ConnectorTableMismatch(Rule):
    """A data connector with a data type that it does not fill.

    Mostly the table is another connector's: the rule then asks for the wrong one.
    """

    code = "CON007"
    name = "connector-table-mismatch"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    bad = (sentinel(data_connectors(("Office365", "EmailEvents"))),)
    good = (sentinel(data_connectors(("AzureActiveDirectory", "SigninLogs"))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        filled = {table for connector in connectors().values() for table in connector.tables}
        for entry, node in named(subject):
            known = connectors().get(node.text)
            if known is None or not known.tables:
                continue
            for item in types_of(entry):
                if item.text in filled and item.text not in known.tables:
                    others = sorted(name for name, other in connectors().items() if item.text in other.tables and not other.deprecated)
                    hint = f"filled by {', '.join(others[:3])}" if others else ""
                    yield Finding(item.span, f"the connector {node.text} does not fill {item.text}", hint)
