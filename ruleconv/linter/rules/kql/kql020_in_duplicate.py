from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import text
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span

_FOLDING = ("in~", "!in~", "has_any", "has_all")


class InDuplicate(Rule):
    """A value stands twice in one list.

    One of them is to be something else, or one too many.
    """

    code = "KQL020"
    name = "in-duplicate"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    fixable = "safe"
    bad = (
        kql(
            """\
SigninLogs
| where ResultType in ('0', '1', '0')
""",
            fixed="""\
SigninLogs
| where ResultType in ('0', '1')
""",
        ),
    )
    good = (
        kql("""\
SigninLogs
| where ResultType in ('0', '1')
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.nodes(tree.InList):
            seen: set[str] = set()
            for at, item in enumerate(node.items):
                value = text(item)
                if value is None:
                    continue
                key = value.casefold() if node.op in _FOLDING else value
                if key in seen:
                    span = subject.in_query(item.span)
                    # From the end of the value before, so that the comma goes too.
                    start = subject.in_query(node.items[at - 1].span).end
                    plain = subject.file.text[start : span.start].strip() == ","
                    fix = Fix("Take it out", (Edit(Span(start, span.end), ""),)) if plain else None
                    yield Finding(span, f"{value!r} stands in this list already", "take it out", fix)
                seen.add(key)
