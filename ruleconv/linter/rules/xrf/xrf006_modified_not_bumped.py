from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ModifiedNotBumped(Rule):
    """The detection has changed since the revision of `--base`, the date in `modified` has not.

    Readers and tools take the rule as unchanged.
    """

    code = "XRF006"
    name = "modified-not-bumped"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    across = True
    bad = (sigma("modified: 2026-11-01\n"),)
    good = (sigma("modified: 2026-11-21\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        yield from ()  # across.changes finds it
