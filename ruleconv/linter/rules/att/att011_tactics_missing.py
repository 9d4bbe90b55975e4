from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import tactics, techniques
from ruleconv.linter.examples import sentinel, sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class TacticsMissing(Rule):
    """A rule without a tactic, though it names a technique.

    Coverage by tactic misses it.
    """

    code = "ATT011"
    name = "tactics-missing"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    bad = (
        sentinel("tactics: ~"),
        sigma("""\
tags:
  - attack.t1033
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
        if techniques(subject) and not tactics(subject):
            yield Finding(techniques(subject)[0].node.span, "the rule names a technique, and no tactic")
