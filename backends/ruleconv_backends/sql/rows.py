"""Rows that the query itself makes: ``print``, ``datatable``, ``range``."""

from __future__ import annotations

from sqlglot import exp

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation
from ruleconv_backends.sql.stages import lowers_stage
from ruleconv_backends.sql.value import SqlValue


def _cell(relations: Relations, node: ir.Expr, column: Column, *, typed: bool) -> SqlValue:
    value = relations.lowering.value_as(node, column.type)
    sql = value.node
    if typed and not isinstance(sql, (exp.Cast, exp.Boolean, exp.Interval)):
        literal = isinstance(sql, (exp.Literal, exp.Neg))
        if literal and (column.type in (Type.LONG, Type.REAL) or (column.type is Type.STRING and relations.dialect == "postgres")):
            sql = relations.lowering.cast(sql, column.type)
    return SqlValue(sql, column.type, value.nullable)


@lowers_stage(q.Rows)
def rows(relations: Relations, stage: q.Rows, _: Relation | None) -> Relation:
    """One row is a SELECT without FROM; several are VALUES; none is a SELECT that gives nothing."""
    with relations.lowering.over({}):
        if len(stage.rows) == 1:
            cells = {c.name: _cell(relations, node, c, typed=True) for c, node in zip(stage.columns, stage.rows[0], strict=True)}
            relation = Relation(relations.dialect, None, cells)
            relation.volatile = any(value.node.find(exp.Rand, exp.Anonymous) is not None for value in cells.values())
            return relation
        if not stage.rows:
            empty = {c.name: SqlValue(names.null(c.type, relations.dialect), c.type, True) for c in stage.columns}
            return Relation(relations.dialect, None, empty, where=[exp.Boolean(this=False)]).sealed()
        lines = [
            exp.Tuple(expressions=[_cell(relations, node, c, typed=at == 0).node for c, node in zip(stage.columns, row, strict=True)])
            for at, row in enumerate(stage.rows)
        ]
    shell = Relation(relations.dialect, None, {c.name: SqlValue(exp.Null(), c.type) for c in stage.columns})
    sql_names = shell.sql_names(inner=True)
    alias = exp.TableAlias(this=names.identifier("t"), columns=[names.identifier(sql_names[c.name]) for c in stage.columns])
    nullable = {
        c.name: any(not isinstance(row[at], ir.Literal) or (row[at].value is None and c.type is not Type.STRING) for row in stage.rows)  # type: ignore[union-attr]
        for at, c in enumerate(stage.columns)
    }
    columns = {c.name: SqlValue(names.column(sql_names[c.name]), c.type, nullable[c.name]) for c in stage.columns}
    return Relation(relations.dialect, exp.Values(expressions=lines, alias=alias), columns, tuple(columns))


@lowers_stage(q.RangeRows)
def range_rows(relations: Relations, stage: q.RangeRows, _: Relation | None) -> Relation:
    """``generate_series`` for integers and times; numbered steps for real, which Postgres' function does not take."""
    lowering = relations.lowering
    type_ = stage.column.type
    with lowering.over({}):
        start, stop = (lowering.value_as(part, type_).node for part in (stage.start, stage.stop))
        step_type = Type.TIMESPAN if type_ is Type.DATETIME else type_
        step = lowering.value_as(stage.step, step_type).node
    name = stage.column.name
    if type_.is_integer:
        start = lowering.cast(start, Type.LONG)
    alias = exp.TableAlias(this=names.identifier("r"), columns=[names.identifier(name)])
    if type_ in (Type.INT, Type.LONG, Type.DATETIME):
        series = exp.Anonymous(this="GENERATE_SERIES", expressions=[start, stop, step])
        item: exp.Expression = exp.Table(this=series, alias=alias)
        return Relation(relations.dialect, item, {name: SqlValue(names.column(name), type_, False)}, (name,))
    count = lowering.template(
        "CAST(FLOOR(CAST((_stop - _start) AS DOUBLE PRECISION) / _step + 1e-9) AS BIGINT)", start=start, stop=stop, step=step
    )
    value = lowering.template("_start + _i * _step", start=start, step=step, i=names.column("i", "r"))
    if type_ is Type.TIMESPAN:
        seconds = "EXTRACT(EPOCH FROM _x)"
        parts = {key: lowering.template(seconds, x=node) for key, node in (("start", start), ("stop", stop), ("step", step))}
        count = lowering.template("CAST(FLOOR((_stop - _start) / _step + 1e-9) AS BIGINT)", **parts)
    series = exp.Anonymous(this="GENERATE_SERIES", expressions=[exp.Literal.number("0"), count])
    item = exp.Table(this=series, alias=exp.TableAlias(this=names.identifier("r"), columns=[names.identifier("i")]))
    return Relation(relations.dialect, item, {name: SqlValue(value, type_, False)})
