from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


class NumberAsString(Rule):
    """A whole number in quotes.

    Where a store has the field as a number, the comparison with a text fails or takes longer.
    """

    code = "SIG013"
    name = "number-as-string"
    severity = Severity.INFO
    on = (Kind.SIGMA,)
    recommended = False
    fixable = "safe"
    bad = (
        sigma(
            """\
detection:
  selection:
    EventID: '4625'
  condition: selection
""",
            fixed="""\
detection:
  selection:
    EventID: 4625
  condition: selection
""",
        ),
    )
    good = (
        sigma("""\
detection:
  selection:
    EventID: 4625
    CommandLine|contains: '4625'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            if item.modifiers or not item.field:
                continue
            for value in item.values:
                if value.style in ("'", '"') and _NUMBER.fullmatch(value.text) and value.tag == "str":
                    edit = edits.unquote(value, value.text)
                    fix = Fix(f"Write {value.text}", (edit,)) if edit is not None else None
                    yield Finding(value.span, f"the number {value.text} is written as a text", "leave the quotes out", fix)
