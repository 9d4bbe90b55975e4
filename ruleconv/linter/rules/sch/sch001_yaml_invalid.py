from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma, whole
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class YamlInvalid(Rule):
    """The file is no YAML, or holds no rule.

    Nothing can read it. The place is where the reader noticed; often the mistake is in the indentation or the quotes of the line
    before.
    """

    code = "SCH001"
    name = "yaml-invalid"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    bad = (
        whole(
            Kind.SENTINEL,
            """\
id: 1
  name: a: b
""",
        ),
        whole(Kind.SIGMA, "- a list\n"),
    )
    good = (sigma("level: low\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        yield from ()  # the reader itself finds it: engine.read
