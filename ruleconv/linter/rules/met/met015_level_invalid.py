from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_LEVELS = ("informational", "low", "medium", "high", "critical")


class LevelInvalid(Rule):
    """The level is none of the specification's.

    informational, low, medium, high, critical.
    """

    code = "MET015"
    name = "level-invalid"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    fixable = "safe"
    bad = (
        sigma("level: High", fixed="level: high"),
        sigma("level: severe"),
    )
    good = (sigma("level: critical"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("level")
        if node is None or (node.kind == "scalar" and node.text in _LEVELS):
            return
        meant = next((each for each in _LEVELS if node.text.strip().casefold() == each), None)
        yield Finding(
            node.span, f"there is no level {node.text!r}", "one of: " + ", ".join(_LEVELS), rewrite(node, meant) if meant else None
        )
