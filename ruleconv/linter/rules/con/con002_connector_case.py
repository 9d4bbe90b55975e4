from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.connected import named
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import data_connectors, sentinel
from ruleconv.linter.facts import connector_ids
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.connectors import connectors
from ruleconv.rulefile.model import Kind


class ConnectorCase(Rule):
    """The id of a data connector in another case than its own.

    Sentinel compares ids as they are: the content hub then does not see that the connector is there.
    """

    code = "CON002"
    name = "connector-case"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    fixable = "safe"
    bad = (
        sentinel(
            data_connectors(("azureActiveDirectory", "SigninLogs")),
            fixed=data_connectors(("AzureActiveDirectory", "SigninLogs")),
        ),
    )
    good = (sentinel(data_connectors(("AzureActiveDirectory", "SigninLogs"))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for _, node in named(subject):
            if node.text in connectors() or node.text in subject.config.connectors:
                continue
            meant = connector_ids().get(node.text.casefold())
            if meant is not None:
                yield Finding(node.span, f"the connector is called {meant}", f"write {meant}", rewrite(node, meant))
