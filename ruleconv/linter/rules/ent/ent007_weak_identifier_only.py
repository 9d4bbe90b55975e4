from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.entities import mappings
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.facts import entity_types
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class WeakIdentifierOnly(Rule):
    """A mapping with weak identifiers only.

    Sentinel cannot tell two such entities apart by it (two hosts called SRV01), so that alerts are not brought together.
    """

    code = "ENT007"
    name = "weak-identifier-only"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    bad = (sentinel(entity_mappings(("Host", ("HostName", "IPAddress")))),)
    good = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for mapping in mappings(subject):
            known = entity_types().get(mapping.type)
            given = {node.text for node in mapping.identifiers}
            if known is not None and known.strong and given and not any(each <= given for each in known.strong):
                strong = " or ".join("+".join(sorted(each)) for each in known.strong[:4])
                yield Finding(
                    mapping.node.span,
                    f"{mapping.type} is identified by {', '.join(sorted(given))} alone, which is weak",
                    f"strong: {strong}",
                )
