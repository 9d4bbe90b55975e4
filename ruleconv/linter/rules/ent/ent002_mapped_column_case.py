from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.columns import missing, nearest
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class MappedColumnCase(Rule):
    """An entity mapping names a column that the query puts out in another case (`IpAddress`, `IPAddress`).

    Names of columns are case-sensitive: Sentinel does not find it, and leaves the entity out of the alert.
    """

    code = "ENT002"
    name = "mapped-column-case"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    fixable = "safe"
    bad = (sentinel(entity_mappings(("IP", ("Address", "IpAddress"))), fixed=entity_mappings(("IP", ("Address", "IPAddress")))),)
    good = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in missing(subject, subject.mapped_columns):
            meant = nearest(subject, node.text)
            if meant is None:
                continue
            at = node.span if not node.style else None
            fix = Fix(f"Write {meant}", (Edit(at, meant),)) if at is not None else None
            yield Finding(node.span, f"the query puts out {meant}, not {node.text}: the case of a name counts", f"write {meant}", fix)
