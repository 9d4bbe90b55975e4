"""``make-series``: the rows of every bin, then arrays over all bins of the axis.

Semantics: https://learn.microsoft.com/kusto/query/make-series-operator (from inclusive, to exclusive; a bin without rows has the default).
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.elements import to_dynamic
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation, conjunction
from ruleconv_backends.sql.stages import STAGES, lowers_stage
from ruleconv_backends.sql.value import SqlValue

MOST_BINS = 1_048_576


@lowers_stage(q.MakeSeries)
def make_series(relations: Relations, stage: q.MakeSeries, input_: Relation | None) -> Relation:
    """One row for every key: its series and the axis as arrays."""
    assert input_ is not None
    lowering = relations.lowering
    axis_type = stage.axis.value.type
    if axis_type not in (Type.INT, Type.LONG, Type.DATETIME):
        raise Unsupported(
            f"make-series on an axis of type {axis_type.value}", stage.span, "bin the axis to a datetime or a whole number first"
        )
    type_ = Type.LONG if axis_type is Type.INT else axis_type
    step_type = Type.TIMESPAN if type_ is Type.DATETIME else type_
    with lowering.over({}):
        start, stop = (None if part is None else lowering.value_as(part, type_).node for part in (stage.start, stage.stop))
        step = lowering.value_as(stage.step, step_type).node
        defaults = {s.name: lowering.value_as(s.default, s.value.type) for s in stage.series}
    binned = _binned(relations, stage, input_)
    bin_name = next(name for name in binned.columns if name not in {k.name for k in stage.keys} | {s.name for s in stage.series})
    bins = relations.alias("bins")
    query, sql_names = binned.build_named(inner=True)
    bin_column = SqlValue(names.column(sql_names[bin_name], "b"), type_, True)

    if start is not None and stop is not None:
        source, joins, axis = _fixed_axis(relations, stage, bins, start, stop, step, type_)
    else:
        source, joins, axis = _axis_from_data(relations, stage, bins, sql_names, bin_name, start, stop, step, type_)
    keys = {k.name: replace(binned.columns[k.name], node=names.column(sql_names[k.name], "k")) for k in stage.keys}
    same: list[exp.Expression] = [exp.EQ(this=bin_column.node.copy(), expression=axis.node.copy())]
    for name, value in keys.items():
        kind = exp.NullSafeEQ if value.nullable else exp.EQ
        same.append(kind(this=names.column(sql_names[name], "b"), expression=value.node.copy()))
    joins.append(exp.Join(this=names.table(bins, "b"), side="LEFT", on=conjunction(same)))
    columns = dict(keys)
    for series in stage.series:
        value = replace(binned.columns[series.name], node=names.column(sql_names[series.name], "b"))
        columns[series.name] = _array(relations, _filled(relations, value, defaults[series.name], bin_column), axis)
    columns[stage.axis.name] = _array(relations, axis, axis)
    cte = exp.CTE(this=query, alias=exp.TableAlias(this=names.identifier(bins)))
    group = [value.node for value in keys.values()]
    shape = Relation(relations.dialect, source, columns, joins=joins, group=group)
    if not group:
        shape.having = [exp.GT(this=exp.Count(this=bin_column.node.copy()), expression=exp.Literal.number("0"))]
    shape.columns = {c.name: columns[c.name] for c in stage.columns}
    made, made_names = shape.build_named(inner=True)
    made.set("with_", exp.With(expressions=[cte]))
    result = exp.Subquery(this=made, alias=exp.TableAlias(this=names.identifier("t")))
    values = {c.name: replace(shape.columns[c.name], node=names.column(made_names[c.name])) for c in stage.columns}
    return Relation(relations.dialect, result, values, tuple(values), unique=[frozenset(keys)])


def _binned(relations: Relations, stage: q.MakeSeries, input_: Relation) -> Relation:
    """The aggregates of every key and bin that has rows, by the lowering of summarize."""
    taken = {k.name for k in stage.keys} | {s.name for s in stage.series}
    name = stage.axis.name if stage.axis.name not in taken else next(f"_bin{i}" for i in range(99) if f"_bin{i}" not in taken)
    axis = stage.axis.value
    bounds: list[ir.Expr] = []
    if stage.start is not None:
        bounds.append(ir.Compare(ir.Comparison.GE, axis, stage.start))
    if stage.stop is not None:
        bounds.append(ir.Compare(ir.Comparison.LT, axis, stage.stop))
    bounds = bounds or [ir.Call("isnotnull", (axis,), Type.BOOL)]
    relation = relations.filter(input_, ir.And(tuple(bounds)) if len(bounds) > 1 else bounds[0])
    type_ = Type.LONG if axis.type is Type.INT else axis.type
    bin_: ir.Expr = (
        ir.Call("bin", (axis, stage.step), type_) if stage.start is None else ir.Call("bin_at", (axis, stage.step, stage.start), type_)
    )
    keys = (*stage.keys, q.Named(name, bin_))
    aggregates = tuple(q.Named(s.name, s.value) for s in stage.series)
    columns = tuple(Column(n.name, n.value.type) for n in (*keys, *aggregates))
    return STAGES[q.Aggregate](relations, q.Aggregate(q.Rows((), ()), keys, aggregates, columns), relation)


def _fixed_axis(
    relations: Relations, stage: q.MakeSeries, bins: str, start: exp.Expression, stop: exp.Expression, step: exp.Expression, type_: Type
) -> tuple[exp.Expression, list[exp.Expression], SqlValue]:
    """The axis from ``from`` to ``to``; before it the keys, when there are any."""
    axis = SqlValue(names.column("at", "a"), type_, False)
    last = _last(stage, relations.dialect)
    call = exp.Anonymous(this="GENERATE_SERIES", expressions=[start, last if last is not None else stop, step])
    if last is None:
        # the lateral form: DuckDB's table function takes constants only
        inner = names.column("at", "g")
        spread = exp.Select(expressions=[exp.Alias(this=exp.Anonymous(this="UNNEST", expressions=[call]), alias=names.identifier("at"))])
        if relations.dialect == "postgres":
            spread = exp.Select(expressions=[exp.Alias(this=call, alias=names.identifier("at"))])
        table = exp.Subquery(this=spread, alias=exp.TableAlias(this=names.identifier("g")))
        query = (
            exp.Select(expressions=[inner]).from_(table, copy=False).where(exp.LT(this=inner.copy(), expression=stop.copy()), copy=False)
        )
        series: exp.Expression = exp.Subquery(this=query, alias=exp.TableAlias(this=names.identifier("a")))
    else:
        series = exp.Table(this=call, alias=exp.TableAlias(this=names.identifier("a"), columns=[names.identifier("at")]))
    if not stage.keys:
        return series, [], axis
    return _keys(relations, stage, bins), [exp.Join(this=series, kind="CROSS")], axis


def _last(stage: q.MakeSeries, dialect: str) -> exp.Expression | None:
    """The last bin before ``to``, when all of from, to and step are literals."""
    parts = (stage.start, stage.stop, stage.step)
    values = [part.value for part in parts if isinstance(part, ir.Literal) and isinstance(part.value, int)]
    if len(values) < 3:
        return None
    start, stop, step = values
    if step <= 0:
        raise Unsupported("make-series with a step that is not positive", stage.span)
    count = -(-(stop - start) // step)
    if count > MOST_BINS:
        raise Unsupported(f"make-series over more than {MOST_BINS} bins", stage.span)
    type_ = Type.DATETIME if stage.axis.value.type is Type.DATETIME else Type.LONG
    return names.literal(start + (count - 1) * step, type_, dialect)


def _keys(relations: Relations, stage: q.MakeSeries, bins: str) -> exp.Expression:
    query = exp.Select(expressions=[names.column(k.name) for k in stage.keys], distinct=exp.Distinct()).from_(names.table(bins), copy=False)
    return exp.Subquery(this=query, alias=exp.TableAlias(this=names.identifier("k")))


def _axis_from_data(
    relations: Relations, stage: q.MakeSeries, bins: str, sql_names: dict[str, str], bin_name: str,
    start: exp.Expression | None, stop: exp.Expression | None, step: exp.Expression, type_: Type,
) -> tuple[exp.Expression, list[exp.Expression], SqlValue]:  # fmt: skip
    """Without ``from`` (or ``to``) a series begins (ends) with the first (last) bin of its key."""
    column = names.column(sql_names[bin_name])
    keys = [names.column(sql_names[k.name]) for k in stage.keys]
    items: list[exp.Expression] = [*keys]
    first, last = names.column("first", "k"), names.column("last", "k")
    items.append(exp.Alias(this=start or exp.Min(this=column.copy()), alias=names.identifier("first")))
    items.append(exp.Alias(this=exp.Max(this=column.copy()), alias=names.identifier("last")))
    query = exp.Select(expressions=items).from_(names.table(bins), copy=False)
    if keys:
        query.set("group", exp.Group(expressions=[key.copy() for key in keys]))
    source = exp.Subquery(this=query, alias=exp.TableAlias(this=names.identifier("k")))
    axis = SqlValue(names.column("at", "a"), type_, False)
    end: exp.Expression = last
    if stop is not None:
        ticks = names.interval(10) if type_ is Type.DATETIME else exp.Literal.number("1")
        end = exp.Sub(this=exp.Paren(this=stop.copy()), expression=ticks)
    series = exp.Anonymous(this="GENERATE_SERIES", expressions=[first, end, step])
    if relations.dialect == "postgres":
        table: exp.Expression = exp.Table(this=series, alias=exp.TableAlias(this=names.identifier("a"), columns=[names.identifier("at")]))
    else:
        spread = exp.Select(expressions=[exp.Anonymous(this="UNNEST", expressions=[series])])
        table = exp.Subquery(this=spread, alias=exp.TableAlias(this=names.identifier("a"), columns=[names.identifier("at")]))
    return source, [exp.Join(this=exp.Lateral(this=table), kind="CROSS")], axis


def _filled(relations: Relations, value: SqlValue, default: SqlValue, bin_: SqlValue) -> SqlValue:
    """The aggregate of the bin, or the default where it has no rows."""
    if isinstance(default.node, exp.Null) or (isinstance(default.node, exp.Cast) and isinstance(default.node.this, exp.Null)):
        return replace(value, nullable=True)
    if not value.nullable:
        return SqlValue(exp.Coalesce(this=value.node, expressions=[default.node]), value.type, default.nullable)
    missing = exp.Is(this=bin_.node.copy(), expression=exp.Null())
    return SqlValue(exp.Case(ifs=[exp.If(this=missing, true=default.node)], default=value.node), value.type, True)


def _array(relations: Relations, value: SqlValue, axis: SqlValue) -> SqlValue:
    """All values of the group in the order of the axis."""
    element = value.node if value.type.is_numeric or value.type in (Type.BOOL, Type.DYNAMIC) else to_dynamic(relations.lowering, value)
    ordered = exp.Order(this=element.copy(), expressions=[exp.Ordered(this=axis.node.copy(), nulls_first=False)])
    if relations.dialect == "postgres":
        return SqlValue(exp.Anonymous(this="JSONB_AGG", expressions=[ordered]), Type.DYNAMIC, False)
    return SqlValue(exp.Anonymous(this="TO_JSON", expressions=[exp.Anonymous(this="LIST", expressions=[ordered])]), Type.DYNAMIC, False)
