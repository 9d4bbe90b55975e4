from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DuplicateMapping(Rule):
    """Two mappings are the same.

    The second does nothing, and counts against the ten that Sentinel takes.
    """

    code = "ENT014"
    name = "duplicate-mapping"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")), ("IP", ("Address", "IPAddress")))),)
    good = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        seen: list[object] = []
        for mapping in subject.entries("entityMappings"):
            plain = mapping.plain()
            if plain in seen:
                yield Finding(mapping.span, "the same mapping stands here twice", "take one of them out")
            seen.append(plain)
