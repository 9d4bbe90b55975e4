from __future__ import annotations

import difflib
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile import attack
from ruleconv.rulefile.model import Kind


class SentinelTacticName(Rule):
    """A tactic that Sentinel does not have, or in another spelling than its own.

    Sentinel writes `CredentialAccess`, `CommandAndControl`, and knows Defense Evasion still.
    """

    code = "ATT014"
    name = "sentinel-tactic-name"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    fixable = "safe"
    bad = (
        sentinel(
            """\
tactics:
  - Credential Access
""",
            fixed="""\
tactics:
  - CredentialAccess
""",
        ),
        sentinel("""\
tactics:
  - BruteForce
"""),
    )
    good = (
        sentinel("""\
tactics:
  - CredentialAccess
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.items("tactics"):
            if node.text in attack.sentinel_tactics():
                continue
            meant = attack.to_sentinel(node.text)
            near = [meant] if meant else difflib.get_close_matches(node.text, attack.sentinel_tactics(), 1)
            fix = rewrite(node, meant) if meant else None
            yield Finding(node.span, f"Sentinel has no tactic {node.text!r}", f"did you mean {near[0]}?" if near else "", fix)
