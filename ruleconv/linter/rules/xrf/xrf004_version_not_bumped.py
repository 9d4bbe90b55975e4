from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class VersionNotBumped(Rule):
    """The query has changed since the revision of `--base`, the version has not.

    Workspaces that have the rule are not offered the change.
    """

    code = "XRF004"
    name = "version-not-bumped"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    across = True
    bad = (
        sentinel("""\
version: 1.0.0
query: |
  SigninLogs
  | where ResultType == '50053'
entityMappings: ~
"""),
    )
    good = (
        sentinel("""\
version: 1.0.1
query: |
  SigninLogs
  | where ResultType == '50053'
entityMappings: ~
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        yield from ()  # across.changes finds it
