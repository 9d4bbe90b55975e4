from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_NAMES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\v": "\\v", "\0": "\\0", "\x1b": "\\e"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|[\t\n\r\x85\xa0]")
_LETTER = re.compile(r"\\[tnrabfv0eN_]")


class ControlCharacter(Rule):
    """An escape in double quotes makes a control character of what looks like a path.

    In double quotes YAML reads `\\t` as a tab and `\\n` as a line end, so `"C:\\temp"` is not the folder. Single quotes leave a backslash
    alone.
    """

    code = "SIG017"
    name = "control-character"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    fixable = "unsafe"
    bad = (
        sigma(
            """\
detection:
  selection:
    TargetFilename|startswith: "C:\\temp\\new"
  condition: selection
""",
            fixed="""\
detection:
  selection:
    TargetFilename|startswith: 'C:\\temp\\new'
  condition: selection
""",
        ),
    )
    good = (
        sigma("""\
detection:
  selection:
    TargetFilename|startswith: 'C:\\temp\\new'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            for value in item.values:
                if value.style != '"' or (found := _CONTROL.search(value.text)) is None:
                    continue
                written = subject.file.text[value.span.start + 1 : value.span.end - 1]
                if "\\" not in written:
                    continue
                name = _NAMES.get(found[0], f"the character {ord(found[0]):#04x}")
                fix = None
                edit = edits.quote(value, written) if len(_LETTER.findall(written)) == written.count("\\") else None
                if edit is not None:
                    fix = Fix("Put it into single quotes", (edit,), safe=False)
                yield Finding(value.span, f"{name} in double quotes is a control character", "single quotes leave a backslash alone", fix)
