from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sigma import conditions as c

_WORD = re.compile(r"[A-Za-z0-9_\-]+")


class SelectionUnused(Rule):
    """A search is never asked for by the condition.

    What it says has no effect: a filter that is not applied raises false alarms, a selection that is not used lets events through.
    Name it in the condition, or take it out. Names that begin with an underscore are not looked at.
    """

    code = "SIG002"
    name = "selection-unused"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    bad = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  filter:
    User: SYSTEM
  condition: selection
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  filter_main_system:
    User: SYSTEM
  condition: selection and not 1 of filter_main_*
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None or not view.parsed:
            return
        used: set[str] = set()
        for part, _ in view.parts():
            used.update([part.name] if isinstance(part, c.Name) else part.names(view.searches))
        for condition in view.conditions:
            used.update(_WORD.findall(condition.aggregation))
        for name, search in view.searches.items():
            if name not in used and not name.startswith("_"):
                yield Finding(search.key.span, f"the condition never asks for {name[:80]}", "name it in the condition, or take it out")
