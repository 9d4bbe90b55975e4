from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class IdChanged(Rule):
    """The id is another than in the revision of `--base`.

    An id is for life: with another one it is another rule, and the old one stays where it is installed.
    """

    code = "XRF005"
    name = "id-changed"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    across = True
    bad = (sentinel("id: 5b2c3a9e-3f0d-4f51-9d4c-6b8f5a0c7d12\n"),)
    good = (sentinel("id: 5b2c3a9e-3f0d-4f51-9d4c-6b8f5a0c7d11\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        yield from ()  # across.changes finds it
