from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel, sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DescriptionMissingOrShort(Rule):
    """There is no description, or one of less than 16 characters.

    Who gets the alert at night has nothing else to go by.
    """

    code = "MET004"
    name = "description-missing-or-short"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    bad = (
        sentinel("description: tbd"),
        sigma("description: ~"),
    )
    good = (sentinel("description: Finds an address from which many accounts fail to sign in."),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("description")
        if (subject.kind is Kind.SENTINEL and not subject.is_analytics) or subject.get("correlation") is not None:
            return
        if node is None and subject.kind is Kind.SIGMA:  # of Sentinel's, SCH002 tells
            yield Finding(subject.start, "the rule has no description")
        elif node is not None and node.kind == "scalar" and len(node.text.strip()) < 16:
            yield Finding(node.span, "the description says hardly anything")
