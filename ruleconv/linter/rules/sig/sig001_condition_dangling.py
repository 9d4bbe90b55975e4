from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sigma import conditions as c

_MOST = 50
"""Names among which the one that was meant is looked for."""


class ConditionDangling(Rule):
    """The condition names a search that the detection does not have.

    No reader takes the rule. Mostly a search was renamed, or the name is misspelt.
    """

    code = "SIG001"
    name = "condition-dangling"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    reference = "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md#condition"
    bad = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  condition: selecton
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None or not view.searches:
            return
        for part, _ in view.parts():
            if isinstance(part, c.Name) and part.name not in view.searches:
                near = get_close_matches(part.name, list(view.searches)[:_MOST], 1, 0.6)
                hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(list(view.searches)[:10])}"
                yield Finding(part.span, f"the detection has no search {part.name[:80]}", hint)
