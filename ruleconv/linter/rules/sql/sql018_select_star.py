from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class SelectStar(Rule):
    """A detection returns all columns of its tables.

    What the alert holds then changes with the tables. Name the columns that who handles the alert needs.
    """

    code = "SQL018"
    name = "select-star"
    severity = Severity.INFO
    on = (Kind.SQL,)
    recommended = False
    bad = (sql("select * from sign_ins where ip = '10.0.0.1'"),)
    good = (
        sql("select ip, country from sign_ins where ip = '10.0.0.1'"),
        sql("select * from (select ip, count(*) as n from sign_ins group by ip) x where n > 5"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.sql.scope import first_select, outputs, query_columns

        for statement in subject.statements:
            select = first_select(statement.tree) if statement.tree is not None else None
            if select is None:
                continue
            for output in outputs(select):
                node = output.expression
                if (node.kind == "star" or (node.kind == "column" and node.name == "*")) and node.placed and query_columns(select) is None:
                    yield Finding(node.span, "all columns are returned, whichever there are", "name those that the alert needs")
