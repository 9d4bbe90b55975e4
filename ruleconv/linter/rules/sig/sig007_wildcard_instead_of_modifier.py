from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits, sigma_values
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_FREE = frozenset(("all", "cased", "neq", "windash"))
_NAMES = {(1, 1): "contains", (0, 1): "startswith", (1, 0): "endswith"}


class WildcardInsteadOfModifier(Rule):
    """Wildcards at the ends of a value, where a modifier says it.

    `Image|endswith: '\\cmd.exe'` is easier to read than `Image: '*\\cmd.exe'`, and no wildcard is overlooked or escaped by accident.
    """

    code = "SIG007"
    name = "wildcard-instead-of-modifier"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    recommended = False
    fixable = "safe"
    bad = (
        sigma(
            """\
detection:
  selection:
    Image:
      - '*\\cmd.exe'
      - '*\\powershell.exe'
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
        sigma(
            """\
detection:
  selection:
    CommandLine: "*mimikatz*" # the tool
  condition: selection
""",
            fixed="""\
detection:
  selection:
    CommandLine|contains: "mimikatz" # the tool
  condition: selection
""",
        ),
    )
    good = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\cmd.exe'
    CommandLine: 'cmd* /c *'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            if item.key is None or not item.field or not item.values or not _FREE.issuperset(item.modifiers):
                continue
            shapes = {_shape(sigma_values.marked(value.text)) for value in item.values}
            name = _NAMES.get(shapes.pop()) if len(shapes) == 1 else None
            if name is None or any(value.tag != "str" for value in item.values):
                continue
            front, back = (name != "startswith", name != "endswith")
            key = edits.append(item.key, f"|{name}")
            cuts = [edits.cut(subject.file, value, front, back) for value in item.values]
            fix = None
            if key is not None and all(each is not None for each in cuts):
                fix = Fix(f"Write {item.key.text}|{name}", (key, *(edit for each in cuts for edit in each or ())))
            field = item.field[:80]
            yield Finding(item.key.span, f"wildcards at the ends of the values of {field}", f"write {field}|{name}", fix)


def _shape(text: str) -> tuple[int, int]:
    """One or no wildcard at the front and at the back; (-1, -1) for any other text."""
    inner = text.removeprefix(sigma_values.MANY).removesuffix(sigma_values.MANY)
    if not inner or sigma_values.MANY in inner or sigma_values.ONE in inner:
        return -1, -1
    return int(text[0] == sigma_values.MANY), int(text[-1] == sigma_values.MANY)
