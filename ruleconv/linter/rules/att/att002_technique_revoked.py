from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import known, techniques
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sentinel, sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile import attack
from ruleconv.rulefile.model import Kind


class TechniqueRevoked(Rule):
    """A technique that ATT&CK has revoked in favour of another.

    Its page leads to the successor; tools that know only today's techniques drop the tag. `attack-version = "18"` in the
    configuration spares those that ATT&CK 19 revoked.
    """

    code = "ATT002"
    name = "technique-revoked"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    fixable = "safe"
    reference = "https://attack.mitre.org/resources/versions/"
    bad = (
        sentinel(
            """\
tactics:
  - Execution
relevantTechniques:
  - T1086
""",
            fixed="""\
tactics:
  - Execution
relevantTechniques:
  - T1059.001
""",
        ),
        sigma(
            """\
tags:
  - attack.execution
  - attack.t1086
""",
            fixed="""\
tags:
  - attack.execution
  - attack.t1059.001
""",
        ),
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
            if (
                technique is None
                or not technique.successor
                or (technique.former and (subject.config.attack_version == "18" or not tag.sigma))
            ):
                continue
            successor = technique.successor
            for _ in range(4):
                successor = attack.techniques()[successor].successor or successor
            fix = rewrite(tag.node, tag.spelt(successor))
            yield Finding(
                tag.node.span, f"{tag.text.upper()} is revoked, its successor is {successor}", f"write {tag.spelt(successor)}", fix
            )
