"""``make-series``: aggregates over bins of an axis, as arrays."""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, operators, projections
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.naming import Item, Projection
from ruleconv.kql.binding.parameters import word
from ruleconv.kql.binding.registry import bind, operator
from ruleconv.kql.binding.scope import Bound
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import is_error


@operator(tree.MakeSeries)
def make_series(at: Context, node: tree.MakeSeries, table: Bound) -> Bound:
    if word(node.parameters, "kind") == "nonempty":
        raise Unsupported("make-series of kind nonempty", node.span)
    row = operators.over(at, table)
    projection = Projection(at.session.report)
    for item in node.keys:
        projections.project_item(row, projection, item)
    keys = projection.named
    inside = replace(row, aggregates=True, keys=frozenset(i.source for i in projection.items if i.source is not None))
    series: list[q.Series] = []
    for part in node.items:
        before = len(projection.items)
        projections.project_item(inside, projection, part.value, "summarize")
        for position in range(before, len(projection.items)):
            made = projection.items[position]
            series.append(q.Series(made.name, made.value, _default(at, part, made.value.type)))
            projection.items[position] = Item(made.name, made.value, Column(made.name, Type.DYNAMIC, False))
    before = len(projection.items)
    axis = node.axis.value if isinstance(node.axis, tree.NamedExpr) else node.axis
    value = bind(row, axis)
    projections.project_item(row, projection, node.axis)
    if len(projection.items) == before:
        at.session.report(findings.column_expected(node.axis.span))
        return Bound(q.Rows(projection.columns, ()))
    name = projection.items[-1].name
    projection.items[-1] = Item(name, value, Column(name, Type.DYNAMIC, False))
    start, stop = _bound(at, node.start, value.type), _bound(at, node.stop, value.type)
    step = operators.constant(at, node.step)
    if node.in_range and stop is not None:
        stop = _inclusive(stop, node)
    rel = q.MakeSeries(table.rel, tuple(series), q.Named(name, value), start, stop, step, keys, projection.columns, node.span)
    return Bound(rel)


def _default(at: Context, part: tree.SeriesItem, type_: Type) -> ir.Expr:
    """What fills an empty bin: 0 when nothing is written."""
    if part.default is None:
        zero = ir.Literal(0, Type.LONG, part.span)
        return as_type(zero, type_) if type_ in (Type.INT, Type.REAL, Type.DECIMAL) else zero
    value = bind(Context(at.session, at.scope), part.default)
    if type_.is_numeric and value.type.is_numeric:
        return as_type(value, type_) if type_ is not Type.LONG or value.type is Type.INT else value
    return value


def _bound(at: Context, node: tree.Expr | None, type_: Type) -> ir.Expr | None:
    if node is None:
        return None
    value = operators.constant(at, node)
    if (
        value.type not in (type_, Type.UNKNOWN, Type.DYNAMIC)
        and type_ is not Type.UNKNOWN
        and not (value.type.is_numeric and type_.is_numeric)
    ):
        at.session.report(findings.wrong_type((type_,), value.type, node.span))
    return as_type(value, type_) if value.type in (Type.DYNAMIC, Type.UNKNOWN) and not is_error(value) else value


def _inclusive(stop: ir.Expr, node: tree.MakeSeries) -> ir.Expr:
    """The old form's last bin may start at ``stop``: the first value after it is exclusive."""
    if stop.type in (Type.INT, Type.LONG):
        return ir.Arithmetic(ir.Operator.ADD, stop, ir.Literal(1, Type.LONG, stop.span), Type.LONG, stop.span)
    if stop.type is Type.DATETIME:
        return ir.Arithmetic(ir.Operator.ADD, stop, ir.Literal(10, Type.TIMESPAN, stop.span), Type.DATETIME, stop.span)
    raise Unsupported("make-series in range() over this type", node.span, "write from .. to .. step ..")
