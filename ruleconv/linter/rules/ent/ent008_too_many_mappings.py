from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.entities import mappings
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class TooManyMappings(Rule):
    """More than ten entity mappings, or more than three identifiers in one.

    Sentinel refuses the rule.
    """

    code = "ENT008"
    name = "too-many-mappings"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel(entity_mappings(*[("IP", ("Address", "IPAddress"))] * 11)),)
    good = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        found = mappings(subject)
        key = subject.key("entityMappings")
        if len(found) > 10 and key is not None:
            yield Finding(key.span, f"{len(found)} entity mappings, 10 are the most")
        for mapping in found:
            if len(mapping.identifiers) > 3:
                yield Finding(mapping.node.span, f"{len(mapping.identifiers)} identifiers in one mapping, 3 are the most")
