"""Aggregates whose SQL depends on the type: extremes, sums, means, percentiles, and those that collect values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.elements import to_dynamic
from ruleconv_backends.sql.registry import lowers_aggregate
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_UNLIMITED = 1_048_576
"""The most elements that Kusto collects anyway."""


def _call(name: str, *args: exp.Expression, filter_: exp.Expression | None = None, order: list[exp.Ordered] | None = None, distinct: bool = False) -> exp.Expression:
    """``NAME(DISTINCT args ORDER BY order) FILTER (WHERE filter)``."""
    operands: list[exp.Expression] = [exp.Distinct(expressions=list(args))] if distinct else list(args)
    if order:
        operands[-1] = exp.Order(this=operands[-1], expressions=[key.copy() for key in order])
    node: exp.Expression = exp.AnonymousAggFunc(this=name, expressions=operands)
    return exp.Filter(this=node, expression=exp.Where(this=filter_)) if filter_ is not None else node


def _both(*tests: exp.Expression | None) -> exp.Expression | None:
    found = [test for test in tests if test is not None]
    if not found:
        return None
    return found[0] if len(found) == 1 else exp.And(this=found[0], expression=exp.Paren(this=found[1]))


def _not_null(value: SqlValue) -> exp.Expression | None:
    return exp.Not(this=exp.Is(this=exp.Paren(this=value.node.copy()) if isinstance(value.node, exp.Binary) else value.node.copy(), expression=exp.Null())) if value.nullable else None


@lowers_aggregate("min", "max")
def extreme(lowering: Lowering, call: ir.AggregateCall, args: list[SqlValue], filter_: exp.Expression | None) -> exp.Expression:
    """Strings by code point (S4), booleans as false < true."""
    (value,) = args[:1]
    least = call.function.startswith("min")
    name, node = "MIN" if least else "MAX", value.node
    if value.type is Type.BOOL:
        name = "BOOL_AND" if least else "BOOL_OR"
    elif value.type is Type.STRING:
        node = lowering.text(value)
        if lowering.postgres:
            node = exp.Collate(this=node, expression=names.identifier("C"))
    elif value.type in (Type.GUID, Type.DYNAMIC):
        raise Unsupported(f"{call.function}() of {value.type}", hint="convert the values first, with tostring() or tolong()")
    return _call(name, node, filter_=filter_)


@lowers_aggregate("sum")
def total(lowering: Lowering, call: ir.AggregateCall, args: list[SqlValue], filter_: exp.Expression | None) -> SqlValue:
    (value,) = args[:1]
    if value.type is Type.TIMESPAN:
        if lowering.postgres:
            node = _call("SUM", value.node, filter_=filter_)
        else:
            micros = _call("SUM", exp.Anonymous(this="EPOCH_US", expressions=[value.node]), filter_=filter_)
            node = exp.Anonymous(this="TO_MICROSECONDS", expressions=[lowering.cast(micros, Type.LONG)])
        zero: exp.Expression = names.interval(0)
    else:
        node = _call("SUM", value.node, filter_=filter_)
        zero = exp.Literal.number("0")
        if call.type.is_integer:
            node = lowering.cast(node, Type.LONG)
    if lowering.keyed and filter_ is None and not value.nullable:
        return SqlValue(node, call.type, False)
    return SqlValue(exp.Coalesce(this=node, expressions=[zero]), call.type, False)


@lowers_aggregate("avg")
def mean(lowering: Lowering, call: ir.AggregateCall, args: list[SqlValue], filter_: exp.Expression | None) -> SqlValue:
    """NaN for no value; null for times."""
    (value,) = args[:1]
    if value.type in (Type.DATETIME, Type.TIMESPAN):
        seconds = lowering.template("EXTRACT(EPOCH FROM _x)", x=value.node)
        micros = lowering.template("CAST(ROUND(_s * 1000000) AS BIGINT)", s=_call("AVG", seconds, filter_=filter_))
        if value.type is Type.DATETIME:
            text = "TIMESTAMP '1970-01-01 00:00:00' + _m * INTERVAL '1 MICROSECOND'" if lowering.postgres else "MAKE_TIMESTAMP(_m)"
        else:
            text = "_m * INTERVAL '1 MICROSECOND'" if lowering.postgres else "TO_MICROSECONDS(_m)"
        return SqlValue(lowering.template(text, m=micros), call.type, True)
    node = _call("AVG", value.node, filter_=filter_)
    if value.type is not Type.REAL and call.type is Type.REAL and lowering.postgres:
        node = lowering.cast(node, Type.REAL)
    if call.type is Type.DECIMAL or (lowering.keyed and filter_ is None and not value.nullable):
        return SqlValue(node, call.type, call.type is Type.DECIMAL)
    return SqlValue(exp.Coalesce(this=node, expressions=[names.literal(float("nan"), Type.REAL, lowering.dialect)]), call.type, False)


@lowers_aggregate("take_any")
def take_any(lowering: Lowering, call: ir.AggregateCall, args: list[SqlValue], filter_: exp.Expression | None) -> SqlValue:
    """ANY_VALUE: some value that is not NULL, if there is one (S21)."""
    value = args[0]
    return SqlValue(_call("ANY_VALUE", value.node, filter_=filter_), call.type, value.nullable or filter_ is not None or not lowering.keyed)


@lowers_aggregate("arg_max", "arg_min")
def arg_extreme(lowering: Lowering, call: ir.AggregateCall, args: list[SqlValue], filter_: exp.Expression | None) -> SqlValue:
    """The first value in the order of the first argument; its nulls come last. The same order for each column keeps them in one row."""
    by, what = args[0], args[-1]
    node = lowering.text(by) if by.type is Type.STRING else by.node
    if by.type is Type.STRING and lowering.postgres:
        node = exp.Collate(this=node, expression=names.identifier("C"))
    order = [exp.Ordered(this=node, desc=call.function == "arg_max", nulls_first=False)]
    if lowering.postgres:
        array = _call("ARRAY_AGG", what.node, filter_=filter_, order=order)
        return SqlValue(exp.Bracket(this=exp.Paren(this=array), expressions=[exp.Literal.number("1")]), call.type, True)
    return SqlValue(_call("FIRST", what.node, filter_=filter_, order=order), call.type, True)


@lowers_aggregate("percentile", "percentilew")
def percentile(lowering: Lowering, call: ir.AggregateCall, args: list[SqlValue], filter_: exp.Expression | None) -> SqlValue:
    """PERCENTILE_DISC: the nearest rank, as Kusto has it on small sets."""
    if call.function == "percentilew":
        raise Unsupported("percentilew()", call.span, "repeat the rows by their weight first")
    return SqlValue(_percentile(lowering, args[0], call.args[-1], filter_), call.type, True)


def _percentile(lowering: Lowering, value: SqlValue, share: ir.Expr, filter_: exp.Expression | None) -> exp.Expression:
    if not isinstance(share, ir.Literal) or not isinstance(share.value, (int, float)) or not 0 <= share.value <= 100:
        raise Unsupported("a percentile that is not a constant from 0 to 100", share.span)
    fraction = exp.Literal.number(repr(share.value / 100))
    node: exp.Expression = exp.WithinGroup(
        this=exp.AnonymousAggFunc(this="PERCENTILE_DISC", expressions=[fraction]),
        expression=exp.Order(expressions=[exp.Ordered(this=value.node, nulls_first=False)]),
    )
    return exp.Filter(this=node, expression=exp.Where(this=filter_)) if filter_ is not None else node


@lowers_aggregate("percentiles_array")
def percentiles_array(lowering: Lowering, call: ir.AggregateCall, args: list[SqlValue], filter_: exp.Expression | None) -> SqlValue:
    shares: list[ir.Expr] = list(call.args[1:])
    if len(shares) == 1 and isinstance(shares[0], ir.Literal) and isinstance(shares[0].value, list):
        shares = [ir.Literal(item, Type.REAL) for item in shares[0].value]
    values = [_percentile(lowering, args[0], share, filter_) for share in shares]
    return SqlValue(exp.Anonymous(this="JSONB_BUILD_ARRAY" if lowering.postgres else "JSON_ARRAY", expressions=values), Type.DYNAMIC, False)


# ---------------------------------------------------------------- arrays and bags
def _element(lowering: Lowering, value: SqlValue) -> exp.Expression:
    """A value as an element of an array: times and guids as Kusto's text."""
    if value.type in (Type.DATETIME, Type.TIMESPAN, Type.GUID, Type.DECIMAL):
        return to_dynamic(lowering, value)
    return lowering.text(value) if value.type in (Type.STRING, Type.UNKNOWN) else value.node


