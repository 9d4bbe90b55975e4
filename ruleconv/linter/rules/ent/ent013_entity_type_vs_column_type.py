from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.ir.types import Type
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class EntityTypeVsColumnType(Rule):
    """A dynamic column is mapped to an identifier, which is a text.

    Sentinel takes the entity from a list or a bag as its JSON text, if at all: make a text of it, or one row of each element.
    """

    code = "ENT013"
    name = "entity-type-vs-column-type"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (
        sentinel(
            """\
query: |
  SigninLogs
  | summarize IPs = make_set(IPAddress) by UserPrincipalName
"""
            + entity_mappings(("IP", ("Address", "IPs")))
        ),
    )
    good = (
        sentinel(
            """\
query: |
  SigninLogs
"""
            + entity_mappings(("IP", ("Address", "IPAddress")))
        ),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        types = {column.name: column.type for column in subject.columns or ()}
        for node in subject.mapped_columns:
            if types.get(node.text) is Type.DYNAMIC:
                yield Finding(
                    node.span, f"{node.text} is dynamic, an identifier is a text", "use mv-expand with `to typeof(string)`, or tostring()"
                )
