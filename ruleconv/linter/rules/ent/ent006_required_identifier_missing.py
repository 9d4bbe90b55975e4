from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.entities import mappings
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.facts import entity_types
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class RequiredIdentifierMissing(Rule):
    """A mapping lacks the identifiers without which Sentinel makes no entity of it.

    A FileHash, for one, needs both Algorithm and Value.
    """

    code = "ENT006"
    name = "required-identifier-missing"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel(entity_mappings(("FileHash", ("Value", "IPAddress")))),)
    good = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for mapping in mappings(subject):
            known = entity_types().get(mapping.type)
            given = {node.text for node in mapping.identifiers}
            if (
                known is None
                or not known.required
                or not given.issubset(known.identifiers)
                or not given
                or any(each <= given for each in known.required)
            ):
                continue
            needed = " or ".join(" and ".join(sorted(each)) for each in known.required)
            yield Finding(mapping.node.span, f"a mapping to {mapping.type} needs {needed}")
