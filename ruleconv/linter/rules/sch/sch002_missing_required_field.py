from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_ALWAYS = ("id", "name", "query")
_ANALYTICS = ("description", "severity", "requiredDataConnectors")
_SCHEDULED = ("queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold")


class MissingRequiredField(Rule):
    """A key that every analytics rule needs is missing.

    Sentinel and the checks of Azure/Azure-Sentinel refuse the rule. A rule of kind Scheduled also needs its schedule and its trigger;
    a hunting query needs only id, name and query.
    """

    code = "SCH002"
    name = "missing-required-field"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("severity: ~"),
        sentinel("queryPeriod: ~"),
    )
    good = (sentinel("kind: NRT\nqueryFrequency: ~\nqueryPeriod: ~\ntriggerOperator: ~\ntriggerThreshold: ~"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        # A portal's export has neither connectors nor, of a custom detection, an id that its author could give.
        keys = ["name", "query"] if subject.exported else list(_ALWAYS)
        if subject.is_analytics:
            keys += (key for key in _ANALYTICS if not (subject.exported and key == "requiredDataConnectors"))
            if subject.text("kind").casefold() != "nrt":
                keys += _SCHEDULED
        for key in keys:
            if subject.get(key) is None:
                yield Finding(subject.start, f"the rule has no {key}", f"add the key {key}")
