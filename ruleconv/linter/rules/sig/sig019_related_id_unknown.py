from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class RelatedIdUnknown(Rule):
    """A rule says that it resembles another one, or was derived from it, and no file has that one.

    Files that are linted together are compared, so lint the whole collection. Rules that were replaced (`obsolete`, `merged`, `renamed`)
    may be gone.
    """

    code = "SIG019"
    name = "related-id-unknown"
    severity = Severity.INFO
    on = (Kind.SIGMA,)
    recommended = False
    across = True
    bad = (
        sigma("""\
related:
  - id: 4e9f2b1c-90d3-4d0e-8a54-0d1c1f5d7f10
    type: similar
"""),
    )
    good = (
        sigma("""\
related:
  - id: 4e9f2b1c-90d3-4d0e-8a54-0d1c1f5d7f10
    type: obsolete
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        yield from ()  # across.unknown_related finds it
