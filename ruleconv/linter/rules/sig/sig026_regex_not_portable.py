from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter import sigma_regex
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class RegexNotPortable(Rule):
    """A regular expression with look-around or a reference to a group.

    Sigma's `re` has neither: RE2, and with it KQL, Elasticsearch and most other stores, refuses them. Say the same with a second search and
    `not`.
    """

    code = "SIG026"
    name = "regex-not-portable"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    reference = "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md#regular-expression"
    bad = (
        sigma("""\
detection:
  selection:
    CommandLine|re: 'cmd(?!\\.exe)'
  condition: selection
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    CommandLine|re: 'cmd(?:\\.exe)?'
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
                    if found := sigma_regex.not_portable(value.text):
                        yield Finding(
                            value.span, f"{found}, which Sigma's regular expressions do not have", "use a second search and 'not'"
                        )
