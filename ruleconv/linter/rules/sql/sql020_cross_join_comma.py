from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.scope import FromItem, first_select, from_items, outputs, own, selects, visible
from ruleconv.sql.tree import Node, not_query


class CrossJoinComma(Rule):
    """Tables stand side by side in FROM, and nothing joins them.

    Each row of one meets each row of the other. Add the condition, or write CROSS JOIN if all pairs are meant. Functions, values, and
    queries of one row are left alone.
    """

    code = "SQL020"
    name = "cross-join-comma"
    severity = Severity.WARNING
    on = (Kind.SQL,)
    reference = "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-JOIN"
    bad = (
        sql("select a.x from audit a, sign_ins s where a.result = 'success'"),
        sql("with org as (select ip, c from known) select a.x from audit a, org where a.ip not in (select ip from org)"),
    )
    good = (
        sql("select a.x from audit a, sign_ins s where a.id = s.id and s.b = 1"),
        sql("select a.x, e.value from audit a, jsonb_array_elements(a.targets) e"),
        sql("select a.x from audit a, (select max(t) as newest from audit) m where a.y = 1"),
        sql("select x from audit a, sign_ins s where audit_id = sign_in_id"),
        sql("select a.x from audit a cross join sign_ins s"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for statement in subject.statements:
            if statement.templated:
                continue
            for select in selects(statement.tree):
                items = from_items(select)
                if not any(item.comma for item in items):
                    continue
                tables = [item for item in items if not item.lateral and item.name and not _one_row(item)]
                apart = _apart(select, tables)
                if apart is not None and apart.node.placed:
                    others = ", ".join(item.name for item in tables if item is not apart)
                    yield Finding(apart.node.span, f"nothing joins {apart.name} to {others}", "add the condition, or write CROSS JOIN")


def _one_row(item: FromItem) -> bool:
    """A query that gives one row: aggregates without GROUP BY, LIMIT 1, no FROM; and what is no table at all."""
    if item.node.kind in ("values", "unnest"):
        return True
    select = first_select(item.query) if item.query is not None else None
    if select is None or item.query is None or item.query.kind != "select":
        return False
    limit = select.get("limit")
    one = limit is not None and any(each.name == "1" for each in limit.children)
    calculated = outputs(select)
    return (
        one or not from_items(select) or (select.get("group") is None and any(n.aggregate for o in calculated for n in o.expression.walk()))
    )


def _apart(select: Node, tables: list[FromItem]) -> FromItem | None:
    """A table after a comma that no condition brings together with the others; None where a condition's columns cannot be told apart."""
    groups = {item.name: item.name for item in tables}

    def group(name: str) -> str:
        while groups[name] != name:
            name = groups[name]
        return name

    for node in _conditions(select):
        named = [each for each in node.walk(not_query) if each.kind == "column"]
        met = {name for each in node.walk() if each.kind == "column" and (name := _of(each, tables)) in groups}
        if len(named) > 1 and any(not each.qualifier for each in named):
            return None
        if any(each.qualifier and all(item.name != each.qualifier for item in visible(each)) for each in named):
            return None
        if any(each.is_query for each in node.walk()) and not met:
            return None
        for one, other in zip(list(met), list(met)[1:], strict=False):
            groups[group(one)] = group(other)
    for join in select.all("joins"):
        if join.get("using") is not None or join.flags.get("method"):
            return None
    first = group(tables[0].name) if tables else ""
    return next((item for item in tables[1:] if item.comma and group(item.name) != first), None)


def _of(column: Node, tables: list[FromItem]) -> str:
    """The table here that a qualified column belongs to; not one of the same name in a query inside."""
    if not column.qualifier:
        return ""
    item = next((each for each in visible(column) if each.name == column.qualifier), None)
    return next((each.name for each in tables if item is not None and each.node is item.node), "")


def _conditions(select: Node) -> Iterator[Node]:
    """The single tests of WHERE and ON."""
    for node in own(select, "where", "joins"):
        parent = node.parent
        if (
            parent is not None
            and parent.kind in ("where", "join", "and", "or", "not", "paren")
            and node.role in ("this", "expression", "on")
        ):
            table = parent.kind == "join" and node.role == "this"
            if node.kind not in ("and", "or", "not", "paren") and not table:
                yield node
