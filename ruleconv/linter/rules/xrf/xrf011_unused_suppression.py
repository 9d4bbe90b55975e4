from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class UnusedSuppression(Rule):
    """A comment that suppresses nothing.

    What it hid is gone, or its code was never right; left in place it would hide the next finding.
    """

    code = "XRF011"
    name = "unused-suppression"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
        Kind.KQL,
        Kind.SQL,
    )
    fixable = "safe"
    bad = (
        kql(
            """\
SigninLogs // ruleconv: ignore[KQL003] nothing here
| count
""",
            fixed="""\
SigninLogs
| count
""",
        ),
    )
    good = (
        kql("""\
SigninLogs
| where Nme == 'x' // ruleconv: ignore[KQL003] of another workspace
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        yield from ()  # suppress.apply finds it
