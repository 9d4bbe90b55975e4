from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import tactics, techniques
from ruleconv.linter.examples import sentinel, sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class TechniquesMissing(Rule):
    """A rule with tactics, but without a technique.

    A tactic alone says little about what is found.
    """

    code = "ATT012"
    name = "techniques-missing"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    recommended = False
    bad = (
        sentinel("relevantTechniques: ~"),
        sigma("""\
tags:
  - attack.discovery
"""),
    )
    good = (
        sigma("""\
tags:
  - attack.discovery
  - attack.t1033
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        if tactics(subject) and not techniques(subject):
            yield Finding(tactics(subject)[0].node.span, "the rule names tactics, and no technique")
