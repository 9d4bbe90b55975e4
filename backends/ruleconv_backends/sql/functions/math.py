"""Rounding, powers and shifts: where the SQL depends on the arguments' types or on a constant.

Semantics: https://learn.microsoft.com/kusto/query/bin-function and its neighbours.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv import catalogue
from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call, Expr, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_REALS = (
    *("sqrt", "exp", "exp2", "exp10", "log", "log2", "log10", "gamma", "loggamma", "erf", "erfc", "sign"),
    *("sin", "cos", "tan", "cot", "asin", "acos", "atan", "degrees", "radians"),
)
_TRUNCATABLE = {864_000_000_000: "DAY", 36_000_000_000: "HOUR", 600_000_000: "MINUTE", 10_000_000: "SECOND"}
_ORIGIN = "TIMESTAMP '0001-01-01'"
_TICKS_TO_MONDAY = 730_121 * 864_000_000_000
"""From 0001-01-01 to 2000-01-03, from which DuckDB counts its buckets."""


def constant(call: Call, at: int) -> int | float | Decimal | None:
    """The number (or the ticks) that is written there."""
    if at < len(call.args):
        argument: Expr = call.args[at]
        if isinstance(argument, Literal) and isinstance(argument.value, (int, float, Decimal)) and not isinstance(argument.value, bool):
            return argument.value
    return None


def as_real(lowering: Lowering, value: SqlValue) -> exp.Expression:
    """The number as a DOUBLE PRECISION, a literal in its short form."""
    return value.node if value.type is Type.REAL else lowering.cast(value.node, Type.REAL)


@lowers(*_REALS)
def of_one_real(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The record's template over a DOUBLE PRECISION; without its guard where a constant needs none."""
    record = catalogue.function(call.function)
    text = record.sql.template(lowering.dialect) if record and record.sql else ""
    if not text:
        raise Unsupported(f"the function {call.function}()", call.span, record.refusal if record else "")
    number = constant(call, 0)
    if number is not None and text.startswith("CASE") and 0 < number <= 1:
        plain = text[text.index("ELSE") + 4 if "ELSE" in text else text.index("THEN") + 4 :].split(" WHEN ")[0].removesuffix(" END")
        return lowering.template(plain, number=as_real(lowering, args[0]))
    return lowering.template(text, number=as_real(lowering, args[0]))


