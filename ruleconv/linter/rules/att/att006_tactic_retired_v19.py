from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import served, tactics, techniques
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class TacticRetiredV19(Rule):
    """The tactic Defense Evasion, which ATT&CK 19 has divided into Stealth and Defense Impairment.

    The fix writes those that the rule's techniques serve. `attack-version = "18"` in the configuration keeps the old one.
    """

    code = "ATT006"
    name = "tactic-retired-v19"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    fixable = "unsafe"
    reference = "https://attack.mitre.org/resources/updates/"
    bad = (
        sigma(
            """\
tags:
  - attack.defense-evasion
  - attack.t1036
""",
            fixed="""\
tags:
  - attack.stealth
  - attack.t1036
""",
        ),
    )
    good = (
        sigma("""\
tags:
  - attack.stealth
  - attack.t1036
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        if subject.config.attack_version == "18":
            return
        split = ("stealth", "defense-impairment")
        for tag in tactics(subject):
            if tag.text.lower().replace("_", "-") != "defense-evasion":
                continue
            now = [name for name in split if any(name in served(each, "19") for each in techniques(subject))]
            fix = rewrite(tag.node, tag.spelt(now[0]), safe=False) if len(now) == 1 else None
            meant = " and ".join(tag.spelt(name) for name in now or split)
            yield Finding(
                tag.node.span, "ATT&CK 19 has no tactic Defense Evasion", f"write {meant if now else meant.replace(' and ', ' or ')}", fix
            )
