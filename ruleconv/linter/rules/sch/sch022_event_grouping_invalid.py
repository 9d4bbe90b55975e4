from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_KINDS = ("SingleAlert", "AlertPerResult")


class EventGroupingInvalid(Rule):
    """The kind of event grouping is neither SingleAlert nor AlertPerResult.

    Sentinel refuses the rule.
    """

    code = "SCH022"
    name = "event-grouping-invalid"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    fixable = "safe"
    bad = (
        sentinel(
            """\
eventGroupingSettings:
  aggregationKind: singleAlert
""",
            fixed="""\
eventGroupingSettings:
  aggregationKind: SingleAlert
""",
        ),
    )
    good = (
        sentinel("""\
eventGroupingSettings:
  aggregationKind: AlertPerResult
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("eventGroupingSettings", "aggregationKind")
        if node is None or (node.kind == "scalar" and node.text in _KINDS):
            return
        meant = next((kind for kind in _KINDS if kind.casefold() == node.text.casefold()), None)
        fix = rewrite(node, meant) if meant else None
        yield Finding(node.span, f"there is no aggregationKind {node.text!r}", "one of: SingleAlert, AlertPerResult", fix)
