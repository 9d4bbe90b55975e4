from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits, sigma_facts, sigma_values
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_FIELDS = frozenset(("Image", "ParentImage", "SourceImage", "TargetImage", "ImageLoaded", "TargetFilename"))
_FILE = re.compile(r"[^\\/*?:%<>|\"]+\.(?:exe|dll|sys|com|scr|bat|cmd|ps1|vbs|js|ocx|cpl)", re.IGNORECASE)


class PathWithoutFolder(Rule):
    """A field that holds a whole path is compared to the name of a file.

    `Image` is `C:\\Windows\\System32\\cmd.exe` and never `cmd.exe` alone, so the comparison never holds. Write
    `Image|endswith: '\\cmd.exe'`, or ask for `OriginalFileName`.
    """

    code = "SIG029"
    name = "path-without-folder"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    fixable = "unsafe"
    bad = (
        sigma(
            """\
detection:
  selection:
    Image:
      - 'cmd.exe'
      - "powershell.exe"
  condition: selection
""",
            fixed="""\
detection:
  selection:
    Image|endswith:
      - '\\cmd.exe'
      - '\\powershell.exe'
  condition: selection
""",
        ),
        sigma("""\
detection:
  selection:
    ParentImage|startswith: 'w3wp.exe'
  condition: selection
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\cmd.exe'
    OriginalFileName: 'Cmd.Exe'
    ParentImage: 'System'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        product, category = view.logsource("product"), view.logsource("category")
        if product is None or product.text != "windows" or category is None or not sigma_facts.fields(category.text):
            return
        for item in view.items:
            if item.field not in _FIELDS or item.key is None or item.modifiers not in ((), ("startswith",)):
                continue
            wrong = [value for value in item.values if _FILE.fullmatch(value.text)]
            fix = None
            if wrong and len(wrong) == len(item.values) and not item.modifiers and (key := edits.append(item.key, "|endswith")):
                values = [edit for value in wrong if (edit := edits.quote(value, f"\\{value.text}"))]
                fix = Fix(f"Write {item.field}|endswith", (key, *values), safe=False) if len(values) == len(wrong) else None
            for value in wrong:
                message = f"{item.field} is a whole path, and never {sigma_values.shown(value.text)} alone"
                yield Finding(value.span, message, f"write {item.field}|endswith: '\\{value.text[:60]}'", fix)
