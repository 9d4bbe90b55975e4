from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import rewrite
from ruleconv.linter.entities import typed
from ruleconv.linter.examples import entity_mappings, sentinel
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
            entity_mappings(("ip", ("Address", "IPAddress"))),
            fixed=entity_mappings(("IP", ("Address", "IPAddress"))),
        ),
    )
    good = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for _, node in typed(subject):
            if node.text in entity_types():
                continue
            meant = next((name for name in entity_types() if name.casefold() == node.text.casefold()), None)
            hint = f"did you mean {meant}?" if meant else "one of: " + ", ".join(entity_types())
            yield Finding(node.span, f"there is no entity type {node.text!r}", hint, rewrite(node, meant) if meant else None)
