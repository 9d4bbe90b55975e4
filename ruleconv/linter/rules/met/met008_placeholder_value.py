from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel, sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject, walk
from ruleconv.rulefile.model import Kind

_PLACEHOLDER = re.compile(
    r"Your[A-Z]\w*(?:Id|Name|Here)|TODO|FIXME|CHANGE_?ME|<[a-z]+[ _-][a-z _-]+>|x{8}-x{4}-x{4}-x{4}-x{12}|(?:0{8}-(?:0{4}-){3}0{12})"
)


class PlaceholderValue(Rule):
    """A value that a template left to be filled in.

    The rule was copied and not finished: `connectorId: YourConnectorId`, `TODO`.
    """

    code = "MET008"
    name = "placeholder-value"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    bad = (
        sentinel("""\
requiredDataConnectors:
  - connectorId: YourConnectorId
    dataTypes:
      - SigninLogs
"""),
        sigma("author: TODO\n"),
    )
    good = (sigma("author: Ada\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        if subject.root is None:
            return
        for key, value in subject.root.pairs:
            if key.text in ("query", "detection", "description"):
                continue
            for node in walk(value):
                if node.kind == "scalar" and _PLACEHOLDER.fullmatch(node.text.strip()):
                    yield Finding(node.span, f"{node.text.strip()!r} is a placeholder that nobody has filled in")
