from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.connected import named
from ruleconv.linter.examples import data_connectors, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.connectors import connectors
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
    bad = (sentinel(data_connectors(("AIVectraDetect", "SigninLogs"))),)
    good = (sentinel(data_connectors(("AzureActiveDirectory", "SigninLogs"))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for _, node in named(subject):
            known = connectors().get(node.text)
            if known is not None and known.deprecated:
                yield Finding(node.span, f"the data connector {node.text} is deprecated")
