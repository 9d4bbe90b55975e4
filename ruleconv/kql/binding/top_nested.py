"""``top-nested`` and ``top-hitters``."""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import column_names, findings, operators
from ruleconv.kql.binding.convert import nullable
from ruleconv.kql.binding.naming import UniqueNames
from ruleconv.kql.binding.registry import bind, operator
from ruleconv.kql.binding.scope import Bound
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import is_error


@operator(tree.TopNested)
def top_nested(at: Context, node: tree.TopNested, table: Bound) -> Bound:
    row = operators.over(at, table)
    inside = replace(row, aggregates=True)
    names = UniqueNames()
    levels: list[q.NestedLevel] = []
    columns: list[Column] = []
    for level in node.levels:
        number = operators.row_count(row, level.count) if level.count is not None else None
        value = bind(row, level.value)
        operators.not_dynamic(at, value, (level.value,))
        others = bind(row, level.others) if level.others is not None else None
        by = bind(inside, level.by.value)
        name = names.unique(column_names.result_name(row, level.value) or "")
        written = level.by.value.names[0].name if isinstance(level.by.value, tree.NamedExpr) else f"aggregated_{name}"
        by_name = names.unique(written)
        columns += [Column(name, value.type, nullable(value) or others is not None), Column(by_name, by.type, True)]
        levels.append(q.NestedLevel(number, q.Named(name, value), others, q.Named(by_name, by), level.by.order != "asc"))
    return Bound(q.TopNested(table.rel, tuple(levels), tuple(columns), node.span), sorted=True)


@operator(tree.TopHitters)
def top_hitters(at: Context, node: tree.TopHitters, table: Bound) -> Bound:
    """The most frequent values: Kusto estimates them, here they are counted."""
    row = operators.over(at, table)
    number = operators.row_count(row, node.count)
    value = bind(row, node.value)
    name = column_names.result_name(row, node.value) or "Column1"
    if not isinstance(value, ir.ColumnRef) and not is_error(value):
        at.session.report(findings.column_expected(node.value.span))
    if value.type is Type.DYNAMIC and isinstance(value, ir.ColumnRef):
        raise Unsupported("top-hitters of a dynamic column", node.value.span, "convert it, for example with tostring()")
    if node.by is None:
        call = ir.AggregateCall("count", (), Type.LONG, node.span)
        label = f"approximate_count_{name}"
    else:
        by = bind(row, node.by)
        if not by.type.is_numeric and by.type is not Type.UNKNOWN:
            at.session.report(findings.wrong_type("int, long, real or decimal", by.type, node.by.span))
        call = ir.AggregateCall("sum", (by,), by.type, node.span)
        label = f"approximate_sum_{column_names.result_name(row, node.by) or ''}"
    columns = (Column(name, value.type, nullable(value)), Column(label, call.type, node.by is not None))
    grouped = q.Aggregate(table.rel, (q.Named(name, value),), (q.Named(label, call),), columns, node.span)
    ordered = q.Sort(grouped, (q.SortKey(ir.ColumnRef(label, call.type, False), True, False),), node.span)
    return Bound(q.Limit(ordered, number, span=node.span), sorted=True)
