from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.placeholders import FORMATS
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class OverridePlaceholderSyntax(Rule):
    """A placeholder of alertDetailsOverride that is not closed, or has single braces.

    `{{Column}}` is replaced by the column's value; anything else stands in the alert as it is.
    """

    code = "SCH027"
    name = "override-placeholder-syntax"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
alertDetailsOverride:
  alertDisplayNameFormat: 'Spray from {{IPAddress}'
"""),
    )
    good = (
        sentinel("""\
alertDetailsOverride:
  alertDisplayNameFormat: 'Spray from {{IPAddress}}'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for key in FORMATS:
            node = subject.get("alertDetailsOverride", key)
            if node is None or node.kind != "scalar":
                continue
            rest = re.sub(r"\{\{\s*\w+\s*\}\}", "", node.text)
            broken = re.search(r"\{\{?\s*\w*\s*\}?|\}\}?", rest)
            if broken:
                yield Finding(node.span, f"{key}: the placeholder {broken.group().strip()} is not of the form {{{{Column}}}}")
