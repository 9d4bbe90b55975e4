from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.schedule import duration
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class PeriodShorterThanFrequency(Rule):
    """The query looks back less than the time between two runs.

    Events of the gap are never seen: with `queryFrequency: 1d` and `queryPeriod: 1h`, an attack is found in one hour of the day.
    """

    code = "SCH010"
    name = "period-shorter-than-frequency"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel("queryFrequency: 1d\nqueryPeriod: 1h"),)
    good = (sentinel("queryFrequency: 1h\nqueryPeriod: 1d"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        frequency, node = duration(subject.get("queryFrequency")), subject.get("queryPeriod")
        period = duration(node)
        if node is not None and frequency is not None and period is not None and period < frequency:
            other = subject.text("queryFrequency")
            yield Finding(node.span, f"the query looks back {node.text}, but runs every {other}", f"give queryPeriod {other} or more")
