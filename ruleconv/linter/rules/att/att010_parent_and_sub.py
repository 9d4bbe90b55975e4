from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import techniques
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ParentAndSub(Rule):
    """A technique and one of its sub-techniques are both named.

    The sub-technique says it all.
    """

    code = "ATT010"
    name = "parent-and-sub"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    recommended = False
    bad = (
        sentinel("""\
relevantTechniques:
  - T1110
  - T1110.003
"""),
    )
    good = (
        sentinel("""\
relevantTechniques:
  - T1110.003
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        named = techniques(subject)
        ids = {tag.text.upper() for tag in named}
        for tag in named:
            sub = next((each for each in sorted(ids) if each.startswith(tag.text.upper() + ".")), None)
            if sub is not None:
                yield Finding(tag.node.span, f"{sub} says it already")
