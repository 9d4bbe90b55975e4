from __future__ import annotations

import difflib
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.facts import connector_ids, connectors
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ConnectorUnknown(Rule):
    """A data connector that nobody knows.

    It may be misspelt, or a table's name. Connectors of your own are given as `connectors` in the configuration.
    """

    code = "CON001"
    name = "connector-unknown"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
requiredDataConnectors:
  - connectorId: AzureActiveDirectori
    dataTypes:
      - SigninLogs
"""),
    )
    good = (
        sentinel("""\
requiredDataConnectors:
  - connectorId: AzureActiveDirectory
    dataTypes:
      - SigninLogs
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for entry in subject.entries("requiredDataConnectors"):
            node = entry.get("connectorId")
            if node is None or node.kind != "scalar" or node.is_null or node.text in subject.config.connectors:
                continue
            if node.text.casefold() in connector_ids():
                continue
            near = difflib.get_close_matches(node.text, connectors(), 1, 0.75)
            yield Finding(node.span, f"there is no data connector {node.text!r}", f"did you mean {near[0]}?" if near else "")
