from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_SUCCESSORS = {
    "AADSignInEventsBeta": "EntraIdSignInEvents",
    "AADSpnSignInEventsBeta": "EntraIdSpnSignInEvents",
    "AIAgentsInfo": "AgentsInfo",
    "AccountInfo": "IdentityInfo",
    "DeviceTvmSoftwareInventoryVulnerabilities": "DeviceTvmSoftwareInventory, DeviceTvmSoftwareVulnerabilities",
}


class DeprecatedTable(Rule):
    """A table that Microsoft has retired, or announced to retire.

    The rule stops with it: move to its successor.
    """

    code = "KQL037"
    name = "deprecated-table"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    reference = "https://learn.microsoft.com/defender-xdr/advanced-hunting-schema-changes"
    bad = (
        kql("""\
AADSignInEventsBeta
| count
"""),
    )
    good = (
        kql("""\
EntraIdSignInEvents
| count
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for pipeline in subject.nodes(tree.Pipeline):
            source = pipeline.source
            if isinstance(source, tree.Name) and source.name in _SUCCESSORS:
                yield Finding(subject.in_query(source.span), f"the table {source.name} is retired", f"use {_SUCCESSORS[source.name]}")
