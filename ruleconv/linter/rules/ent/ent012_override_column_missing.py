from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.columns import hint
from ruleconv.linter.examples import sentinel
from ruleconv.linter.placeholders import FORMATS, placeholders
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span

_COLUMNS = ("alertTacticsColumnName", "alertSeverityColumnName")


class OverrideColumnMissing(Rule):
    """A placeholder or a dynamic property of alertDetailsOverride names a column that the query does not put out.

    The alert then shows the placeholder itself, or the rule's own severity or tactic.
    """

    code = "ENT012"
    name = "override-column-missing"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
alertDetailsOverride:
  alertDisplayNameFormat: 'Spray from {{IPAdress}}'
"""),
    )
    good = (
        sentinel("""\
alertDetailsOverride:
  alertDisplayNameFormat: 'Spray from {{IPAddress}}'
  alertTacticsColumnName: null
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        columns = subject.columns
        if columns is None:
            return
        names = {column.name for column in columns}
        asked = [(node, name) for key in FORMATS if (node := subject.get("alertDetailsOverride", key)) for name in placeholders(node)]
        asked += [
            (node, node.text)
            for key in _COLUMNS
            if (node := subject.get("alertDetailsOverride", key)) and node.kind == "scalar" and node.text and not node.is_null
        ]
        for mapping in subject.entries("alertDetailsOverride", "alertDynamicProperties"):
            node = mapping.get("value")
            if node is not None and node.kind == "scalar" and not node.is_null:
                asked.append((node, node.text))
        for node, name in asked:
            if name not in names:
                at = subject.file.text.find(name, node.span.start, node.span.end)
                span = Span(at, at + len(name)) if at >= 0 else node.span
                yield Finding(span, f"the query does not put out the column {name}", hint(subject, name))
