from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits, sigma_modifiers
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.rulefile.yaml_nodes import Node
from ruleconv.text import Span


class ModifierCombination(Rule):
    """Modifiers that do not go together, or not with this value.

    `re` takes a value as it is written, so nothing stands before it; `contains` is not for numbers, `gt` not for texts, `exists` takes true
    or false. No reader takes such a rule. `all` needs a list of values.
    """

    code = "SIG009"
    name = "modifier-combination"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    fixable = "safe"
    reference = "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md"
    bad = (
        sigma("""\
detection:
  selection:
    CommandLine|contains|re: 'a.c'
  condition: selection
"""),
        sigma("""\
detection:
  selection:
    LogonId|contains: 999
  condition: selection
"""),
        sigma("""\
detection:
  selection:
    DestinationPort|gt: '1024'
  condition: selection
"""),
        sigma(
            """\
detection:
  selection:
    CommandLine|contains|all: ' -enc '
  condition: selection
""",
            fixed="""\
detection:
  selection:
    CommandLine|contains: ' -enc '
  condition: selection
""",
        ),
    )
    good = (
        sigma("""\
detection:
  selection:
    CommandLine|re: 'a.c'
    DestinationPort|gt: 1024
    CommandLine|contains|all:
      - ' -enc '
      - ' -nop '
    LogonId|exists: true
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            if not item.modifiers or item.key is None:
                continue
            found = sigma_modifiers.objection(item)
            if found is not None:
                index, message = found
                value = item.values[index]
                wrong = message.endswith((" null", sigma_modifiers.NUMBER, sigma_modifiers.TEXT, "false", sigma_modifiers.BOOL))
                yield Finding(value.span if wrong else item.key.span, message, _hint(message, value.text))
            elif "all" in item.modifiers and len(item.values) == 1 and item.field:
                yield Finding(
                    item.key.span, "all needs several values, and there is one", "leave |all out", _without_all(subject, item.key)
                )


def _hint(message: str, value: str) -> str:
    if message.endswith(f"not for a {sigma_modifiers.NUMBER}"):
        return f"put the value into quotes: '{value[:40]}'"
    if message.endswith(f"not for a {sigma_modifiers.TEXT}") and value.strip("-").isdecimal():
        return f"write the number without quotes: {value[:40]}"
    return ""


def _without_all(subject: Subject, key: Node) -> Fix | None:
    if key.text.count("|all") != 1 or not key.text.endswith("|all"):
        return None
    edit = edits.replace_part(subject.file, key, Span(len(key.text) - len("|all"), len(key.text)), "")
    return Fix("Take |all out", (edit,)) if edit is not None else None
