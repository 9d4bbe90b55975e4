from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

if TYPE_CHECKING:
    from ruleconv.ir.query import Query

_NEVER = {("lt", 0), ("gt", 10_000), ("lessthan", 0), ("greaterthan", 10_000)}


class TriggerNeverOrAlways(Rule):
    """The trigger can never fire, or fires at every run.

    `lt 0` and `gt 10000` never do; `gt 0` always does when the query gives a row whatever happens, as `summarize count()` without
    `by`.
    """

    code = "SCH014"
    name = "trigger-never-or-always"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("triggerOperator: lt"),
        sentinel("""\
query: |
  SigninLogs
  | where ResultType == '50126'
  | summarize Failures = count()
entityMappings: ~
"""),
    )
    good = (sentinel("triggerOperator: gt"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("triggerOperator")
        threshold = subject.text("triggerThreshold")
        if node is None or node.kind != "scalar" or not threshold.isdecimal() or len(threshold) > 9:
            return
        trigger = (node.text.casefold(), int(threshold))
        if trigger in _NEVER:
            yield Finding(node.span, f"the trigger {node.text} {threshold} never fires", "gt 0 fires when there is a row")
        elif trigger in {("gt", 0), ("greaterthan", 0)} and subject.ir is not None and _always_one_row(subject.ir):
            message = "the query always gives one row, so the trigger fires at every run"
            yield Finding(node.span, message, "filter after the summarize, or group by something")


def _always_one_row(query: Query) -> bool:
    from ruleconv.linter.rows import always_one_row  # needs the IR, which Sigma files do without

    return always_one_row(query)
