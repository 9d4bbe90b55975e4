from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.sigma_refusals import refusals
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class RuleRefused(Rule):
    """No reader of Sigma takes the rule.

    A title, a log source, a detection or a condition is missing or malformed, or a value is of a kind that its place does not have. Such a
    rule is not converted, so it finds nothing.
    """

    code = "SIG023"
    name = "rule-refused"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    bad = (
        sigma("title: ~"),
        sigma("logsource: ~"),
        sigma("""\
detection:
  selection:
    Image: cmd.exe
  condition: selection and (not filter
"""),
        sigma("""\
detection:
  selection:
    Image:
      - name: cmd.exe
  condition: selection
"""),
        sigma("""\
detection:
  selection:
    CommandLine|base64offset|contains: 'a*b'
  condition: selection
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    - Image: cmd.exe
    - OriginalFileName: Cmd.Exe
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for problem in refusals(subject):
            yield Finding(problem.span, problem.message, problem.hint)
