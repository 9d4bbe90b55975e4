from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits, sigma_values
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_FIELDS = frozenset(("Image", "ParentImage", "SourceImage", "TargetImage", "ImageLoaded"))
_FILE = re.compile(r"[A-Za-z0-9_\-. ]+\.(?:exe|dll|sys|com|scr)", re.IGNORECASE)


class FileWithoutSeparator(Rule):
    """The end of a path is asked for without the backslash before the file's name.

    `Image|endswith: 'cmd.exe'` also finds `C:\\Temp\\notcmd.exe`. Write `'\\cmd.exe'`, unless a part of a name is meant.
    """

    code = "SIG030"
    name = "file-without-separator"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    fixable = "unsafe"
    bad = (
        sigma(
            """\
detection:
  selection:
    Image|endswith: 'cmd.exe'
  condition: selection
""",
            fixed="""\
detection:
  selection:
    Image|endswith: '\\cmd.exe'
  condition: selection
""",
        ),
    )
    good = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\cmd.exe'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        product = view.logsource("product")
        if product is None or product.text != "windows":
            return
        for item in view.items:
            if item.field not in _FIELDS or item.modifiers != ("endswith",):
                continue
            for value in item.values:
                if _FILE.fullmatch(value.text):
                    edit = edits.quote(value, f"\\{value.text}")
                    fix = Fix(f"Write '\\{value.text}'", (edit,), safe=False) if edit is not None else None
                    message = f"{sigma_values.shown(value.text)} is the end of other files' names, too"
                    yield Finding(value.span, message, f"write '\\{value.text[:60]}'", fix)
