from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class NrtHasSchedule(Rule):
    """A rule of kind NRT with a schedule or a trigger of its own.

    NRT rules run every minute; the keys are refused.
    """

    code = "SCH015"
    name = "nrt-has-schedule"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel("kind: NRT"),)
    good = (sentinel("kind: NRT\nqueryFrequency: ~\nqueryPeriod: ~\ntriggerOperator: ~\ntriggerThreshold: ~"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        if subject.text("kind") != "NRT":
            return
        for key in ("queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold"):
            node = subject.key(key)
            if node is not None:
                yield Finding(node.span, f"an NRT rule has no {key}", "take it out, or make the rule Scheduled")
