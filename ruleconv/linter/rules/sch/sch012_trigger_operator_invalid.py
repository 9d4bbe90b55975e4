from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_OPERATORS = ("gt", "lt", "eq", "ne", "GreaterThan", "LessThan", "Equal", "NotEqual")


class TriggerOperatorInvalid(Rule):
    """The trigger's operator is none that Sentinel has.

    Rule files say `gt`, `lt`, `eq` or `ne`; the API says GreaterThan, LessThan, Equal, NotEqual.
    """

    code = "SCH012"
    name = "trigger-operator-invalid"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    fixable = "safe"
    bad = (
        sentinel("triggerOperator: GT", fixed="triggerOperator: gt"),
        sentinel("triggerOperator: '>'"),
    )
    good = (sentinel("triggerOperator: GreaterThan"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("triggerOperator")
        if node is None or node.kind != "scalar" or node.text in _OPERATORS:
            return
        meant = next((each for each in _OPERATORS if each.casefold() == node.text.casefold()), None)
        yield Finding(node.span, f"there is no operator {node.text!r}", "one of: gt, lt, eq, ne", rewrite(node, meant) if meant else None)
