from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.schedule import duration
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.duration import DAY, MINUTE
from ruleconv.rulefile.model import Kind


class DurationRange(Rule):
    """queryFrequency or queryPeriod lies outside of five minutes to fourteen days.

    Sentinel refuses the rule.
    """

    code = "SCH009"
    name = "duration-range"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("queryPeriod: 30d"),
        sentinel("queryFrequency: 1m"),
    )
    good = (sentinel("queryPeriod: 14d\nqueryFrequency: 1d"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for key in ("queryFrequency", "queryPeriod"):
            node = subject.get(key)
            ticks = duration(node)
            if node is not None and ticks is not None and not 5 * MINUTE <= ticks <= 14 * DAY:
                yield Finding(node.span, f"{key} of {node.text} lies outside of what Sentinel takes", "from 5m to 14d")
