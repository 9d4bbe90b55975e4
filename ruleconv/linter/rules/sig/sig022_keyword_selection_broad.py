from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter import sigma_values
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_SHORT = 4


class KeywordSelectionBroad(Rule):
    """A keyword of less than four characters.

    Keywords are looked for in the whole event: a short one is found in paths, hashes and identifiers everywhere. Name the field, or look
    for more of the text.
    """

    code = "SIG022"
    name = "keyword-selection-broad"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    recommended = False
    bad = (
        sigma("""\
detection:
  keywords:
    - 'nc'
    - 'mimikatz'
  condition: keywords
"""),
    )
    good = (
        sigma("""\
detection:
  keywords:
    - 'nc -e '
    - 'mimikatz'
  condition: keywords
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            if item.field or not {"all", "re", "neq"}.isdisjoint(item.modifiers):
                continue
            for value in item.values:
                text = value.text.strip("*? ")
                if value.tag != "null" and 0 < len(text) < _SHORT:
                    message = f"the keyword {sigma_values.shown(text)} is found almost everywhere"
                    yield Finding(value.span, message, "name the field, or look for more")
