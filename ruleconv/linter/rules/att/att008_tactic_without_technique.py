from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import folded, served, tactic_names, tactics, techniques
from ruleconv.linter.examples import sentinel, sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile import attack
from ruleconv.rulefile.model import Kind


class TacticWithoutTechnique(Rule):
    """A tactic that none of the rule's techniques serves.

    Either a technique is missing, or the tactic is one too many.
    """

    code = "ATT008"
    name = "tactic-without-technique"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    recommended = False
    bad = (
        sentinel("""\
tactics:
  - CredentialAccess
  - Impact
relevantTechniques:
  - T1110
"""),
    )
    good = (
        sigma("""\
tags:
  - attack.discovry
  - attack.t1033
"""),
        sentinel("""\
tactics:
  - CredentialAccess
relevantTechniques:
  - T1110
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        named = techniques(subject)
        reached = {name for tag in named for name in served(tag, "18")}
        if not reached:
            return
        for tag in tactics(subject):
            names = {folded(tag.text)} if tag.sigma else set(attack.names_of(tag.text))
            if names <= tactic_names() and names and not names & reached:
                yield Finding(tag.node.span, f"no technique of the rule serves {tag.text}")
