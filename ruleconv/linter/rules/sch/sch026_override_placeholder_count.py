from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.placeholders import FORMATS, placeholders
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class OverridePlaceholderCount(Rule):
    """A format of alertDetailsOverride with more than three placeholders.

    The checks of Azure/Azure-Sentinel allow three a format.
    """

    code = "SCH026"
    name = "override-placeholder-count"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
alertDetailsOverride:
  alertDisplayNameFormat: '{{IPAddress}} {{Accounts}} {{IPAddress}} {{Accounts}}'
"""),
    )
    good = (
        sentinel("""\
alertDetailsOverride:
  alertDisplayNameFormat: '{{Accounts}} accounts from {{IPAddress}}'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for key in FORMATS:
            node = subject.get("alertDetailsOverride", key)
            if node is not None and len(placeholders(node)) > 3:
                yield Finding(node.span, f"{key} has {len(placeholders(node))} placeholders, 3 are the most")
