from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter import sigma_regex
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class RegexInvalid(Rule):
    """The value of `re` is no regular expression.

    No engine takes it, so the rule is never run. Mostly a bracket is missing, or a character such as `(` or `+` is not escaped.
    """

    code = "SIG010"
    name = "regex-invalid"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    bad = (
        sigma("""\
detection:
  selection:
    CommandLine|re: 'curl (http'
  condition: selection
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    CommandLine|re: 'curl (http|ftp)'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            if "re" in item.modifiers:
                for value in item.values:
                    if found := sigma_regex.no_engine_takes(value.text):
                        yield Finding(value.span, f"this is no regular expression: {found}", "escape what stands for itself, as in \\(")
