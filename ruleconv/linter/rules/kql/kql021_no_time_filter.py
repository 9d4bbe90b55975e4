from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.reads import tables
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_TIMES = {"TimeGenerated", "Timestamp", "ingestion_time", "StartTime", "EventTime"}


class NoTimeFilter(Rule):
    """A query that looks at all times.

    In the portal the picker adds a range; run by a script or an API it reads everything that is kept.
    """

    code = "KQL021"
    name = "no-time-filter"
    severity = Severity.INFO
    on = (Kind.KQL,)
    recommended = False
    bad = (
        kql("""\
SigninLogs
| where Identity has 'admin'
"""),
    )
    good = (
        kql("""\
SigninLogs
| where TimeGenerated > ago(1d)
| where Identity has 'admin'
"""),
        kql("print 1\n"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        if not tables(subject):
            return
        for where in subject.nodes(tree.Where):
            from ruleconv.linter.query_nodes import walk as inside

            if any(isinstance(node, (tree.Name, tree.Call)) and node.name in _TIMES for node in inside(where.predicate)):
                return
        yield Finding(subject.start, "the query has no condition on the time", "for example: | where TimeGenerated > ago(1d)")
