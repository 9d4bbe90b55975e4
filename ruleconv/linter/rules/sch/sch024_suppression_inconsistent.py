from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.schedule import duration
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.duration import DAY
from ruleconv.rulefile.model import Kind


class SuppressionInconsistent(Rule):
    """Suppression is on, but for no time, or for more than a day.

    Sentinel stops the query for the time given after an alert: without one it does nothing, and past 24 hours it is refused.
    """

    code = "SCH024"
    name = "suppression-inconsistent"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("suppressionEnabled: true\n"),
        sentinel("""\
suppressionEnabled: true
suppressionDuration: 2d
"""),
    )
    good = (
        sentinel("""\
suppressionEnabled: true
suppressionDuration: 5h
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        enabled, node = subject.get("suppressionEnabled"), subject.get("suppressionDuration")
        if enabled is None or enabled.text.casefold() != "true":
            return
        ticks = duration(node)
        if node is None:
            yield Finding(enabled.span, "suppression is on without a suppressionDuration", "add one, for example 5h")
        elif ticks is not None and ticks > DAY:
            yield Finding(node.span, f"a suppression of {node.text}: 24 hours are the most")
