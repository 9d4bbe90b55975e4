from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.ir.types import Type
from ruleconv.linter.entities import typed
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_NO_TEXTS = frozenset((Type.BOOL, Type.INT, Type.LONG, Type.REAL, Type.DECIMAL, Type.DATETIME, Type.TIMESPAN))
_TEXTS = frozenset(
    (
        *(("IP", "Address"), ("URL", "Url"), ("DNS", "DomainName"), ("FileHash", "Value"), ("FileHash", "Algorithm")),
        *(("Host", "HostName"), ("Host", "FullName"), ("Host", "NetBiosName"), ("Host", "DnsDomain"), ("AzureResource", "ResourceId")),
        *(("Account", "FullName"), ("Account", "UPNSuffix"), ("Account", "Sid"), ("Account", "AadUserId"), ("File", "Name")),
    )
)
"""Types of entities with identifiers that are never a number or a time."""


class EntityTypeVsColumnType(Rule):
    """A column is mapped to an identifier that its type cannot be.

    An identifier is a text. Sentinel takes the entity from a list or a bag as its JSON text, if at all: make a text of it, or one row of
    each element. And a number or a time is no address, name or hash: another column was meant.
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
        sentinel(
            """\
query: |
  SigninLogs
  | summarize Failures = count() by IPAddress
"""
            + entity_mappings(("IP", ("Address", "Failures")))
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
        for entry, kind in typed(subject) if types else ():
            for field in Subject.mappings(entry.get("fieldMappings")):
                identifier, node = field.get("identifier"), field.get("columnName")
                if identifier is None or node is None or (kind.text, identifier.text) not in _TEXTS:
                    continue
                if (found := types.get(node.text)) in _NO_TEXTS:
                    message = f"{node.text} is of the type {found}, which is no {identifier.text} of an entity {kind.text}"
                    yield Finding(node.span, message, "map the column that holds it")
        for node in subject.mapped_columns:
            if types.get(node.text) is Type.DYNAMIC:
                yield Finding(
                    node.span, f"{node.text} is dynamic, an identifier is a text", "use mv-expand with `to typeof(string)`, or tostring()"
                )
