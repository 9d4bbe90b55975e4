from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma, whole
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DuplicateTitle(Rule):
    """Two rules have the same title.

    Nobody can tell their alerts apart.
    """

    code = "XRF002"
    name = "duplicate-title"
    severity = Severity.WARNING
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
title: Whoami Executed
---
# two.yml
title: Whoami Executed
""",
        ),
    )
    good = (sigma("title: Whoami Executed By A Guest\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        yield from ()  # across.duplicates finds it
