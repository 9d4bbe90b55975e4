from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span

_LINK = re.compile(r"https?://(?:docs|learn|techcommunity|azure|www)\.microsoft\.com(?P<locale>/[a-z]{2}-[a-z]{2})/", re.IGNORECASE)


class LinkWithLocale(Rule):
    """A link to Microsoft's documentation with a language in it (`/en-us/`).

    Without it every reader gets their own language; the checks of Azure/Azure-Sentinel refuse it.
    """

    code = "MET005"
    name = "link-with-locale"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    recommended = False
    per_file = True
    fixable = "safe"
    bad = (
        sigma(
            """\
references:
  - https://learn.microsoft.com/en-us/windows/win32/api/
""",
            fixed="""\
references:
  - https://learn.microsoft.com/windows/win32/api/
""",
        ),
    )
    good = (
        sigma("""\
references:
  - https://learn.microsoft.com/windows/win32/api/
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for match in _LINK.finditer(subject.file.text):
            span = Span(*match.span("locale"))
            yield Finding(
                span, f"the link names the language {match['locale'][1:]}", "leave it out", Fix("Leave it out", (Edit(span, ""),))
            )
