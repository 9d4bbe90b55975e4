from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.characters import INVISIBLE
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span


class InvisibleCharacter(Rule):
    """A character that nobody sees: of width zero, a blank that is none, or one that turns the direction of the text.

    A value with one in it matches nothing; a bidirectional control makes a reviewer read another rule than the one that runs.
    """

    code = "MET002"
    name = "invisible-character"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
        Kind.KQL,
        Kind.SQL,
    )
    per_file = True
    fixable = "safe"
    bad = (
        kql(
            """\
SigninLogs
| where Identity == 'ad​min'
""",
            fixed="""\
SigninLogs
| where Identity == 'admin'
""",
        ),
        kql(
            """\
SigninLogs
| count //‮ x
""",
            fixed="""\
SigninLogs
| count // x
""",
        ),
    )
    good = (
        kql("""\
SigninLogs
| where Identity == 'admin'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        detection = subject.get("detection")  # whose values may look for such characters
        for match in INVISIBLE.finditer(subject.file.text):
            at, char = match.start(), match.group()
            if at == 0 and char == "\ufeff":
                continue  # a byte order mark at the start of a file
            if detection is not None and detection.span.start <= at < detection.span.end:
                continue
            name = unicodedata.name(char, "an unnamed character").lower()
            new = " " if char == "\u00a0" else ""
            fix = Fix("Write a blank" if new else "Take it out", (Edit(Span(at, at + 1), new),))
            yield Finding(Span(at, at + 1), f"an invisible character: {name} (U+{ord(char):04X})", "", fix)
