from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DescriptionTooLong(Rule):
    """The description has more than 5,000 characters.

    Sentinel refuses the rule.
    """

    code = "SCH020"
    name = "description-too-long"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel("description: " + "long " * 1001),)
    good = (sentinel("description: short and to the point"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("description")
        if node is not None and node.kind == "scalar" and len(node.text) > 5000:
            yield Finding(node.span, f"the description has {len(node.text):,} characters, 5,000 are the most")
