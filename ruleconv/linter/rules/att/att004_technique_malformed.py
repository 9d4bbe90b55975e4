from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import techniques
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sentinel, sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile import attack
from ruleconv.rulefile.model import Kind


class TechniqueMalformed(Rule):
    """What should be a technique is not of the form T1059 or T1059.001.

    Sentinel refuses it; Sigma's tags are lower case (`attack.t1059.001`).
    """

    code = "ATT004"
    name = "technique-malformed"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    fixable = "safe"
    bad = (
        sentinel("""\
relevantTechniques:
  - T1059.1
"""),
        sentinel(
            """\
relevantTechniques:
  - t1110
""",
            fixed="""\
relevantTechniques:
  - T1110
""",
        ),
        sigma(
            """\
tags:
  - attack.discovery
  - attack.T1033
""",
            fixed="""\
tags:
  - attack.discovery
  - attack.t1033
""",
        ),
    )
    good = (
        sentinel("""\
relevantTechniques:
  - T1110.003
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for tag in techniques(subject):
            right = attack.TECHNIQUE.fullmatch(tag.text)
            if right and tag.node.text == tag.spelt(tag.text.upper()):
                continue
            meant = tag.spelt(tag.text.upper()) if right else ""
            message = f"{tag.node.text!r} is no technique of the form {'attack.t1059.001' if tag.sigma else 'T1059.001'}"
            yield Finding(tag.node.span, message, f"write {meant}" if meant else "", rewrite(tag.node, meant) if meant else None)
