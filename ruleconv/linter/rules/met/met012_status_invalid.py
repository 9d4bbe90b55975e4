from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_STATUS = ("stable", "test", "experimental", "deprecated", "unsupported")


class StatusInvalid(Rule):
    """The status is none of the specification's.

    stable, test, experimental, deprecated, unsupported.
    """

    code = "MET012"
    name = "status-invalid"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    fixable = "safe"
    bad = (
        sigma("status: Stable", fixed="status: stable"),
        sigma("status: production"),
    )
    good = (sigma("status: experimental"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("status")
        if node is None or (node.kind == "scalar" and node.text in _STATUS):
            return
        meant = next((each for each in _STATUS if node.text.strip().casefold() == each), None)
        yield Finding(
            node.span, f"there is no status {node.text!r}", "one of: " + ", ".join(_STATUS), rewrite(node, meant) if meant else None
        )
