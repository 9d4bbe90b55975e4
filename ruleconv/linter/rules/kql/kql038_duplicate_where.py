from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import terms
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DuplicateWhere(Rule):
    """The same condition stands twice in one pipeline.

    The second does nothing; perhaps it was to be another one.
    """

    code = "KQL038"
    name = "duplicate-where"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    bad = (
        kql("""\
SigninLogs
| where Identity has 'a'
| where Identity has 'a'
"""),
        kql("""\
SigninLogs
| where Identity has 'a' and Identity has 'a'
"""),
    )
    good = (
        kql("""\
SigninLogs
| where Identity has 'a'
| extend Identity = trim('a', Identity)
| where Identity has 'a'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        pipelines: list[tree.Pipeline | tree.SubPipeline] = [*subject.nodes(tree.Pipeline), *subject.nodes(tree.SubPipeline)]
        for pipeline in pipelines:
            seen: set[tree.Expr] = set()
            for operator in pipeline.operators:
                if not isinstance(operator, tree.Where):
                    seen = set()
                    continue
                for term in terms(operator.predicate, "and"):
                    if term in seen:
                        yield Finding(subject.in_query(term.span), "this condition stands here already", "take it out")
                    seen.add(term)
