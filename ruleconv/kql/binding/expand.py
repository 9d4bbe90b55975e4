"""``mv-expand``, ``mv-apply``, ``partition``: operators that open arrays, or run a pipeline over a part of the rows."""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import column_names, findings, operators, projections, tables
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.naming import Item, Projection
from ruleconv.kql.binding.parameters import option, word
from ruleconv.kql.binding.registry import bind, operator
from ruleconv.kql.binding.scope import Bound, failed
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import is_error

_LEGACY_LIMIT = 128
"""Rows that ``mvexpand`` makes of one at most; ``mv-expand`` has no such limit.
https://learn.microsoft.com/kusto/query/mv-expand-operator#parameters"""


@operator(tree.MvExpand)
def mv_expand(at: Context, node: tree.MvExpand, table: Bound) -> Bound:
    values, projection, index = _expanded(at, node, table)
    limit = operators.row_count(operators.over(at, table), node.limit) if node.limit is not None else None
    if limit is None and node.keyword == "mvexpand":
        limit = ir.Literal(_LEGACY_LIMIT, Type.LONG, node.span)
    kind = word(node.parameters, "bagexpansion", "kind") or "bag"
    rel = q.Expand(table.rel, values, projection.columns, kind == "array", index, limit, node.span)
    return replace(table, rel=rel)


def _expanded(at: Context, node: tree.MvExpand | tree.MvApply, table: Bound) -> tuple[tuple[q.Expanded, ...], Projection, str | None]:
    """The expanded values, the columns after it, the name of the index column."""
    row = operators.over(at, table)
    projection = projections.start(row, table)
    values: list[q.Expanded] = []
    for item in node.items:
        value = bind(row, item.value)
        if value.type not in (Type.DYNAMIC, Type.UNKNOWN):
            at.session.report(findings.wrong_type((Type.DYNAMIC,), value.type, item.value.span))
        type_ = (item.to.type if item.to is not None else None) or Type.DYNAMIC
        name = _put(row, projection, item, value, type_)
        values.append(q.Expanded(name, as_type(value, Type.DYNAMIC) if value.type is Type.UNKNOWN else value, type_))
    index_value = option(node.parameters, "with_itemindex")
    index = None
    if index_value is not None:
        index = word(node.parameters, "with_itemindex") or "index"
        projection.add(Item(index, ir.Literal(0, Type.LONG), Column(index, Type.LONG, False)))
        index = projection.items[-1].name
    return tuple(values), projection, index


def _put(at: Context, projection: Projection, item: tree.MvExpandItem, value: ir.Expr, type_: Type) -> str:
    """Puts the expanded column among the others; gives its name."""
    if item.name is not None:
        name = item.name.name
        projection.declare(Item(name, value, Column(name, type_)), item.name.span, replace=True)
        return name
    shown = column_names.shown_column(at, item.value, value)
    if shown is not None:
        projection.declare(Item(shown, value, Column(shown, type_)), item.span, replace=True)
        return shown
    name = column_names.result_name(at, item.value) or column_names.default_name(at, False)
    projection.add(Item(name, value, Column(name, type_)), replace=True)
    return name


@operator(tree.MvApply)
def mv_apply(at: Context, node: tree.MvApply, table: Bound) -> Bound:
    values, projection, index = _expanded(at, node, table)
    limit = operators.row_count(operators.over(at, table), node.limit) if node.limit is not None else None
    if word(node.parameters, "bagexpansion", "kind") == "array":
        raise Unsupported("mv-apply of bags as arrays", node.span)
    context = at.session.context("apply")
    rows = Bound(q.LetRef(context, projection.columns, node.body.span), table.origins)
    body = tables.operators(Context(at.session, at.scope), rows, node.body.operators)
    row = operators.over(at, table)
    applied = {
        value.name
        for item in node.items
        if item.name is None and isinstance(value := bind(row, item.value), ir.ColumnRef) and isinstance(item.value, tree.Name)
    }
    output = Projection(at.session.report)
    for column in table.columns:
        if column.name not in applied:
            output.add(projections.input_item(column))
    kept = {item.name for item in output.items}
    from_body: set[str] = set()
    expanded = {value.name for value in values}
    for column in body.columns:
        if column.name in kept and column.name not in expanded and passes(body.rel, column.name, context):
            continue
        from_body.add(column.name)
        output.add(Item(column.name, ir.ColumnRef(column.name, column.type), column), replace=True)
    rel = q.Apply(table.rel, values, context, body.rel, output.columns, frozenset(from_body), index, limit, node.span)
    return Bound(rel, body.origins)


def passes(rel: q.Rel, name: str, context: str) -> bool:
    """Whether the column comes unchanged from the row context."""
    while True:
        match rel:
            case q.LetRef():
                return rel.name == context
            case q.Filter() | q.Sort() | q.Limit():
                rel = rel.input
            case q.Extend() | q.Serialize() | q.Expand():
                if any(value.name == name for value in rel.values):
                    return False
                rel = rel.input
            case q.Project() | q.Distinct():
                if not _same(rel.values, name):
                    return False
                rel = rel.input
            case q.Aggregate():
                if not _same(rel.keys, name):
                    return False
                rel = rel.input
            case _:
                return False


def _same(values: tuple[q.Named, ...], name: str) -> bool:
    return any(value.name == name and isinstance(value.value, ir.ColumnRef) and value.value.name == name for value in values)


@operator(tree.Partition)
def partition(at: Context, node: tree.Partition, table: Bound) -> Bound:
    row = operators.over(at, table)
    key = bind(row, node.key)
    if not isinstance(key, ir.ColumnRef):
        if not is_error(key):
            at.session.report(findings.column_expected(node.key.span))
        return failed(node.span)
    operators.not_dynamic(at, key, (node.key,))
    if isinstance(node.body, tree.Pipeline):
        raise Unsupported("partition over a query of its own", node.body.span, "write the operators without a source, in parentheses")
    context = at.session.context("partition")
    rows = Bound(q.LetRef(context, table.columns, node.body.span), table.origins, table.sorted)
    body = tables.operators(Context(at.session, at.scope), rows, node.body.operators)
    return Bound(q.PartitionBy(table.rel, key, context, body.rel, body.columns, node.span), body.origins)
