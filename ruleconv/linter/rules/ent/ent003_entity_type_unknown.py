from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sentinel
from ruleconv.linter.facts import entity_types
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class EntityTypeUnknown(Rule):
    """An entity type that Sentinel does not have.

    The case counts: `ip` is none, `IP` is one.
    """

    code = "ENT003"
    name = "entity-type-unknown"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    fixable = "safe"
    bad = (
        sentinel(
            """\
entityMappings:
  - entityType: ip
    fieldMappings:
      - identifier: Address
        columnName: IPAddress
""",
            fixed="""\
entityMappings:
  - entityType: IP
    fieldMappings:
      - identifier: Address
        columnName: IPAddress
""",
        ),
    )
    good = (
        sentinel("""\
entityMappings:
  - entityType: IP
    fieldMappings:
      - identifier: Address
        columnName: IPAddress
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for mapping in subject.entries("entityMappings"):
            node = mapping.get("entityType")
            if node is None or node.kind != "scalar" or node.text in entity_types():
                continue
            meant = next((name for name in entity_types() if name.casefold() == node.text.casefold()), None)
            hint = f"did you mean {meant}?" if meant else "one of: " + ", ".join(entity_types())
            yield Finding(node.span, f"there is no entity type {node.text!r}", hint, rewrite(node, meant) if meant else None)