@lowers("atan2")
def atan2(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    return lowering.template("ATAN2(_y, _x)", y=as_real(lowering, args[0]), x=as_real(lowering, args[1]))


@lowers("pow")
def power(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """POWER, which on PostgreSQL raises for 0 ** -1, for -1 ** 0.5 and for what is too great or too small for a double."""
    base, exponent = as_real(lowering, args[0]), as_real(lowering, args[1])
    fixed = constant(call, 1)
    if not lowering.postgres or (fixed is not None and 0 <= fixed <= 16 and fixed == int(fixed) and args[0].type.is_integer):
        return lowering.template("POWER(_b, _e)", b=base, e=exponent)
    nan, infinity = "CAST('NaN' AS DOUBLE PRECISION)", "CAST('Infinity' AS DOUBLE PRECISION)"
    sign = "CASE WHEN _b < 0 AND MOD(CAST(_e AS DECIMAL), 2) <> 0 THEN -1 ELSE 1 END"
    text = (
        f"CASE WHEN _b = 0 AND _e < 0 THEN {infinity} WHEN _b < 0 AND _e <> FLOOR(_e) THEN {nan} "
        f"WHEN _e * LN(NULLIF(ABS(_b), 0)) BETWEEN 709.782712893384 AND {infinity} THEN {infinity} * {sign} "
        "WHEN _e * LN(NULLIF(ABS(_b), 0)) < -745 THEN CAST(0 AS DOUBLE PRECISION) ELSE POWER(_b, _e) END"
    )
    known = constant(call, 0)
    if known is not None and known > 0 and fixed is not None and abs(float(fixed) * math.log(known)) < 700:
        text = "POWER(_b, _e)"
    return lowering.template(text, b=base, e=exponent)


@lowers("abs")
def absolute(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    value = args[0]
    if value.type is Type.TIMESPAN:
        return lowering.template("GREATEST(_x, -_x)" if lowering.postgres else "TO_MICROSECONDS(ABS(EPOCH_US(_x)))", x=value.node)
    return lowering.template("ABS(_x)", x=lowering.cast(value.node, Type.LONG) if value.type is Type.INT else value.node)


@lowers("ceiling")
def ceiling(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    value = args[0]
    return value.node if value.type.is_integer else lowering.template("CEIL(_x)", x=value.node)


@lowers("round")
def rounded(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Halves go away from zero: PostgreSQL does so for DECIMAL only."""
    value = args[0]
    places = constant(call, 1) if len(args) > 1 else 0
    if value.type.is_integer and isinstance(places, int) and places >= 0:
        return value.node
    if isinstance(call.args[-1], Literal) and call.args[-1].value is None:
        return names.null(call.type, lowering.dialect)
    digits = "" if places == 0 else ", CAST(_n AS INT)" if places is None else ", _n"
    arguments = {"x": value.node} if places == 0 else {"x": value.node, "n": args[1].node}
    if lowering.postgres and value.type is not Type.DECIMAL:
        node = lowering.template(f"ROUND(CAST(_x AS DECIMAL){digits})", **arguments)
        return lowering.cast(node, call.type)
    return lowering.template(f"ROUND(_x{digits})", **arguments)


@lowers("bin")
def bin_(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """``bin(value, size)``. Of a constant size the guard against sizes below zero is left out."""
    return binned(lowering, call, args[0], args[1], None)


@lowers("bin_at")
def bin_at(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    return binned(lowering, call, args[0], args[1], args[2])


def binned(lowering: Lowering, call: Call, value: SqlValue, size: SqlValue, point: SqlValue | None) -> SqlValue:
    fixed = constant(call, 1)
    if point is not None and point.type is not value.type and {point.type, value.type} & {Type.DATETIME, Type.TIMESPAN}:
        raise Unsupported(f"bin_at() of a {value.type} from a {point.type} on", call.span)
    if fixed is not None and not fixed > 0:
        return SqlValue(names.literal(None, call.type, lowering.dialect), call.type, True)
    arguments = {"x": value.node, "s": size.node}
    if point is not None:
        arguments["p"] = point.node
    match value.type, size.type:
        case Type.DATETIME, Type.TIMESPAN:
            if point is None and isinstance(fixed, int) and fixed in _TRUNCATABLE:
                return _binned_value(lowering, call, f"DATE_TRUNC('{_TRUNCATABLE[fixed]}', _x)", value, True, {"x": value.node})
            if point is not None:
                text = "BUCKET(_s, _x, _p)"  # sqlglot takes the third argument of DATE_BIN for a time zone
            elif lowering.postgres:
                text = f"DATE_BIN(_s, _x, {_ORIGIN})"
            elif isinstance(fixed, int) and _TICKS_TO_MONDAY % fixed == 0:
                text = "TIME_BUCKET(_s, _x)"
            else:
                text = f"TIME_BUCKET(_s, _x, {_ORIGIN})"
            zero = "INTERVAL '0 SECOND'"
        case Type.TIMESPAN, Type.TIMESPAN:
            text, zero = "_s * FLOOR(EXTRACT(EPOCH FROM _x) / EXTRACT(EPOCH FROM _s))", "INTERVAL '0 SECOND'"
            if point is not None:
                text = "_p + _s * FLOOR(EXTRACT(EPOCH FROM _x - _p) / EXTRACT(EPOCH FROM _s))"
        case (Type.DATETIME | Type.TIMESPAN, _) | (_, Type.DATETIME | Type.TIMESPAN):
            raise Unsupported(f"{call.function}() of a {value.type} in bins of a {size.type}", call.span)
        case _ if call.type.is_integer:
            if fixed == 1:
                return value
            text, zero = "_x - (_x % _s + _s) % _s", "0"
            if point is not None:
                text = "_x - ((_x - _p) % _s + _s) % _s"
        case _:
            text, zero = "FLOOR(_x / _s) * _s" if fixed != 1 else "FLOOR(_x)", "0"
            if point is not None:
                text = "FLOOR((_x - _p) / _s) * _s + _p"
            if call.type is Type.REAL:
                numbers = {"x": value, "s": size} if point is None else {"x": value, "s": size, "p": point}
                arguments = {name: as_real(lowering, number) for name, number in numbers.items()}
    if fixed is None:
        text = f"CASE WHEN _s > {zero} THEN {text} END"
    made = _binned_value(lowering, call, text, value, fixed is not None and (point is None or not point.nullable), arguments)
    for node in made.node.find_all(exp.Anonymous):
        if node.this == "BUCKET":
            node.set("this", "DATE_BIN" if lowering.postgres else "TIME_BUCKET")
    return made


def _binned_value(lowering: Lowering, call: Call, text: str, value: SqlValue, sure: bool, arguments: dict[str, exp.Expression]) -> SqlValue:
    return SqlValue(lowering.template(text, **arguments), call.type, value.nullable or not sure)


@lowers("binary_shift_left", "binary_shift_right")
def shifted(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """By the shift modulo 64; null below zero. DuckDB shifts to the left neither negative numbers nor what leaves the BIGINT: it multiplies
    as HUGEINT, of which the low 64 bits count."""
    left = call.function == "binary_shift_left"
    fixed = constant(call, 1)
    if fixed is not None and fixed < 0:
        return SqlValue(names.literal(None, Type.LONG, lowering.dialect), Type.LONG, True)
    by = exp.Literal.number(str(int(fixed) % 64)) if fixed is not None else args[1].node
    count = "_n" if fixed is not None else "CAST(_n % 64 AS INT)"
    text = f"_x << {count}" if left else f"_x >> {count}"
    if left and not lowering.postgres:
        product = f"(CAST(_x AS HUGEINT) * (CAST(1 AS HUGEINT) << {count}))"
        text = f"CAST(XOR({product} & 18446744073709551615, 9223372036854775808) - 9223372036854775808 AS BIGINT)"
    if fixed is None:
        text = f"CASE WHEN _n >= 0 THEN {text} END"
    written = isinstance(args[0].node, (exp.Literal, exp.Neg))  # to the engines, of 32 bits
    value = args[0].node if args[0].type is Type.LONG and not written else lowering.cast(args[0].node, Type.LONG)
    return SqlValue(lowering.template(text, x=value, n=by), Type.LONG, args[0].nullable or fixed is None)
