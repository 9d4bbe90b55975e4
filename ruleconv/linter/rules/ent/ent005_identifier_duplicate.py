from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.entities import mappings
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class IdentifierDuplicate(Rule):
    """An identifier stands twice in one mapping.

    Sentinel refuses the rule; the second entity needs a mapping of its own.
    """

    code = "ENT005"
    name = "identifier-duplicate"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel(entity_mappings(("IP", ("Address", "IPAddress"), ("Address", "IPAddress")))),)
    good = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for mapping in mappings(subject):
            seen: set[str] = set()
            for node in mapping.identifiers:
                if node.text in seen:
                    yield Finding(
                        node.span, f"the identifier {node.text} stands twice in this mapping", "give the second one a mapping of its own"
                    )
                seen.add(node.text)
