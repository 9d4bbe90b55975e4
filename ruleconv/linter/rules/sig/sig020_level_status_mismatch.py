from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class LevelStatusMismatch(Rule):
    """A critical rule that is still experimental.

    `critical` says that somebody is to be woken up, `experimental` that nobody has seen what the rule finds. Try it first, or lower the
    level.
    """

    code = "SIG020"
    name = "level-status-mismatch"
    severity = Severity.INFO
    on = (Kind.SIGMA,)
    recommended = False
    bad = (sigma("level: critical\nstatus: experimental\n"),)
    good = (sigma("level: critical\nstatus: test\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        level = subject.get("level")
        if level is not None and subject.text("level") == "critical" and subject.text("status") == "experimental":
            yield Finding(level.span, "critical, and still experimental", "try it first, or lower the level")
