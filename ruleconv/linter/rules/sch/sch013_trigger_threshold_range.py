from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class TriggerThresholdRange(Rule):
    """The trigger's threshold is no whole number from 0 to 10000.

    Sentinel refuses the rule.
    """

    code = "SCH013"
    name = "trigger-threshold-range"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("triggerThreshold: -1"),
        sentinel("triggerThreshold: many"),
    )
    good = (sentinel("triggerThreshold: 10000"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("triggerThreshold")
        if node is None or node.is_null:
            return
        if node.kind != "scalar" or not re.fullmatch(r"\d{1,5}", node.text, re.ASCII) or int(node.text) > 10_000:
            yield Finding(node.span, f"the threshold {node.text!r} is no whole number from 0 to 10000")
