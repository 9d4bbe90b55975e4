from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_PLACEHOLDER = re.compile(r"%([A-Za-z][A-Za-z0-9_]{2,})%")
_ENVIRONMENT = frozenset(
    (
        *("allusersprofile", "appdata", "commonprogramfiles", "commonprogramw6432", "computername", "comspec", "homedrive", "homepath"),
        *("localappdata", "logonserver", "number_of_processors", "onedrive", "path", "pathext", "processor_architecture"),
        *("processor_identifier", "programdata", "programfiles", "programw6432", "prompt", "psmodulepath", "public", "sessionname"),
        *("systemdrive", "systemroot", "temp", "tmp", "userdnsdomain", "userdomain", "username", "userprofile", "windir"),
    )
)


class PlaceholderWithoutExpand(Rule):
    """A value looks like a placeholder, and its field has no `expand`.

    `%domain_controllers%` is filled in by a pipeline only with the modifier: `Computer|expand`. Without it the rule looks for the per cent
    signs. Windows' own variables (`%TEMP%`) are left alone.
    """

    code = "SIG028"
    name = "placeholder-without-expand"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    fixable = "unsafe"
    reference = "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md#specific-modifiers"
    bad = (
        sigma(
            """\
detection:
  selection:
    Computer: '%domain_controllers%'
  condition: selection
""",
            fixed="""\
detection:
  selection:
    Computer|expand: '%domain_controllers%'
  condition: selection
""",
        ),
    )
    good = (
        sigma("""\
detection:
  selection:
    Computer|expand: '%domain_controllers%'
    CommandLine|contains: '%TEMP%'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            if item.modifiers or item.key is None or not item.field:
                continue
            for value in item.values:
                found = _PLACEHOLDER.fullmatch(value.text)
                if found and found[1].casefold() not in _ENVIRONMENT:
                    key = edits.append(item.key, "|expand")
                    fix = Fix(f"Write {item.key.text}|expand", (key,), safe=False) if key is not None else None
                    yield Finding(
                        value.span, f"{value.text[:80]} is a placeholder only with expand", f"write {item.field[:80]}|expand", fix
                    )
