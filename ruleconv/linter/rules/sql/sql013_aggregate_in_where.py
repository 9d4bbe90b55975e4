from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.scope import own, selects


class AggregateInWhere(Rule):
    """An aggregate or a window function in WHERE.

    WHERE chooses rows before they are grouped: the database refuses the query. HAVING filters groups; for a window function, filter in a
    query around this one.
    """

    code = "SQL013"
    name = "aggregate-in-where"
    severity = Severity.ERROR
    on = (Kind.SQL,)
    reference = "https://www.postgresql.org/docs/current/tutorial-agg.html"
    bad = (
        sql("select ip from sign_ins where count(*) > 5 group by ip"),
        sql("select ip from sign_ins where row_number() over (partition by ip order by t) = 1"),
    )
    good = (
        sql("select ip from sign_ins group by ip having count(*) > 5"),
        sql("select ip from sign_ins where t > (select max(t) from other)"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for statement in subject.statements:
            for select in selects(statement.tree):
                for node in own(select, "where"):
                    if node.kind == "window" and node.placed:
                        yield Finding(node.span, "a window function in WHERE", "filter in a query around this one")
                    elif node.aggregate and node.placed and (node.parent is None or node.parent.kind != "window"):
                        yield Finding(node.span, f"the aggregate {node.name} in WHERE", "HAVING filters groups")
