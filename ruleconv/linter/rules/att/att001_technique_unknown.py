from __future__ import annotations

import difflib
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import known, techniques
from ruleconv.linter.examples import sentinel, sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile import attack
from ruleconv.rulefile.model import Kind


class TechniqueUnknown(Rule):
    """A technique that no matrix of ATT&CK has (enterprise, ICS, mobile).

    It is misspelt, or newer than the version that ruleconv knows.
    """

    code = "ATT001"
    name = "technique-unknown"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    reference = "https://attack.mitre.org/techniques/enterprise/"
    bad = (
        sentinel("""\
relevantTechniques:
  - T0136
"""),
        sigma("""\
tags:
  - attack.discovery
  - attack.t9999
"""),
    )
    good = (
        sentinel("""\
relevantTechniques:
  - T1110.003
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for tag in techniques(subject):
            if attack.TECHNIQUE.fullmatch(tag.text) and known(tag) is None:
                parent = tag.text.upper().partition(".")[0]
                near = difflib.get_close_matches(tag.text.upper(), attack.techniques(), 1, 0.8)
                hint = (
                    f"{parent} has no such sub-technique" if parent in attack.techniques() else f"did you mean {near[0]}?" if near else ""
                )
                yield Finding(tag.node.span, f"ATT&CK has no technique {tag.text.upper()}", hint)
