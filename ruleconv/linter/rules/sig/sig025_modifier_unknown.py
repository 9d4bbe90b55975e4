from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits, sigma_modifiers, sigma_values
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span


class ModifierUnknown(Rule):
    """A field has a modifier that Sigma does not know.

    No reader takes the rule. Modifiers are written in small letters, one after the other: `CommandLine|contains|all`.
    """

    code = "SIG025"
    name = "modifier-unknown"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    fixable = "unsafe"
    reference = "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md"
    bad = (
        sigma(
            """\
detection:
  selection:
    CommandLine|contain: whoami
  condition: selection
""",
            fixed="""\
detection:
  selection:
    CommandLine|contains: whoami
  condition: selection
""",
        ),
    )
    good = (
        sigma("""\
detection:
  selection:
    CommandLine|contains: whoami
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            key = item.key
            if not item.modifiers or key is None:
                continue
            for name in sigma_modifiers.unknown(item):
                near = get_close_matches(name.strip().lower(), sigma_modifiers.KNOWN, 1, 0.75)
                fix = None
                if near and name and key.text.count(f"|{name}") == 1:
                    start = key.text.index(f"|{name}") + 1
                    edit = edits.replace_part(subject.file, key, Span(start, start + len(name)), near[0])
                    fix = Fix(f"Write {near[0]}", (edit,), safe=False) if edit is not None else None
                hint = f"did you mean {near[0]}?" if near else "the specification's appendix has the modifiers"
                yield Finding(key.span, f"{sigma_values.shown(name)} is no modifier of Sigma", hint, fix)
