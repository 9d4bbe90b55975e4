"""Dynamic values out of other values: arrays and bags that are packed, zipped, repeated, counted up.

Semantics: https://learn.microsoft.com/kusto/query/scalar-data-types/dynamic and the functions' pages. What other files of this topic share
stands here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call, ColumnRef, Expr, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.elements import to_dynamic
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_PAIRS = 40
"""Postgres takes 100 arguments at most."""

EMPTY = {"postgres": "CAST('[]' AS JSONB)", "duckdb": "CAST('[]' AS JSON)"}


def json(lowering: Lowering, value: SqlValue) -> exp.Expression:
    """Any value as a dynamic one."""
    return value.node if value.type is Type.DYNAMIC else to_dynamic(lowering, value)


def arrays(lowering: Lowering, args: Sequence[SqlValue]) -> dict[str, exp.Expression]:
    """The arguments as ``_a``, ``_b``, ``_c`` ... of a template."""
    if len(args) > 26:
        raise Unsupported("a function of more than 26 arrays")
    return {chr(ord("a") + at): json(lowering, value) for at, value in enumerate(args)}


def items(name: str) -> str:
    """DuckDB: the elements of the JSON array ``_name`` as a list; empty for what is no array (a CAST would raise)."""
    return f"JSON_EXTRACT(_{name}, '$[*]')"


def guarded(lowering: Lowering, nodes: Mapping[str, exp.Expression], body: str, **more: exp.Expression) -> exp.Expression:
    """``body`` over the arrays ``_a``, ``_b``; null unless all of them are arrays. Literal arrays need no test."""
    tests = []
    for name, node in nodes.items():
        inner = node.this if isinstance(node, exp.Cast) else None
        if isinstance(inner, exp.Literal) and inner.name.startswith("["):
            continue
        tests.append(f"JSONB_TYPEOF(_{name}) = 'array'" if lowering.postgres else f"JSON_TYPE(_{name}) = 'ARRAY'")
    text = f"CASE WHEN {' AND '.join(tests)} THEN {body} END" if tests else body
    return lowering.template(text, **nodes, **more)


def element(lowering: Lowering, value: SqlValue) -> exp.Expression:
    """A value as an argument of a function that makes JSON of it by itself."""
    if value.type in (Type.DATETIME, Type.TIMESPAN, Type.GUID, Type.DECIMAL):
        return to_dynamic(lowering, value)
    node = lowering.text(value) if value.type in (Type.STRING, Type.UNKNOWN) else value.node
    if lowering.postgres and isinstance(node, exp.Literal) and node.is_string:
        return lowering.cast(node, Type.STRING)
    return node


@lowers("pack_array")
def pack_array(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """In parts, where there are more elements than Postgres takes."""
    name = "JSONB_BUILD_ARRAY" if lowering.postgres else "JSON_ARRAY"
    size = 2 * _PAIRS if lowering.postgres else len(args) or 1
    parts = [
        exp.Anonymous(this=name, expressions=[element(lowering, v) for v in args[at : at + size]])
        for at in range(0, max(len(args), 1), size)
    ]
    return SqlValue(_joined(parts), Type.DYNAMIC, False)


@lowers("bag_pack")
def bag_pack(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """Keys and values by turns; in parts, where there are more than Postgres takes."""
    if len(args) % 2:
        raise Unsupported("bag_pack() with a key that has no value", call.span)
    name = "JSONB_BUILD_OBJECT" if lowering.postgres else "JSON_OBJECT"
    parts: list[exp.Expression] = []
    size = 2 * _PAIRS if lowering.postgres else len(args) or 1
    for start in range(0, max(len(args), 1), size):
        cells = [lowering.text(v) if at % 2 == 0 else element(lowering, v) for at, v in enumerate(args[start : start + size])]
        parts.append(exp.Anonymous(this=name, expressions=cells))
    return SqlValue(_joined(parts), Type.DYNAMIC, False)


@lowers("bag_pack_columns")
def bag_pack_columns(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """A bag of columns under their own names."""
    cells: list[exp.Expression] = []
    for column, value in zip(call.args, args, strict=True):
        if not isinstance(column, ColumnRef):
            raise Unsupported("bag_pack_columns() of something that is no column", column.span, "write bag_pack() with the names")
        cells += [lowering.text(SqlValue(names.string(column.name), Type.STRING, False)), element(lowering, value)]
    name = "JSONB_BUILD_OBJECT" if lowering.postgres else "JSON_OBJECT"
    return SqlValue(exp.Anonymous(this=name, expressions=cells), Type.DYNAMIC, False)


def _joined(parts: Sequence[exp.Expression]) -> exp.Expression:
    whole = parts[0]
    for part in parts[1:]:
        whole = exp.DPipe(this=whole, expression=part)
    return whole


@lowers("zip")
def zip_(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    nodes = arrays(lowering, args)
    if lowering.postgres:
        n = f"GREATEST({', '.join(f'JSONB_ARRAY_LENGTH(_{letter})' for letter in nodes)})"
        cells = ", ".join(f"JSONB_ARRAY_ELEMENT(_{letter}, g.i)" for letter in nodes)
        body = (
            f"(SELECT COALESCE(JSONB_AGG(JSONB_BUILD_ARRAY({cells}) ORDER BY g.i), {EMPTY['postgres']}) "
            f"FROM GENERATE_SERIES(0, {n} - 1) AS g(i))"
        )
    else:
        n = f"GREATEST({', '.join(f'LEN({items(letter)})' for letter in nodes)})"
        cells = ", ".join(f"{items(letter)}[i]" for letter in nodes)
        body = f"TO_JSON(LIST_TRANSFORM(RANGE(1, {n} + 1), LAMBDA i : [{cells}]))"
    return guarded(lowering, nodes, body)


_MOST = 1_048_576
"""The longest array that Kusto makes."""


def _numbers(args: Sequence[Expr]) -> list[float]:
    """The values of those arguments that are constant numbers (or ticks)."""
    return [a.value for a in args if isinstance(a, Literal) and isinstance(a.value, (int, float)) and not isinstance(a.value, bool)]


def _refuse_huge(call: Call, *sizes: float) -> None:
    if any(size > _MOST for size in sizes):
        raise Unsupported(f"{call.function}() of more than {_MOST:,} values", call.span, "Kusto's arrays end there")


@lowers("repeat")
def repeat(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    _refuse_huge(call, *_numbers(call.args[1:2]))
    body = (
        f"(SELECT COALESCE(JSONB_AGG(_value ORDER BY g.i), {EMPTY['postgres']}) FROM GENERATE_SERIES(1, _count) AS g(i))"
        if lowering.postgres
        else "TO_JSON(LIST_TRANSFORM(RANGE(_count), LAMBDA i : _value))"
    )
    return lowering.template(body, value=json(lowering, args[0]), count=args[1].node)


@lowers("range")
def range_(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """An array of whole numbers, reals, times or spans, from start to stop, the last included if it is hit."""
    ends = _numbers(call.args)
    if len(ends) == len(call.args):
        step_size = ends[2] if len(ends) > 2 else 1
        _refuse_huge(call, (ends[1] - ends[0]) / step_size if step_size else 0)
    kinds = {value.type for value in args}
    times = kinds & {Type.DATETIME, Type.TIMESPAN}
    type_ = args[0].type if times else Type.LONG if kinds <= {Type.INT, Type.LONG} else Type.REAL
    if (times and args[1].type is not type_) or not kinds <= {Type.INT, Type.LONG, Type.REAL, Type.DECIMAL, Type.DATETIME, Type.TIMESPAN}:
        raise Unsupported(f"range() of {args[0].type} and {args[1].type}", call.span)
    step = args[2].node if len(args) > 2 else names.interval(36_000_000_000) if times else exp.Literal.number("1")
    nodes = {"start": args[0].node, "stop": args[1].node, "step": step}
    collect = "JSONB_AGG(_item ORDER BY g.i)" if lowering.postgres else "TO_JSON(LIST(_item ORDER BY g.i))"
    if type_ is Type.LONG and isinstance(step, exp.Literal):
        series = f"COALESCE({collect.replace('_item', 'g.i')}, {EMPTY[lowering.dialect]})"
        return lowering.template(f"(SELECT {series} FROM GENERATE_SERIES(_start, _stop, _step) AS g(i))", **nodes)
    if type_ is Type.LONG:
        count = "FLOOR(CAST(_stop - _start AS DOUBLE PRECISION) / NULLIF(_step, 0))"
        return _counted(lowering, collect, "_start + g.i * _step", count, nodes, None)
    if type_ is Type.REAL:
        real = {name: lowering.cast(node, Type.REAL) for name, node in nodes.items()}
        return _counted(lowering, collect, "_start + g.i * _step", "FLOOR((_stop - _start) / NULLIF(_step, 0) + 1e-9)", real, None)
    count = "FLOOR(EXTRACT(EPOCH FROM _stop - _start) / NULLIF(EXTRACT(EPOCH FROM _step), 0))"
    return _counted(lowering, collect, "_start + g.i * _step", count, nodes, type_)


def _counted(
    lowering: Lowering, collect: str, item: str, count: str, nodes: dict[str, exp.Expression], type_: Type | None
) -> exp.Expression:
    """``item`` for i = 0, 1 .. ``count``; of a time, its text."""
    source = f"GENERATE_SERIES(0, CAST({count} AS BIGINT)) AS g(i)"
    outer = lowering.template(f"(SELECT COALESCE({collect.replace('_item', item)}, {EMPTY[lowering.dialect]}) FROM {source})", **nodes)
    if type_ is None:
        return outer
    ordered = outer.find(exp.Order)
    assert ordered is not None
    ordered.set("this", to_dynamic(lowering, SqlValue(ordered.this.copy(), type_, False)))
    return outer


_BLANKS = r"""'("(?:[^"\\]|\\.)*")|([:,]) ', '\1\2', 'g'"""
"""For REGEXP_REPLACE: texts stay as they are, and the blank behind a colon or a comma outside of them goes."""


@lowers("dynamic_to_json")
def dynamic_to_json(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The JSON text, without blanks."""
    node = json(lowering, args[0])
    if lowering.postgres:
        return lowering.template(f"REGEXP_REPLACE(CAST(_x AS TEXT), {_BLANKS})", x=node)
    return lowering.template("CAST(_x AS TEXT)", x=node)
