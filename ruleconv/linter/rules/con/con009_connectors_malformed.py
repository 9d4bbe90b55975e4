from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import data_connectors, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ConnectorsMalformed(Rule):
    """An entry of requiredDataConnectors is not a connectorId with its dataTypes.

    Sentinel refuses the rule.
    """

    code = "CON009"
    name = "connectors-malformed"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
requiredDataConnectors:
  - AzureActiveDirectory
"""),
        sentinel("""\
requiredDataConnectors:
  - connectorId: AzureActiveDirectory
"""),
    )
    good = (
        sentinel(data_connectors(("AzureActiveDirectory", "SigninLogs"))),
        sentinel("requiredDataConnectors: []"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("requiredDataConnectors")
        if node is None or node.is_null:
            return
        if node.kind != "sequence":
            yield Finding(node.span, "requiredDataConnectors is a list", "- connectorId: AzureActiveDirectory")
            return
        for item in node.items:
            missing = [key for key in ("connectorId", "dataTypes") if item.kind != "mapping" or item.get(key) is None]
            if missing:
                yield Finding(
                    item.span, f"a connector without {' and '.join(missing)}", "an entry has a connectorId and a list of dataTypes"
                )
