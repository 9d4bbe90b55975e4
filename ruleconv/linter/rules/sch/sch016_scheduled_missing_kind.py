from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ScheduledMissingKind(Rule):
    """An analytics rule that does not say its kind.

    Tools take it as Scheduled; the contents of Azure/Azure-Sentinel say so.
    """

    code = "SCH016"
    name = "scheduled-missing-kind"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    bad = (sentinel("kind: ~"),)
    good = (sentinel("kind: Scheduled"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        if subject.is_analytics and subject.get("kind") is None:
            yield Finding(subject.start, "the rule does not say its kind", "add kind: Scheduled")
