from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import whole
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DuplicateFilename(Rule):
    """Two files have the same name, in different folders.

    Tools that bring rules together into one folder lose one of them.
    """

    code = "XRF007"
    name = "duplicate-filename"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
        Kind.KQL,
        Kind.SQL,
    )
    recommended = False
    across = True
    bad = (
        whole(
            Kind.KQL,
            """\
// a/rule.kql
SigninLogs
""",
        ),
    )
    good = (
        whole(
            Kind.KQL,
            """\
// a/other.kql
SigninLogs
""",
        ),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        yield from ()  # across.duplicates finds it
