from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import rewrite
from ruleconv.linter.entities import mappings
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.facts import entity_types
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class IdentifierUnknown(Rule):
    """An identifier that the entity type does not have.

    Sentinel refuses the rule.
    """

    code = "ENT004"
    name = "identifier-unknown"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    fixable = "safe"
    bad = (
        sentinel(
            entity_mappings(("IP", ("address", "IPAddress"))),
            fixed=entity_mappings(("IP", ("Address", "IPAddress"))),
        ),
        sentinel(entity_mappings(("IP", ("HostName", "IPAddress")))),
    )
    good = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for mapping in mappings(subject):
            known = entity_types().get(mapping.type)
            if known is None:
                continue
            for node in mapping.identifiers:
                if node.text in known.identifiers:
                    continue
                meant = next((name for name in known.identifiers if name.casefold() == node.text.casefold()), None)
                hint = f"did you mean {meant}?" if meant else "one of: " + ", ".join(known.identifiers)
                yield Finding(node.span, f"{mapping.type} has no identifier {node.text!r}", hint, rewrite(node, meant) if meant else None)
