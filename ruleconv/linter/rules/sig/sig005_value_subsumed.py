from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits, sigma_values
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ValueSubsumed(Rule):
    """A value of a list is covered by another one of the same list.

    With `contains`, a list of `os` and `bios` looks for `os` alone: `bios` changes nothing, and `os` probably finds more than was meant.
    Take the longer one out, or make the shorter one more precise.
    """

    code = "SIG005"
    name = "value-subsumed"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    fixable = "unsafe"
    bad = (
        sigma(
            """\
detection:
  selection:
    CommandLine|contains:
      - 'os'
      - 'BIOS'
      - 'cpu'
  condition: selection
""",
            fixed="""\
detection:
  selection:
    CommandLine|contains:
      - 'os'
      - 'cpu'
  condition: selection
""",
        ),
        sigma("""\
detection:
  selection:
    Image|endswith: ['\\cmd.exe', 'cmd.exe']
  condition: selection
"""),
        sigma("""\
detection:
  selection:
    TargetFilename:
      - 'C:\\Temp\\a1.exe'
      - 'C:\\Temp\\a*.exe'
  condition: selection
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    CommandLine|contains:
      - ' os'
      - 'bios'
  condition: selection
"""),
        sigma("""\
detection:
  selection:
    CommandLine|contains|all:
      - 'os'
      - 'bios'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            if len(item.values) < 2 or not item.field or item.node.kind != "sequence":
                continue
            for covered, by in sigma_values.covered(item.modifiers, item.values):
                fix = edits.delete(subject.file, item.node, covered, "Take the covered value out")
                message = f"{sigma_values.shown(covered.text)} is covered by {sigma_values.shown(by.text)}"
                yield Finding(covered.span, message, "take it out, or make the other one more precise", _unsafe(fix))


def _unsafe(fix: Fix | None) -> Fix | None:
    return Fix(fix.title, fix.edits, safe=False) if fix is not None else None
