from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import tactic_names, tactics
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class TacticUnknown(Rule):
    """A tactic that ATT&CK does not have, or in another spelling than Sigma's.

    Sigma writes them with hyphens: `attack.credential-access`.
    """

    code = "ATT005"
    name = "tactic-unknown"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    fixable = "safe"
    bad = (
        sigma(
            """\
tags:
  - attack.credential_access
  - attack.t1033
""",
            fixed="""\
tags:
  - attack.credential-access
  - attack.t1033
""",
        ),
        sigma("""\
tags:
  - attack.discovering
"""),
    )
    good = (
        sigma("""\
tags:
  - attack.command-and-control
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for tag in tactics(subject):
            if tag.text in tactic_names():
                continue
            folded = re.sub(r"[\W_]+", "-", tag.text.lower())
            meant = folded if folded in tactic_names() else None
            near = [meant] if meant else difflib.get_close_matches(folded, sorted(tactic_names()), 1)
            fix = rewrite(tag.node, tag.spelt(meant)) if meant else None
            yield Finding(tag.node.span, f"ATT&CK has no tactic {tag.text!r}", f"did you mean {tag.spelt(near[0])}?" if near else "", fix)
