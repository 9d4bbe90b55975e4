from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.grouping import Grouping, ungrouped
from ruleconv.sql.scope import selects


class GroupByMissing(Rule):
    """A column beside an aggregate that GROUP BY does not name.

    PostgreSQL refuses the query: there are many values of the column for each row. Name it in GROUP BY, or aggregate it. Not told where
    GROUP BY names what may be the table's key, which lets the table's other columns in.
    """

    code = "SQL012"
    name = "group-by-missing"
    severity = Severity.ERROR
    on = (Kind.SQL,)
    reference = "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-GROUP"
    bad = (
        sql("select ip, country, count(*) from sign_ins group by ip"),
        sql("select ip, count(*) from sign_ins"),
        sql("select *, count(*) from sign_ins group by ip"),
    )
    good = (
        sql("select ip, lower(country), count(*) as n from sign_ins group by 1, lower(country) having count(*) > 1 order by n"),
        sql("select ip, country, count(*) over (partition by ip) from sign_ins"),
        sql("select id, name, count(*) from users group by id"),
        sql("select date_trunc('day', t) as day, max(length(b)) filter (where c), (select max(x) from u) from s group by day"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for statement in subject.postgres:
            for select in selects(statement.tree):
                grouping = Grouping.of(statement, select)
                if grouping is None:
                    continue
                for node in ungrouped(statement, select, grouping):
                    name = "*" if node.kind == "star" or node.name == "*" else node.name
                    yield Finding(
                        node.span,
                        f"{name} is neither in GROUP BY nor aggregated",
                        "name it in GROUP BY" if grouping.explicit else "there is no GROUP BY: name it in one",
                    )
