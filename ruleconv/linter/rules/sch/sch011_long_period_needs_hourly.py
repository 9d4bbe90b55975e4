from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.schedule import duration
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.duration import DAY, HOUR
from ruleconv.rulefile.model import Kind


class LongPeriodNeedsHourly(Rule):
    """A query that looks back two days or more must not run more often than once an hour.

    Sentinel refuses the rule.
    """

    code = "SCH011"
    name = "long-period-needs-hourly"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel("queryFrequency: 15m\nqueryPeriod: 7d"),)
    good = (sentinel("queryFrequency: 1h\nqueryPeriod: 7d"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("queryFrequency")
        frequency, period = duration(node), duration(subject.get("queryPeriod"))
        if node is not None and frequency is not None and period is not None and period >= 2 * DAY and frequency < HOUR:
            message = f"a query that looks back {subject.text('queryPeriod')} may run once an hour at most, not every {node.text}"
            yield Finding(node.span, message, "give queryFrequency 1h or more")
