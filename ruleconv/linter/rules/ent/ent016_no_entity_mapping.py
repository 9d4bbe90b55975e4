from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class NoEntityMapping(Rule):
    """The rule maps no entity.

    Its alerts cannot be correlated with others, and no playbook finds an account or a host in them.
    """

    code = "ENT016"
    name = "no-entity-mapping"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    bad = (sentinel("entityMappings: ~"),)
    good = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        if subject.is_analytics and not subject.entries("entityMappings"):
            yield Finding(subject.start, "the rule maps no entity", "add entityMappings")
