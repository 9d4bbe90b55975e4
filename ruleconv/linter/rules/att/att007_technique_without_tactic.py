from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import named_tactics, served, tactic_names, techniques
from ruleconv.linter.examples import sentinel, sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class TechniqueWithoutTactic(Rule):
    """A technique none of whose tactics the rule lists.

    Coverage by tactic then misses the rule, and readers are misled.
    """

    code = "ATT007"
    name = "technique-without-tactic"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    bad = (
        sentinel("""\
tactics:
  - Impact
relevantTechniques:
  - T1203
"""),
        sigma("""\
tags:
  - attack.impact
  - attack.t1033
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
  - Execution
relevantTechniques:
  - T1203
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        listed = named_tactics(subject)
        if not listed or not listed <= tactic_names():
            return  # a tactic that is written wrong may be the one that is missing
        for tag in techniques(subject):
            serves = served(tag, subject.config.attack_version)
            if (
                serves
                and not listed & set(serves)
                and not ("defense-evasion" in listed and {"stealth", "defense-impairment"} & set(serves))
            ):
                names = ", ".join(dict.fromkeys(serves))
                yield Finding(
                    tag.node.span,
                    f"{tag.text.upper()} serves {names}, which the rule does not list",
                    "add the tactic, or look at the technique",
                )
