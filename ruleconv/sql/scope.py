"""Names in a statement: what a SELECT reads, what it puts out, which names stand for what.

As PostgreSQL resolves them (https://www.postgresql.org/docs/current/queries-table-expressions.html): a derived table sees what is
around its query, a lateral one and a function in FROM also what stands before it, a subquery in an expression all of the query around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ruleconv.sql.tree import QUERIES, Node, not_query

_DEEPEST = 40
"""Queries that are followed through one another for their columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """A column that a SELECT puts out. ``name``: "" where it has none that could be sure."""

    name: str
    expression: Node
    alias: Node | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FromItem:
    """What FROM names. ``name``: the one that columns of it are qualified with. ``table``: that of the table itself. ``query``: of a
    derived table or a WITH query. ``comma``: it stands after a comma. ``lateral``: a function, or LATERAL."""

    name: str
    node: Node
    table: str = ""
    query: Node | None = None
    comma: bool = False
    lateral: bool = False
    renamed: tuple[str, ...] = ()


def selects(tree: Node | None) -> Iterator[Node]:
    """All SELECTs of a statement."""
    if tree is not None:
        yield from (node for node in tree.walk() if node.kind == "select")


def first_select(query: Node) -> Node | None:
    """The SELECT whose columns name those of a query."""
    at: Node | None = query
    while at is not None and at.kind != "select":
        at = at.get("this") if at.kind in QUERIES or at.kind in ("subquery", "paren") else None
    return at


def outputs(select: Node) -> list[Output]:
    """What stands after SELECT; a star is an output of kind "star"."""
    found = []
    for node in select.all("expressions"):
        alias = node.get("alias") if node.kind == "alias" else None
        inner = node.get("this") if node.kind == "alias" else node
        if inner is None:
            continue
        name = alias.name if alias is not None else inner.name if inner.kind == "column" else ""
        found.append(Output(name, inner, alias))
    return found


def from_items(select: Node) -> list[FromItem]:
    """What the SELECT reads, in order, joins in parentheses included."""
    found: list[FromItem] = []
    stack: list[tuple[Node, bool]] = []
    for part in reversed([child for child in select.children if child.role in ("from_", "joins", "laterals")]):
        inner = part.get("this") if part.kind in ("from", "join") else part
        if inner is not None:
            stack.append((inner, part.kind == "join" and _is_comma(part)))
    while stack:
        node, comma = stack.pop()
        if node.kind == "paren" or (node.kind == "subquery" and _joined_tables(node)):
            inner = node.get("this")
            stack.extend((join, False) for each in reversed(node.all("joins")) if (join := each.get("this")) is not None)
            if inner is not None:
                stack.append((inner, comma))
            continue
        found.append(_from_item(node, comma))
        stack.extend((join, False) for each in reversed(node.all("joins")) if (join := each.get("this")) is not None)
    return found


def _joined_tables(node: Node) -> bool:
    """A parenthesis around tables, not around a query."""
    inner = node.get("this")
    return inner is not None and inner.kind == "table" and node.get("alias") is None


def _is_comma(join: Node) -> bool:
    return not (join.flags.keys() & {"kind", "side", "method"}) and join.get("on") is None and join.get("using") is None


def _from_item(node: Node, comma: bool) -> FromItem:
    alias = node.get("alias")
    shown = alias.get("this") if alias is not None else None
    renamed = tuple(each.name for each in alias.all("columns")) if alias is not None else ()
    name = shown.name if shown is not None else ""
    match node.kind:
        case "table":
            function = next((child for child in node.children if child.role == "this" and child.function), None)
            if function is not None:
                return FromItem(name or function.name, node, comma=comma, lateral=True, renamed=renamed)
            query = with_query(node, node.name) if not node.qualifier else None
            return FromItem(name or node.name, node, node.name, query, comma, renamed=renamed)
        case "subquery":
            return FromItem(name, node, query=node.get("this"), comma=comma, renamed=renamed)
        case "lateral":
            inner = node.get("this")
            query = inner.get("this") if inner is not None and inner.kind == "subquery" else None
            return FromItem(name, node, query=query, comma=comma, lateral=True, renamed=renamed)
        case _:
            return FromItem(name, node, comma=comma, lateral=node.kind != "values", renamed=renamed)


def with_query(node: Node, name: str) -> Node | None:
    """The query that a WITH around the node calls so."""
    at = node.parent
    while at is not None:
        listed = at.get("with_")
        for cte in listed.children if listed is not None else ():
            alias = cte.get("alias")
            shown = alias.get("this") if alias is not None else None
            if shown is not None and shown.name == name:
                return cte.get("this")
        at = at.parent
    return None


def columns(item: FromItem, depth: int = 0) -> list[str] | None:
    """The names of its columns; None where they are not all known."""
    query = item.query
    cte = query.parent if query is not None and query.parent is not None and query.parent.kind == "cte" else None
    found = query_columns(query, depth + 1) if query is not None else None
    if item.node.kind == "values" and item.renamed:
        return list(item.renamed)
    if found is None:
        return None
    for renamed in (_cte_names(cte), item.renamed):
        found = [*renamed, *found[len(renamed) :]]
    return found


def _cte_names(cte: Node | None) -> tuple[str, ...]:
    alias = cte.get("alias") if cte is not None else None
    return tuple(each.name for each in alias.all("columns")) if alias is not None else ()


def query_columns(query: Node, depth: int = 0) -> list[str] | None:
    """As ``columns``, of a query."""
    select = first_select(query)
    if select is None or depth > _DEEPEST:
        return None
    found: list[str] = []
    for output in outputs(select):
        star = output.expression
        if star.kind == "star" or (star.kind == "column" and star.name == "*"):
            for item in from_items(select):
                if star.kind == "column" and star.qualifier and item.name != star.qualifier:
                    continue
                below = columns(item, depth + 1)
                if below is None:
                    return None
                found += below
        elif not output.name:
            return None
        else:
            found.append(output.name)
    return found


def own(select: Node, *roles: str) -> Iterator[Node]:
    """The nodes of these parts of a SELECT (all parts when none is named), without those of queries inside."""
    for child in select.children:
        if not roles or child.role in roles:
            if child.is_query:
                continue
            yield from (node for node in child.walk(not_query) if not node.is_query)


def visible(node: Node) -> Iterator[FromItem]:
    """What a column at this place may be qualified with, from the nearest query outwards."""
    below, at = node, node.parent
    derived = False
    while at is not None:
        if at.kind in ("from", "join") and below.role == "this":
            # A derived table does not see its neighbours; a function in FROM and a lateral query do.
            derived = below.kind == "subquery"
        if at.kind == "select":
            if not derived and below.role != "with_":
                yield from from_items(at)
            derived = False
        below, at = at, at.parent
