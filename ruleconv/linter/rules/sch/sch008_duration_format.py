from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.schedule import DURATIONS, duration
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DurationFormat(Rule):
    """A span of time that Sentinel does not read.

    queryFrequency, queryPeriod and the like are written as `1h`, `14d`, `30m`, or as `PT1H`, `P14D`.
    """

    code = "SCH008"
    name = "duration-format"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel("queryPeriod: 1day"),)
    good = (sentinel("queryPeriod: 14d\nqueryFrequency: PT1H"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for path in DURATIONS:
            node = subject.get(*path)
            if node is None or node.is_null:
                continue
            if node.kind != "scalar" or duration(node) is None:
                yield Finding(node.span, f"{path[-1]}: {node.text!r} is no span of time", "for example 1h, 14d, PT30M")
