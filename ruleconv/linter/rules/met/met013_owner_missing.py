from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class OwnerMissing(Rule):
    """Nobody is named as the author.

    A question about the rule has nobody to go to.
    """

    code = "MET013"
    name = "owner-missing"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    recommended = False
    bad = (sigma("author: ~"),)
    good = (sigma("author: Ada\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        if not subject.text("author") and not subject.text("metadata", "author", "name") and subject.get("correlation") is None:
            yield Finding(subject.start, "the rule names no author")
