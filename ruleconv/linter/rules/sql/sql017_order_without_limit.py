from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class OrderWithoutLimit(Rule):
    """A detection sorts its rows without a limit.

    Whoever reads alerts sorts them himself; sorting all rows costs time. Of use in a hunting query.
    """

    code = "SQL017"
    name = "order-without-limit"
    severity = Severity.INFO
    on = (Kind.SQL,)
    recommended = False
    bad = (sql("select a from t order by a"),)
    good = (sql("select a from t order by a limit 10"), sql("select array_agg(a order by b) from t"))

    def check(self, subject: Subject) -> Iterator[Finding]:
        for statement in subject.statements:
            tree = statement.tree
            if tree is None or not tree.is_query:
                continue
            order = tree.get("order")
            if order is not None and order.placed and tree.get("limit") is None:
                yield Finding(order.span, "rows are sorted, and all of them returned", "leave ORDER BY out, or add LIMIT")
