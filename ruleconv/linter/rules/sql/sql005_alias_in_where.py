from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.scope import Output, columns, from_items, outputs, own, selects
from ruleconv.sql.tree import Node
from ruleconv.text import Span


class AliasInWhere(Rule):
    """WHERE or HAVING uses a name that SELECT gives.

    WHERE and HAVING are worked out before the names of SELECT exist: PostgreSQL says that there is no such column. Repeat the expression,
    or filter in a query around this one. Not told where SELECT reads a column of that name, too.
    """

    code = "SQL005"
    name = "alias-in-where"
    severity = Severity.ERROR
    on = (Kind.SQL,)
    fixable = "unsafe"
    reference = "https://www.postgresql.org/docs/current/sql-select.html#SQL-SELECT-LIST"
    bad = (
        sql(
            "select lower(name) as login from users where login = 'root'",
            fixed="select lower(name) as login from users where (lower(name)) = 'root'",
        ),
        sql(
            "select ip, count(*) as failures from sign_ins group by ip having failures > 5",
            fixed="select ip, count(*) as failures from sign_ins group by ip having (count(*)) > 5",
        ),
        sql("select ip, count(*) as failures from sign_ins where failures > 5 group by ip"),
    )
    good = (
        sql("select lower(name) as name from users where name = 'root'"),
        sql("select * from (select lower(name) as login from users) x where login = 'root'"),
        sql("select ip, count(*) as failures from sign_ins group by ip order by failures"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.linter.sql_view import calculation

        for statement in subject.postgres:
            for select in selects(statement.tree):
                named = {output.name: output for output in outputs(select) if output.alias is not None and output.name}
                if not named:
                    continue
                read = {
                    node.name
                    for node in own(select)
                    if node.kind == "column" and (node.qualifier or _place(node, select) not in ("where", "having", "group", "order"))
                }
                for node in own(select, "where", "having"):
                    output = named.get(node.name) if node.kind == "column" and not node.qualifier else None
                    if output is None or node.name in read or _is_column(select, node.name):
                        continue
                    yield self._finding(subject, calculation(statement, output), node, output, _place(node, select))

    def _finding(self, subject: Subject, calculated: Span, node: Node, output: Output, place: str) -> Finding:
        aggregate = any(each.aggregate or each.kind == "window" for each in output.expression.walk())
        text = subject.file.text[calculated.start : calculated.end]
        fix = None
        if output.expression.placed and (place == "having" or not aggregate):
            fix = Fix(f"Write what {output.name} stands for", (Edit(node.span, f"({text})"),), safe=False)
        if aggregate and place == "where":
            hint = "filter on it in HAVING, or in a query around this one"
        else:
            hint = "repeat the expression, or filter in a query around this one"
        return Finding(node.span, f"{place.upper()} cannot see the name {output.name} of SELECT", hint, fix)


def _place(node: Node, select: Node) -> str:
    """The part of the SELECT that the node stands in."""
    while node.parent is not None and node.parent is not select:
        node = node.parent
    return node.role


def _is_column(select: Node, name: str) -> bool:
    """A table that is read has a column of that name, as far as the statement tells. A query around this one may have it, too."""
    around: Node | None = select
    while around is not None:
        if around.kind == "select":
            for item in from_items(around):
                known = columns(item)
                if (known is not None and name in known) or item.name == name or name in item.renamed:
                    return True
                if known is None and (item.query is not None or around is not select):
                    return True
        around = around.parent
    return False
