from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import known, techniques
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class TechniqueDeprecated(Rule):
    """A technique that ATT&CK has deprecated, without a successor.

    It is no longer part of the matrix: choose what the rule finds today.
    """

    code = "ATT003"
    name = "technique-deprecated"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    reference = "https://attack.mitre.org/resources/versions/"
    bad = (
        sentinel("""\
relevantTechniques:
  - T1043
"""),
    )
    good = (
        sentinel("""\
relevantTechniques:
  - T1110
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for tag in techniques(subject):
            technique = known(tag)
            if technique is not None and technique.deprecated:
                yield Finding(tag.node.span, f"{tag.text.upper()} is deprecated, and has no successor")
