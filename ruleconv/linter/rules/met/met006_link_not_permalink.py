from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span

_LINK = re.compile(r"https?://(?:github\.com/[\w.-]+/[\w.-]+/blob|raw\.githubusercontent\.com/[\w.-]+/[\w.-]+)/(?P<ref>[\w.-]+)/")


class LinkNotPermalink(Rule):
    """A link to a file on a moving branch of GitHub.

    What it shows tomorrow may be something else, or nothing: link to a commit.
    """

    code = "MET006"
    name = "link-not-permalink"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    recommended = False
    per_file = True
    reference = "https://docs.github.com/repositories/working-with-files/using-files/getting-permanent-links-to-files"
    bad = (
        sigma("""\
references:
  - https://github.com/a/b/blob/master/c.md
"""),
    )
    good = (
        sigma("""\
references:
  - https://github.com/a/b/blob/0123456789abcdef0123456789abcdef01234567/c.md
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for match in _LINK.finditer(subject.file.text):
            if not re.fullmatch(r"[0-9a-f]{7,40}", match["ref"]):
                yield Finding(Span(*match.span()), f"the link leads to the branch {match['ref']}", "link to a commit")
