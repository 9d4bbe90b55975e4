"""Whether a query may give NULL in its column, as far as the statement itself tells. A column of a table may, unless a filter says no."""

from __future__ import annotations

from ruleconv.sql.scope import first_select, from_items, outputs
from ruleconv.sql.tree import QUERIES, Node, bare, conjuncts

_DEEPEST = 20
_NEVER_NULL = frozenset(("count", "approxdistinct", "rownumber", "currenttimestamp", "currentdate", "literal", "boolean", "exists"))
_OUTER = frozenset(("LEFT", "RIGHT", "FULL"))
_ELEMENTS = frozenset(("jsonb_array_elements", "json_array_elements", "jsonb_object_keys", "json_object_keys", "generate_series"))
_STRICT = frozenset(("eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "in", "between", "regexplike", "regexpilike", "glob"))
"""Comparisons that are not true for NULL."""


def may_be_null(query: Node, depth: int = 0) -> bool:
    """Of the query's first column; true where it cannot be told."""
    if depth > _DEEPEST:
        return True
    if query.kind in QUERIES and query.kind != "select":
        sides = [side for role in ("this", "expression") if (side := query.get(role)) is not None]
        return any(may_be_null(side, depth + 1) for side in sides)
    select = first_select(query)
    if select is None:
        return query.kind != "values" or any(each.kind == "null" for each in query.walk())
    found = outputs(select)
    if len(found) != 1:
        return bool(found)
    return _expression(select, found[0].expression, depth)


def _expression(select: Node, node: Node, depth: int) -> bool:
    inner = bare(node)
    while inner is not None and inner.kind in ("cast", "lower", "upper", "trim"):
        inner = bare(inner.get("this"))
    if inner is None:
        return True
    if inner.kind == "star":
        return _column(select, "", "", depth)
    if inner.kind == "column":
        return _column(select, inner.name, inner.qualifier, depth)
    if inner.kind == "coalesce":
        return _expression_never(inner.all("expressions") + inner.all("this"))
    return inner.kind not in _NEVER_NULL


def _column(select: Node, name: str, qualifier: str, depth: int) -> bool:
    """A column that the SELECT reads; without a name, the only one."""
    tests = [test for part in ("where", "having") for test in conjuncts(_condition(select, part))]
    tests += [test for join in select.all("joins") if join.flags.get("side") not in _OUTER for test in conjuncts(join.get("on"))]
    if name and any(_excludes_null(test, name, qualifier) for test in tests):
        return False
    return _of_source(select, qualifier, name, depth)


def _expression_never(nodes: list[Node]) -> bool:
    """No argument of COALESCE is a value."""
    return not any(node.kind in _NEVER_NULL for node in nodes)


def _condition(select: Node, part: str) -> Node | None:
    clause = select.get(part)
    return clause.get("this") if clause is not None else None


def _excludes_null(test: Node, name: str, qualifier: str) -> bool:
    """The test is not true where the column is NULL."""
    if test.kind == "not":
        inner = bare(test.get("this"))
        if inner is not None and inner.kind == "is":
            return _is(inner.get("this"), name, qualifier) and any(each.kind == "null" for each in inner.all("expression"))
        return inner is not None and inner.kind in _STRICT and _is(inner.get("this"), name, qualifier)
    if test.kind == "is":
        wanted = test.get("expression")
        null_again = wanted is not None and wanted.kind == "null"
        negated = "negate" in test.flags
        return _is(test.get("this"), name, qualifier) and (negated if null_again else not negated)
    if test.kind in _STRICT or test.kind == "escape":
        sides = [test.get("this"), test.get("expression")]
        if test.kind == "escape" and sides[0] is not None:
            sides = [sides[0].get("this")]
        return any(_is(side, name, qualifier) for side in sides)
    return False


def _is(node: Node | None, name: str, qualifier: str) -> bool:
    """The node is the column, or a function of it that is NULL when it is."""
    inner = bare(node)
    while inner is not None and inner.kind in ("cast", "lower", "upper", "trim", "length"):
        inner = bare(inner.get("this"))
    if inner is None or inner.kind != "column" or inner.name != name:
        return False
    return not inner.qualifier or not qualifier or inner.qualifier == qualifier


def _never_null(function: Node) -> bool:
    """A function that gives no NULL (a null of JSON is none), or one over texts and numbers alone, in none of which NULL is written."""
    below = list(function.walk())
    if any(each.function and each.role == "this" and each.name in _ELEMENTS for each in below[:2]):
        return True
    return not any(each.kind in ("column", "null", "parameter") or "null" in each.name.lower() for each in below)


def _of_source(select: Node, qualifier: str, name: str, depth: int) -> bool:
    """Whether the column of a derived table or WITH query that it comes from may be NULL."""
    items = from_items(select)
    if len(items) > 1 and (not qualifier or any(join.flags.get("side") in _OUTER for join in select.all("joins"))):
        return True
    for item in items:
        if item.lateral and item.query is None and len(items) == 1 and _never_null(item.node):
            return False
        if item.query is None or (qualifier and item.name != qualifier):
            continue
        inner = first_select(item.query)
        if inner is None or item.renamed or item.query.kind != "select":
            return may_be_null(item.query, depth + 1) if not item.renamed else True
        found = outputs(inner)
        for output in found:
            if output.expression.kind == "star":
                return depth > _DEEPEST or _column(inner, name, "", depth + 1)
            if output.name == name or (not name and len(found) == 1):
                return depth > _DEEPEST or _expression(inner, output.expression, depth + 1)
    return True
