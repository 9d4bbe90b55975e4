from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sigma import conditions as c


class ConditionGlobMatchesNothing(Rule):
    """A pattern of names in the condition fits no search.

    `1 of filter_*` without any such search is refused by most readers, and never holds for the others.
    """

    code = "SIG003"
    name = "condition-glob-matches-nothing"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    bad = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  filter_system:
    User: SYSTEM
  condition: selection and not 1 of filters_*
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  filter_system:
    User: SYSTEM
  condition: selection and not 1 of filter_*
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None or not view.searches:
            return
        for part, _ in view.parts():
            if isinstance(part, c.Several) and not part.names(view.searches):
                hint = f"there are: {', '.join(list(view.searches)[:10])}"
                yield Finding(part.span, f"no search is called {part.pattern[:80]}", hint)
