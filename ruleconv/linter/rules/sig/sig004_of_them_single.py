from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sigma import conditions as c

_WORD = re.compile(r"[A-Za-z0-9_\-]+")


class OfThemSingle(Rule):
    """`1 of them` or `all of them`, and there is one search only.

    The name of the search says the same in plain words. Patterns such as `1 of filter_*` are left alone: more filters may come.
    """

    code = "SIG004"
    name = "of-them-single"
    severity = Severity.INFO
    on = (Kind.SIGMA,)
    recommended = False
    fixable = "safe"
    bad = (
        sigma(
            """\
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  condition: 1 of them
""",
            fixed="""\
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  condition: selection
""",
        ),
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
        if view is None:
            return
        for part, _ in view.parts():
            if not isinstance(part, c.Several) or "*" in part.pattern:
                continue
            names = part.names(view.searches)
            if len(names) == 1 and _WORD.fullmatch(names[0]):
                fix = Fix(f"Write {names[0]}", (Edit(part.span, names[0]),))
                yield Finding(part.span, "there is one search only", f"write {names[0]}", fix)
