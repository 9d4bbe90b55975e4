from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_KINDS = ("Scheduled", "NRT")


class KindInvalid(Rule):
    """The kind is neither Scheduled nor NRT, as they are spelt here.

    The case counts: `kind: scheduled` is refused.
    """

    code = "SCH004"
    name = "kind-invalid"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    fixable = "safe"
    bad = (sentinel("kind: scheduled", fixed="kind: Scheduled"),)
    good = (sentinel("kind: Scheduled"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("kind")
        if node is None or node.kind != "scalar" or node.text in _KINDS:
            return
        meant = next((kind for kind in _KINDS if kind.casefold() == node.text.casefold()), None)
        yield Finding(node.span, f"there is no kind {node.text!r}", "one of: Scheduled, NRT", rewrite(node, meant) if meant else None)
