from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import kql, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class QueryEmpty(Rule):
    """There is no query: the text is empty, or nothing but comments and `let` statements.

    Nothing can be found by it.
    """

    code = "SCH018"
    name = "query-empty"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    bad = (
        sentinel("query: |\n  // to be written\nentityMappings: ~"),
        kql("let a = 1;\n"),
    )
    good = (
        kql("""\
let a = 1;
print a
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("query")
        if subject.kind is Kind.SENTINEL and node is not None and subject.query is None:
            yield Finding(node.span, "the query is empty")
        elif subject.query is not None and subject.is_blank:
            what = "nothing but comments" if subject.query.text.strip() else "empty"
            yield Finding(node.span if node else subject.start, f"the query is {what}")
        else:
            yield from subject.findings_of(self.code)
