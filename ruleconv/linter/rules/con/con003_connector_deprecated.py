from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.facts import connectors
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ConnectorDeprecated(Rule):
    """A data connector that is deprecated.

    New workspaces cannot install it; its successor mostly fills the same table.
    """

    code = "CON003"
    name = "connector-deprecated"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    bad = (
        sentinel("""\
requiredDataConnectors:
  - connectorId: AIVectraDetect
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
            known = connectors().get(node.text) if node is not None and node.kind == "scalar" else None
            if node is not None and known is not None and known.deprecated:
                yield Finding(node.span, f"the data connector {node.text} is deprecated")
