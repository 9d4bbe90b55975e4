"""The plugins that count users over windows of time: ``activity_counts_metrics`` and ``sliding_window_counts``.

Semantics: https://learn.microsoft.com/kusto/query/activity-counts-metrics-plugin and .../sliding-window-counts-plugin;
both ends of the time range count, and windows without rows do not come out.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.plugins import lowers_plugin
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation
from ruleconv_backends.sql.value import SqlValue

_FIXED = {"activity_counts_metrics": 5, "sliding_window_counts": 6}
_OWN = frozenset({"user", "at", "first", "count", "dcount", "new_dcount"})


def _users(
    relations: Relations, stage: q.Plugin, input_: Relation, time: ir.Expr, bin_: ir.Expr, start: ir.Expr, tests: list[ir.Expr]
) -> Relation:
    """Columns ``user``, ``at`` (the window) and the dimensions of the rows that pass the tests."""
    for test in (*tests, ir.Call("isnotnull", (time,), Type.BOOL)):
        input_ = relations.filter(input_, test)
    at = ir.Call("bin_at", (time, bin_, start), time.type)
    relation = relations.ready(input_, [stage.args[0], time], grouped=True)
    made = relations.named(relation, [q.Named("user", stage.args[0]), q.Named("at", at), *_dimensions(stage)])
    keyed = {name: relations.keyed(value) for name, value in made.items()}
    return replace(relation, columns=keyed, star=(), order=[])


def _dimensions(stage: q.Plugin) -> list[q.Named]:
    """The columns after the fixed arguments, under names that the plugin does not use itself."""
    rest = stage.args[_FIXED[stage.name] :]
    return [q.Named(f"_{a.name}" if a.name in _OWN else a.name, a) for a in rest if isinstance(a, ir.ColumnRef)]


def _arguments(stage: q.Plugin) -> None:
    fixed = _FIXED[stage.name]
    if len(stage.args) < fixed or any(not isinstance(argument, ir.ColumnRef) for argument in stage.args[fixed:]):
        raise Unsupported(f"{stage.name} with these arguments", stage.span, "dimensions are columns; a cohort has no SQL")
    if stage.args[1].type not in (Type.DATETIME, Type.LONG, Type.INT):
        raise Unsupported(f"{stage.name} over a column of type {stage.args[1].type.value}", stage.span)


@lowers_plugin("activity_counts_metrics")
def activity_counts_metrics(relations: Relations, stage: q.Plugin, input_: Relation) -> Relation:
    """Rows, users, new users and users so far in each window."""
    _arguments(stage)
    _, time, start, end, window = stage.args[:5]
    tests: list[ir.Expr] = [ir.Compare(ir.Comparison.GE, time, start), ir.Compare(ir.Comparison.LE, time, end)]
    users = _users(relations, stage, input_, time, window, start, tests).sealed()
    user, at = users.columns["user"].node, users.columns["at"].node
    names_by = [dimension.name for dimension in _dimensions(stage)]
    by = {name: users.columns[name] for name in names_by}
    first = exp.Window(this=exp.Min(this=at.copy()), partition_by=[user.copy(), *(v.node.copy() for v in by.values())], over="OVER")
    marked = relations.with_helpers(users, {"first": SqlValue(first, time.type)})
    distinct = exp.Count(this=exp.Distinct(expressions=[user.copy()]))
    is_new = exp.Where(this=exp.EQ(this=at.copy(), expression=marked.columns["first"].node))
    counted = Relation(
        relations.dialect,
        marked.source,
        {
            "at": SqlValue(at.copy(), time.type, False),
            **by,
            "count": SqlValue(exp.Count(this=exp.Star()), Type.LONG, False),
            "dcount": SqlValue(distinct, Type.LONG, False),
            "new_dcount": SqlValue(exp.Filter(this=distinct.copy(), expression=is_new), Type.LONG, False),
        },
        group=[at.copy(), *(v.node.copy() for v in by.values())],
    ).sealed()
    total = exp.Window(
        this=exp.Sum(this=counted.columns["new_dcount"].node.copy()),
        order=exp.Order(expressions=[exp.Ordered(this=counted.columns["at"].node.copy(), nulls_first=False)]),
        over="OVER",
    )
    if by:
        total.set("partition_by", [counted.columns[name].node.copy() for name in by])
    values = [*counted.columns.values(), SqlValue(relations.lowering.cast(total, Type.LONG), Type.LONG, False)]
    return replace(counted, columns={c.name: value for c, value in zip(stage.columns, values, strict=True)}, windowed=True)


@lowers_plugin("sliding_window_counts")
def sliding_window_counts(relations: Relations, stage: q.Plugin, input_: Relation) -> Relation:
    """Rows and users of the last ``lookback`` before the end of each bin."""
    _arguments(stage)
    _, time, start, end, lookback, bin_ = stage.args[:6]
    if isinstance(bin_, ir.Literal) and bin_.type is Type.STRING:
        raise Unsupported("sliding_window_counts by calendar periods", stage.span)
    lowering = relations.lowering
    item, columns = _users(relations, stage, input_, time, bin_, start, [ir.Compare(ir.Comparison.LE, time, end)]).as_source("u")
    step_type = Type.TIMESPAN if time.type is Type.DATETIME else Type.LONG
    with lowering.over({}):
        bounds = [lowering.value_as(part, time.type).node for part in (start, end)]
        step, back = (lowering.value_as(part, step_type).node for part in (bin_, lookback))
    series = exp.Anonymous(this="GENERATE_SERIES", expressions=[*bounds, step])
    alias = exp.TableAlias(this=names.identifier("a"), columns=[names.identifier("at")])
    table: exp.Expression = exp.Table(this=series, alias=alias)
    if not lowering.postgres:
        table = exp.Subquery(this=exp.Select(expressions=[exp.Anonymous(this="UNNEST", expressions=[series])]), alias=alias)
    axis, at = names.column("at", "a"), columns["at"].node
    by = [columns[dimension.name] for dimension in _dimensions(stage)]
    inside = lowering.template("_at <= _axis AND _at > _axis - _back", at=at, axis=axis, back=back)
    values = [
        SqlValue(axis, time.type, False),
        *by,
        SqlValue(exp.Count(this=exp.Star()), Type.LONG, False),
        SqlValue(exp.Count(this=exp.Distinct(expressions=[columns["user"].node])), Type.LONG, False),
    ]
    out = {c.name: value for c, value in zip(stage.columns, values, strict=True)}
    return Relation(
        relations.dialect,
        table,
        out,
        joins=[exp.Join(this=item, kind="INNER", on=inside)],
        group=[axis.copy(), *(v.node.copy() for v in by)],
    )
