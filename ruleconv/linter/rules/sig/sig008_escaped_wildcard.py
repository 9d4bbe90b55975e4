from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter import sigma_values
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class EscapedWildcard(Rule):
    """A value has `\\*` or `\\?`: the character itself, and no wildcard.

    A path such as `C:\\Users\\*\\a.exe` looks for a star. If a wildcard after a backslash is meant, write `\\\\*`.
    """

    code = "SIG008"
    name = "escaped-wildcard"
    severity = Severity.INFO
    on = (Kind.SIGMA,)
    recommended = False
    bad = (
        sigma("""\
detection:
  selection:
    TargetFilename: 'C:\\Users\\*\\evil.exe'
  condition: selection
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    TargetFilename: 'C:\\Users\\\\*\\evil.exe'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            if "re" in item.modifiers:
                continue
            for value in item.values:
                if ("\\*" in value.text or "\\?" in value.text) and (found := sigma_values.escaped(value.text)):
                    hint = f"for any characters after a backslash write \\\\{found[1:]}" if found == "\\*" else ""
                    yield Finding(value.span, f"{found} looks for the character {found[1:]} itself", hint)