def _array(lowering: Lowering, element: exp.Expression, filter_: exp.Expression | None, size: ir.Expr | None, *, distinct: bool, order: list[exp.Ordered]) -> SqlValue:
    most = size.value if isinstance(size, ir.Literal) and isinstance(size.value, int) and size.value < _UNLIMITED else None
    if size is not None and not isinstance(size, ir.Literal):
        raise Unsupported("a size that is not a constant", size.span)
    if lowering.postgres:
        node = _call("JSONB_AGG", element, filter_=filter_, distinct=distinct, order=order)
        if most is not None:
            path = names.string(f"$[0 to {most - 1}]") if most > 0 else names.string("$[*] ? (false)")
            node = exp.Anonymous(this="JSONB_PATH_QUERY_ARRAY", expressions=[node, path])
        empty: exp.Expression = lowering.cast(names.string("[]"), Type.DYNAMIC)
        return SqlValue(exp.Coalesce(this=node, expressions=[empty]), Type.DYNAMIC, False)
    node = _call("LIST", element, filter_=filter_, distinct=distinct, order=order)
    if most is not None:
        node = exp.Anonymous(this="LIST_SLICE", expressions=[node, exp.Literal.number("1"), exp.Literal.number(str(most))])
    json = exp.Anonymous(this="TO_JSON", expressions=[node])
    return SqlValue(exp.Coalesce(this=json, expressions=[lowering.cast(names.string("[]"), Type.DYNAMIC)]), Type.DYNAMIC, False)


