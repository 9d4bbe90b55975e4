from __future__ import annotations

import difflib
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.connected import named
from ruleconv.linter.examples import data_connectors, sentinel
from ruleconv.linter.facts import connector_ids
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.connectors import connectors
from ruleconv.rulefile.model import Kind


class ConnectorUnknown(Rule):
    """A data connector that nobody knows.

    It may be misspelt, or a table's name. Connectors of your own are given as `connectors` in the configuration.
    """

    code = "CON001"
    name = "connector-unknown"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (sentinel(data_connectors(("AzureActiveDirectori", "SigninLogs"))),)
    good = (sentinel(data_connectors(("AzureActiveDirectory", "SigninLogs"))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for _, node in named(subject):
            if node.text in subject.config.connectors or node.text.casefold() in connector_ids():
                continue
            near = difflib.get_close_matches(node.text, connectors(), 1, 0.75)
            yield Finding(node.span, f"there is no data connector {node.text!r}", f"did you mean {near[0]}?" if near else "")
