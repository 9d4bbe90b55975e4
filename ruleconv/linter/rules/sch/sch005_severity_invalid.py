from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_LEVELS = ("Informational", "Low", "Medium", "High")


class SeverityInvalid(Rule):
    """The severity is none of Informational, Low, Medium and High, as they are spelt here.

    The case counts: `severity: HIGH` is refused.
    """

    code = "SCH005"
    name = "severity-invalid"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    fixable = "safe"
    bad = (
        sentinel("severity: HIGH", fixed="severity: High"),
        sentinel("severity: Critical"),
    )
    good = (sentinel("severity: Informational"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("severity")
        if node is None or (node.kind == "scalar" and node.text in _LEVELS):
            return
        text = node.text if node.kind == "scalar" else node.kind
        meant = next((level for level in _LEVELS if level.casefold() == text.casefold()), None)
        yield Finding(node.span, f"there is no severity {text!r}", "one of: " + ", ".join(_LEVELS), rewrite(node, meant) if meant else None)
