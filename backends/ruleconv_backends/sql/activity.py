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


def _users(
    relations: Relations, stage: q.Plugin, input_: Relation, time: ir.Expr, bin_: ir.Expr, start: ir.Expr, tests: list[ir.Expr]
) -> Relation:
    """Columns ``user`` and ``at`` (the window) of the rows that pass the tests."""
    for test in (*tests, ir.Call("isnotnull", (time,), Type.BOOL)):
        input_ = relations.filter(input_, test)
    at = ir.Call("bin_at", (time, bin_, start), time.type)
    relation = relations.ready(input_, [stage.args[0], time], grouped=True)
    made = relations.named(relation, [q.Named("user", stage.args[0]), q.Named("at", at)])
    made["user"] = relations.keyed(made["user"])
    return replace(relation, columns=made, star=(), order=[])


def _arguments(stage: q.Plugin, most: int) -> None:
    if len(stage.args) != most:
        raise Unsupported(f"{stage.name} with a cohort or dimensions", stage.span, "partition the rows by the dimension first")
    if stage.args[1].type not in (Type.DATETIME, Type.LONG, Type.INT):
        raise Unsupported(f"{stage.name} over a column of type {stage.args[1].type.value}", stage.span)


@lowers_plugin("activity_counts_metrics")
def activity_counts_metrics(relations: Relations, stage: q.Plugin, input_: Relation) -> Relation:
    """Rows, users, new users and users so far in each window."""
    _arguments(stage, 5)
    _, time, start, end, window = stage.args
    tests: list[ir.Expr] = [ir.Compare(ir.Comparison.GE, time, start), ir.Compare(ir.Comparison.LE, time, end)]
    users = _users(relations, stage, input_, time, window, start, tests).sealed()
    user, at = users.columns["user"].node, users.columns["at"].node
    first = exp.Window(this=exp.Min(this=at.copy()), partition_by=[user.copy()], over="OVER")
    marked = relations.with_helpers(users, {"first": SqlValue(first, time.type)})
    distinct = exp.Count(this=exp.Distinct(expressions=[user.copy()]))
    is_new = exp.Where(this=exp.EQ(this=at.copy(), expression=marked.columns["first"].node))
    counted = Relation(
        relations.dialect,
        marked.source,
        {
            "at": SqlValue(at.copy(), time.type, False),
            "count": SqlValue(exp.Count(this=exp.Star()), Type.LONG, False),
            "dcount": SqlValue(distinct, Type.LONG, False),
            "new_dcount": SqlValue(exp.Filter(this=distinct.copy(), expression=is_new), Type.LONG, False),
        },
        group=[at.copy()],
    ).sealed()
    total = exp.Window(
        this=exp.Sum(this=counted.columns["new_dcount"].node.copy()),
        order=exp.Order(expressions=[exp.Ordered(this=counted.columns["at"].node.copy(), nulls_first=False)]),
        over="OVER",
    )
    values = [*counted.columns.values(), SqlValue(relations.lowering.cast(total, Type.LONG), Type.LONG, False)]
    return replace(counted, columns={c.name: value for c, value in zip(stage.columns, values, strict=True)}, windowed=True)


@lowers_plugin("sliding_window_counts")
def sliding_window_counts(relations: Relations, stage: q.Plugin, input_: Relation) -> Relation:
    """Rows and users of the last ``lookback`` before the end of each bin."""
    _arguments(stage, 6)
    _, time, start, end, lookback, bin_ = stage.args
    if isinstance(bin_, ir.Literal) and bin_.type is Type.STRING:
        raise Unsupported("sliding_window_counts by calendar periods", stage.span)
    lowering = relations.lowering
    item, columns = _users(relations, stage, input_, time, bin_, start, [ir.Compare(ir.Comparison.LE, time, end)]).as_source("u")
    step_type = Type.TIMESPAN if time.type is Type.DATETIME else Type.LONG
    with lowering.over({}):
        bounds = [lowering.value_as(part, time.type).node for part in (start, end)]
        step, back = (lowering.value_as(part, step_type).node for part in (bin_, lookback))
    series = exp.Anonymous(this="GENERATE_SERIES", expressions=[*bounds, step])
    table = exp.Table(this=series, alias=exp.TableAlias(this=names.identifier("a"), columns=[names.identifier("at")]))
    axis, at = names.column("at", "a"), columns["at"].node
    inside = lowering.template("_at <= _axis AND _at > _axis - _back", at=at, axis=axis, back=back)
    values = [
        SqlValue(axis, time.type, False),
        SqlValue(exp.Count(this=exp.Star()), Type.LONG, False),
        SqlValue(exp.Count(this=exp.Distinct(expressions=[columns["user"].node])), Type.LONG, False),
    ]
    out = {c.name: value for c, value in zip(stage.columns, values, strict=True)}
    return Relation(relations.dialect, table, out, joins=[exp.Join(this=item, kind="INNER", on=inside)], group=[axis.copy()])