def _size(call: ir.AggregateCall) -> ir.Expr | None:
    """The last argument, where it is the size and not the value or the predicate."""
    last = call.args[-1]
    return last if len(call.args) > 1 and last.type is not Type.BOOL else None


_FLAT = {
    ("postgres", False): "COALESCE(JSONB_PATH_QUERY_ARRAY(_all, '$[*][*]'), '[]'::jsonb)",
    ("postgres", True): "COALESCE((SELECT JSONB_AGG(DISTINCT e.x) FROM JSONB_PATH_QUERY(_all, '$[*][*]') AS e(x) WHERE JSONB_TYPEOF(e.x) <> 'null'), '[]'::jsonb)",
    ("duckdb", False): "COALESCE(TO_JSON(FLATTEN(_all)), '[]'::json)",
    ("duckdb", True): "COALESCE(TO_JSON(LIST_FILTER(LIST_DISTINCT(FLATTEN(_all)), LAMBDA e : e <> 'null')), '[]'::json)",
}


def _flattened(lowering: Lowering, value: SqlValue, filter_: exp.Expression | None, size: ir.Expr | None, *, distinct: bool) -> SqlValue:
    """Dynamic values: an array adds its elements, one level deep; a list keeps nulls (the emulator's answers)."""
    if size is not None and not (isinstance(size, ir.Literal) and isinstance(size.value, int) and size.value >= _UNLIMITED):
        raise Unsupported("a size for a list of dynamic values", size.span, "collect tostring() of them, or leave the size out")
    from ruleconv_backends.sql import template

    if lowering.postgres:
        collected = _call("JSONB_AGG", value.node, filter_=filter_, order=lowering.order)
    else:
        array = lowering.template("CASE JSON_TYPE(_x) WHEN 'ARRAY' THEN CAST(_x AS JSON[]) ELSE [_x] END", x=value.node)
        collected = _call("LIST", array, filter_=filter_, order=lowering.order)
    return SqlValue(template.fill(_FLAT[lowering.dialect, distinct], lowering.dialect, {"all": collected}), Type.DYNAMIC, False)


@lowers_aggregate("make_list")
def make_list(lowering: Lowering, call: ir.AggregateCall, args: list[SqlValue], filter_: exp.Expression | None) -> SqlValue:
    value = args[0]
    if value.type is Type.DYNAMIC:
        return _flattened(lowering, value, filter_, _size(call), distinct=False)
    where = _both(None if value.type is Type.STRING else _not_null(value), filter_)
    return _array(lowering, _element(lowering, value), where, _size(call), distinct=False, order=lowering.order)


@lowers_aggregate("make_list_with_nulls")
def make_list_with_nulls(lowering: Lowering, call: ir.AggregateCall, args: list[SqlValue], filter_: exp.Expression | None) -> SqlValue:
    return _array(lowering, _element(lowering, args[0]), filter_, None, distinct=False, order=lowering.order)


@lowers_aggregate("make_set")
def make_set(lowering: Lowering, call: ir.AggregateCall, args: list[SqlValue], filter_: exp.Expression | None) -> SqlValue:
    value = args[0]
    if value.type is Type.DYNAMIC:
        return _flattened(lowering, value, filter_, _size(call), distinct=True)
    where = _both(None if value.type is Type.STRING else _not_null(value), filter_)
    return _array(lowering, _element(lowering, value), where, _size(call), distinct=True, order=[])


_MERGED = {
    "postgres": (
        "COALESCE((SELECT JSONB_OBJECT_AGG(b.key, b.value ORDER BY e.i DESC) FROM JSONB_ARRAY_ELEMENTS(_all) WITH ORDINALITY AS e(bag, i) "
        "CROSS JOIN LATERAL JSONB_EACH(CASE WHEN JSONB_TYPEOF(e.bag) = 'object' THEN e.bag END) AS b), '{}'::jsonb)"
    ),
    "duckdb": "COALESCE(LIST_REDUCE(_all, LAMBDA a, b : JSON_MERGE_PATCH(b, a)), '{}'::json)",
}


@lowers_aggregate("make_bag")
def make_bag(lowering: Lowering, call: ir.AggregateCall, args: list[SqlValue], filter_: exp.Expression | None) -> SqlValue:
    """The bags collected, then merged; the first of equal keys stays."""
    if _size(call) is not None:
        raise Unsupported("make_bag() with a size", call.span)
    value = args[0]
    is_bag = lowering.template("JSONB_TYPEOF(_x) = 'object'" if lowering.postgres else "JSON_TYPE(_x) = 'OBJECT'", x=value.node)
    collected = _call("JSONB_AGG" if lowering.postgres else "LIST", value.node, filter_=_both(is_bag, filter_), order=lowering.order)
    from ruleconv_backends.sql import template

    return SqlValue(template.fill(_MERGED[lowering.dialect], lowering.dialect, {"all": collected}), Type.DYNAMIC, False)
