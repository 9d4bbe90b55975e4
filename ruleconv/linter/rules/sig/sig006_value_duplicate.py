from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter import edits, sigma_values
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ValueDuplicate(Rule):
    """A value stands twice in a list.

    Sigma compares without regard to case, so `cmd.exe` and `CMD.EXE` are one value. One of them was meant to be something else, or is one
    too many.
    """

    code = "SIG006"
    name = "value-duplicate"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    fixable = "safe"
    bad = (
        sigma(
            """\
detection:
  selection:
    Image|endswith:
      - '\\cmd.exe'
      - '\\CMD.exe'
  condition: selection
""",
            fixed="""\
detection:
  selection:
    Image|endswith:
      - '\\cmd.exe'
  condition: selection
""",
        ),
    )
    good = (
        sigma("""\
detection:
  selection:
    Image|endswith|cased:
      - '\\cmd.exe'
      - '\\CMD.exe'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            if len(item.values) < 2 or item.node.kind != "sequence":
                continue
            exact = not sigma_values.ignores_case(item.modifiers)
            seen: dict[tuple[bool, str], str] = {}
            for value in item.values:
                key = (value.is_null, value.text if exact else sigma_values.marked(value.text).casefold())
                if key in seen:
                    case = seen[key] != value.text and seen[key].casefold() == value.text.casefold()
                    hint = "case makes no difference" if case else "take one out"
                    fix = edits.delete(subject.file, item.node, value, "Take it out")
                    yield Finding(value.span, f"{sigma_values.shown(value.text)} stands twice in this list", hint, fix)
                seen.setdefault(key, value.text)
