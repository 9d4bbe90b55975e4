from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma, whole
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DuplicateId(Rule):
    """Two rules have the same id.

    Whoever installs both has one: the second takes the first one's place.
    """

    code = "XRF001"
    name = "duplicate-id"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    across = True
    bad = (
        whole(
            Kind.SIGMA,
            """\
# one.yml
id: 0d2e1f6b-7a55-4a52-8b1d-90f4b3c3a6d2
---
# two.yml
id: 0d2e1f6b-7a55-4a52-8b1d-90f4b3c3a6d2
""",
        ),
    )
    good = (sigma("id: 0d2e1f6b-7a55-4a52-8b1d-90f4b3c3a6d3\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        yield from ()  # across.duplicates finds it
