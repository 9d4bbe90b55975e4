from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.characters import INVISIBLE, inside_of_texts
from ruleconv.linter.examples import kql, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span

_JOINERS = "\u200c\u200d"
"""Belong to the spelling of Persian, to the scripts of India and to emoji, between characters of these."""


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
        kql("SigninLogs\n| where Identity contains '​'\n"),
        sentinel("description: Finds what our 👩‍💻 team calls a password spray.\n"),
        kql("""\
SigninLogs
| where Identity == 'admin'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        text = subject.file.text
        found = [match.start() for match in INVISIBLE.finditer(text)]
        if not found:
            return
        detections = [each.get("detection") for each in subject.siblings]  # whose values may look for such characters
        texts = {at: within for each in subject.siblings for at, within in inside_of_texts(each).items()}
        for at in found:
            char = text[at]
            if at == 0 and char == "\ufeff":
                continue  # a byte order mark at the start of a file
            if char in _JOINERS and at and not text[at - 1].isascii() and not text[at + 1 : at + 2].isascii():
                continue
            if any(each is not None and each.span.start <= at < each.span.end for each in detections):
                continue
            if at in texts and not any(each.isalnum() for each in texts[at]):
                continue  # a text of nothing else looks for just this
            name = unicodedata.name(char, "an unnamed character").lower()
            new = " " if char == "\u00a0" else ""
            fix = Fix("Write a blank" if new else "Take it out", (Edit(Span(at, at + 1), new),), safe=at not in texts)
            yield Finding(Span(at, at + 1), f"an invisible character: {name} (U+{ord(char):04X})", "", fix)
