from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class NameTooLong(Rule):
    """The name of a Sentinel rule has more than 256 characters, or the title of a Sigma rule more than 256.

    Sentinel refuses it, and the Sigma specification allows no more.
    """

    code = "SCH019"
    name = "name-too-long"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    bad = (sentinel("name: " + "x" * 257),)
    good = (sentinel("name: " + "x" * 256),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("title" if subject.kind is Kind.SIGMA else "name")
        if node is not None and node.kind == "scalar" and len(node.text) > 256:
            yield Finding(node.span, f"the name has {len(node.text)} characters, 256 are the most")
