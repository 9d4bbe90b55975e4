from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_MOST = {"alertDisplayNameFormat": 256, "alertDescriptionFormat": 5000}


class OverrideTooLong(Rule):
    """A format of alertDetailsOverride is empty or too long.

    alertDisplayNameFormat has 256 characters at most, alertDescriptionFormat 5,000.
    """

    code = "SCH025"
    name = "override-too-long"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
alertDetailsOverride:
  alertDisplayNameFormat: ''
"""),
    )
    good = (
        sentinel("""\
alertDetailsOverride:
  alertDisplayNameFormat: Spray from {{IPAddress}}
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for key, most in _MOST.items():
            node = subject.get("alertDetailsOverride", key)
            if node is None or node.kind != "scalar":
                continue
            if not node.text.strip():
                yield Finding(node.span, f"{key} is empty", "take it out, or give it a text")
            elif len(node.text) > most:
                yield Finding(node.span, f"{key} has {len(node.text):,} characters, {most:,} are the most")
