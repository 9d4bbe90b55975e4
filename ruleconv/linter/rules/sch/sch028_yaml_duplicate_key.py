from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class YamlDuplicateKey(Rule):
    """A key stands twice in one mapping.

    Readers take the last one and drop the first, silently: a second `filter:` replaces the one above.
    """

    code = "SCH028"
    name = "yaml-duplicate-key"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    bad = (
        sigma("""\
detection:
  selection:
    Image: a
    Image: b
  condition: selection
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    Image:
      - a
      - b
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        yield from ()  # the reader itself finds it: engine.read
