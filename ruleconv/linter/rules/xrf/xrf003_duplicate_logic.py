from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma, whole
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DuplicateLogic(Rule):
    """Two rules find the same: their queries or detections differ in blanks and comments at most.

    Every event raises two alerts, and only one of the two is kept up to date.
    """

    code = "XRF003"
    name = "duplicate-logic"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
        Kind.KQL,
        Kind.SQL,
    )
    across = True
    bad = (
        whole(
            Kind.SIGMA,
            """\
# one.yml
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  condition: selection
---
# two.yml
detection:
  selection:
    Image|endswith: '\\WHOAMI.EXE'
  condition: selection
""",
        ),
    )
    good = (sigma("title: Another\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        yield from ()  # across.duplicates finds it
