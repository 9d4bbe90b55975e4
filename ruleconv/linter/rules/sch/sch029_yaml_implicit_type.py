from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject, walk
from ruleconv.rulefile.model import Kind


class YamlImplicitType(Rule):
    """A value that YAML reads as a truth value or a number, where a text is meant.

    `Country: NO` is false, `version: 1.10` is 1.1. Put such a value into quotes.
    """

    code = "SCH029"
    name = "yaml-implicit-type"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    fixable = "safe"
    bad = (
        sigma(
            """\
detection:
  selection:
    Country: NO
  condition: selection
""",
            fixed="""\
detection:
  selection:
    Country: 'NO'
  condition: selection
""",
        ),
    )
    good = (
        sigma("""\
detection:
  selection:
    Country: 'NO'
    Signed: true
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("detection") if subject.kind is Kind.SIGMA else subject.root
        if node is None:
            return
        for each in walk(node):
            if each.kind == "scalar" and not each.style and each.tag == "bool" and each.text.casefold() not in ("true", "false"):
                fix = Fix(f"Write '{each.text}'", (Edit(each.span, f"'{each.text}'"),))
                yield Finding(each.span, f"YAML reads {each.text} as a truth value", f"put it into quotes: '{each.text}'", fix)
