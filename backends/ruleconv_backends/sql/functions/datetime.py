"""Functions over times whose SQL depends on a constant: a unit, a format, an offset."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv import catalogue
from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call, Expr, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.template import parenthesised
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


def constant(argument: Expr, what: str) -> str:
    """The text of a constant argument."""
    if not isinstance(argument, Literal) or not isinstance(argument.value, str):
        raise Unsupported(f"{what} that is not a constant string", argument.span)
    return argument.value


@lowers("now")
def now(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    if not args:
        return SqlValue(lowering.now_node(), Type.DATETIME, False)
    return SqlValue(exp.Add(this=lowering.now_node(), expression=parenthesised(args[0].node)), Type.DATETIME, args[0].nullable)


@lowers("ago")
def ago(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    return SqlValue(exp.Sub(this=lowering.now_node(), expression=parenthesised(args[0].node)), Type.DATETIME, args[0].nullable)


_BORDERS = {"startofday": "1 DAY", "startofweek": "7 DAY", "startofmonth": "1 MONTH", "startofyear": "1 YEAR"}


@lowers(*_BORDERS, *(name.replace("start", "end") for name in _BORDERS))
def border(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The template of the catalogue, over a date that the offset has moved."""
    record = catalogue.function(call.function)
    assert record is not None and record.sql is not None
    start = call.function.replace("endof", "startof")
    date = args[0].node
    if len(args) > 1:
        base = catalogue.function(start)
        assert base is not None and base.sql is not None
        first = lowering.template(base.sql.template(lowering.dialect), date=date)
        date = lowering.template(f"_first + _offset * INTERVAL '{_BORDERS[start]}'", first=first, offset=args[1].node)
    return lowering.template(record.sql.template(lowering.dialect), date=date)


_PARTS = {
    "year": "EXTRACT(YEAR FROM _x)", "quarter": "EXTRACT(QUARTER FROM _x)", "month": "EXTRACT(MONTH FROM _x)", "week_of_year": "EXTRACT(WEEK FROM _x)",
    "weekofyear": "EXTRACT(WEEK FROM _x)", "day": "EXTRACT(DAY FROM _x)", "dayofyear": "EXTRACT(DOY FROM _x)", "hour": "EXTRACT(HOUR FROM _x)",
    "minute": "EXTRACT(MINUTE FROM _x)", "second": "FLOOR(EXTRACT(SECOND FROM _x))", "millisecond": "FLOOR(EXTRACT(MILLISECOND FROM _x)) % 1000",
    "microsecond": "EXTRACT(MICROSECOND FROM _x) % 1000000", "nanosecond": "EXTRACT(MICROSECOND FROM _x) % 1000000 * 1000",
}  # fmt: skip


@lowers("datetime_part")
def part(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    text = _PARTS.get(constant(call.args[0], "a part of a datetime").lower())
    if text is None:
        raise Unsupported("a part of a datetime that Kusto does not have", call.args[0].span)
    return lowering.template(f"CAST({text} AS INT)", x=args[1].node)


_SUNDAY = "DATE_TRUNC('week', _{0} + INTERVAL '1 DAY')"
_SECONDS = {"hour": 3600, "minute": 60, "second": 1}
_FRACTIONS = {"millisecond": "1000", "microsecond": "1000000"}


@lowers("datetime_diff")
def difference(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Borders crossed, not units elapsed. Weeks begin on Sunday."""
    unit = constant(call.args[0], "a unit of time").lower()
    nodes = {"a": args[1].node, "b": args[2].node}
    if not lowering.postgres:
        if unit == "week":
            return lowering.template("DATE_DIFF('day', DATE_TRUNC('week', _b + INTERVAL '1 DAY'), DATE_TRUNC('week', _a + INTERVAL '1 DAY')) // 7", **nodes)
        if unit == "nanosecond":
            return lowering.template("DATE_DIFF('microsecond', _b, _a) * 1000", **nodes)
        if unit in ("year", "quarter", "month", "day", *_SECONDS, *_FRACTIONS):
            return lowering.template(f"DATE_DIFF('{unit}', _b, _a)", **nodes)
        raise Unsupported(f"the unit of time {unit!r}", call.args[0].span)
    year = "EXTRACT(YEAR FROM _a) - EXTRACT(YEAR FROM _b)"
    match unit:
        case "year":
            text = f"CAST({year} AS BIGINT)"
        case "quarter":
            text = f"CAST(({year}) * 4 + EXTRACT(QUARTER FROM _a) - EXTRACT(QUARTER FROM _b) AS BIGINT)"
        case "month":
            text = f"CAST(({year}) * 12 + EXTRACT(MONTH FROM _a) - EXTRACT(MONTH FROM _b) AS BIGINT)"
        case "week":
            text = f"(CAST({_SUNDAY.format('a')} AS DATE) - CAST({_SUNDAY.format('b')} AS DATE)) / 7"
        case "day":
            text = "CAST(_a AS DATE) - CAST(_b AS DATE)"
        case "hour" | "minute" | "second":
            size = _SECONDS[unit]
            epoch = f"EXTRACT(EPOCH FROM DATE_TRUNC('{unit}', _a) - DATE_TRUNC('{unit}', _b))"
            text = f"CAST({epoch} / {size} AS BIGINT)" if size > 1 else f"CAST({epoch} AS BIGINT)"
        case "millisecond" | "microsecond":
            text = f"CAST(EXTRACT(EPOCH FROM DATE_TRUNC('{unit}', _a) - DATE_TRUNC('{unit}', _b)) * {_FRACTIONS[unit]} AS BIGINT)"
        case "nanosecond":
            text = "CAST(EXTRACT(EPOCH FROM _a - _b) * 1000000000 AS BIGINT)"
        case _:
            raise Unsupported(f"the unit of time {unit!r}", call.args[0].span)
    return lowering.template(text, **nodes)


_STEPS = {
    "year": "1 YEAR", "quarter": "3 MONTH", "month": "1 MONTH", "week": "7 DAY", "day": "1 DAY", "hour": "1 HOUR", "minute": "1 MINUTE", "second": "1 SECOND",
    "millisecond": "1 MILLISECOND", "microsecond": "1 MICROSECOND",
}  # fmt: skip


@lowers("datetime_add")
def add(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Months are clipped to the last day, as in Kusto."""
    step = _STEPS.get(constant(call.args[0], "a unit of time").lower())
    if step is None:
        raise Unsupported(f"the unit of time {constant(call.args[0], '')!r}", call.args[0].span)
    return lowering.template(f"_date + _n * INTERVAL '{step}'", date=args[2].node, n=args[1].node)


@lowers("make_datetime")
def make_datetime(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    if len(args) == 1:
        return lowering.convert(args[0], Type.DATETIME).node
    if len(args) < 3:
        raise Unsupported("make_datetime() of two parts", call.span)
    keys = ("year", "month", "day", "hour", "minute", "second")
    zero = SqlValue(exp.Literal.number("0"), Type.LONG, False)
    nodes = {key: (args[at] if at < len(args) else zero).node for at, key in enumerate(keys)}
    nodes = {key: node if isinstance(node, exp.Literal) or key == "second" else lowering.cast(node, Type.INT) for key, node in nodes.items()}
    if not lowering.postgres:
        text = "CASE WHEN _year BETWEEN 1 AND 9999 THEN TRY(MAKE_TIMESTAMP(_year, _month, _day, _hour, _minute, _second)) END"
        return lowering.template(text, **nodes)
    guard = "_year BETWEEN 1 AND 9999 AND _month BETWEEN 1 AND 12 AND _hour BETWEEN 0 AND 23 AND _minute BETWEEN 0 AND 59 AND _second >= 0 AND _second < 60 AND _day >= 1"
    last = "CASE _month WHEN 2 THEN CASE WHEN _year % 4 = 0 AND (_year % 100 <> 0 OR _year % 400 = 0) THEN 29 ELSE 28 END WHEN 4 THEN 30 WHEN 6 THEN 30 WHEN 9 THEN 30 WHEN 11 THEN 30 ELSE 31 END"
    return lowering.template(f"CASE WHEN {guard} AND _day <= {last} THEN MAKE_TIMESTAMP(_year, _month, _day, _hour, _minute, _second) END", **nodes)


@lowers("make_timespan")
def make_timespan(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    if len(args) == 1:
        return lowering.convert(args[0], Type.TIMESPAN).node
    keys = ("hour", "minute", "second") if len(args) < 4 else ("day", "hour", "minute", "second")
    parts = []
    nodes = {}
    for key, value in zip(keys, args, strict=False):
        unit, node = key.upper(), value.node
        if key == "second" and not lowering.postgres:
            node, unit = lowering.template("CAST(_x * 1000000 AS BIGINT)", x=node), "MICROSECOND"
        nodes[key] = node
        parts.append(f"_{key} * INTERVAL '1 {unit}'")
    return lowering.template(" + ".join(parts), **nodes)


# ---------------------------------------------------------------- formats
_TOKEN = re.compile(r"([yMdHhmsfF])\1*|tt|[^A-Za-z]+|.")
_LETTERS = {
    "yyyy": ("YYYY", "%Y"), "yy": ("YY", "%y"), "MM": ("MM", "%m"), "M": ("FMMM", "%-m"), "dd": ("DD", "%d"), "d": ("FMDD", "%-d"), "HH": ("HH24", "%H"), "H": ("FMHH24", "%-H"),
    "hh": ("HH12", "%I"), "h": ("FMHH12", "%-I"), "mm": ("MI", "%M"), "m": ("FMMI", "%-M"), "ss": ("SS", "%S"), "s": ("FMSS", "%-S"), "tt": ("AM", "%p"),
}  # fmt: skip


@lowers("format_datetime")
def format_datetime(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """The .NET-like letters as those of TO_CHAR or STRFTIME."""
    text = constant(call.args[1], "a format")
    at = 0 if lowering.postgres else 1
    pieces: list[str | int] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in _LETTERS:
            pieces.append(_LETTERS[token][at])
        elif set(token) == {"f"} and len(token) <= 7:
            pieces.append(f"FF{min(len(token), 6)}{'0' if len(token) == 7 else ''}" if lowering.postgres else len(token))
        elif token.isascii() and not token.isalnum() and '"' not in token and "\\" not in token:
            pieces.append(token.replace("%", "%%") if not lowering.postgres else token)
        else:
            raise Unsupported(f"{token!r} in a format of datetimes", call.args[1].span)
    parts: list[exp.Expression] = []
    run = ""
    for piece in [*pieces, None]:
        if isinstance(piece, str):
            run += piece
            continue
        if run:
            parts.append(exp.Anonymous(this="TO_CHAR" if lowering.postgres else "STRFTIME", expressions=[args[0].node.copy(), names.string(run)]))
            run = ""
        if isinstance(piece, int):
            micros = exp.Anonymous(this="STRFTIME", expressions=[args[0].node.copy(), names.string("%f")])
            parts.append(exp.Anonymous(this="RPAD", expressions=[exp.Anonymous(this="LEFT", expressions=[micros, names.integer(piece)]), names.integer(piece), names.string("0")]))
    whole = parts[0] if parts else names.string("")
    for extra in parts[1:]:
        whole = exp.DPipe(this=whole, expression=extra)
    return SqlValue(whole, Type.STRING, args[0].nullable)


_SPAN_TOKEN = re.compile(r"d+|[hH]{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}|[^A-Za-z]+|.")


@lowers("format_timespan")
def format_timespan(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """Each group of letters as a number of its own, padded with zeros."""
    micros = lowering.template("ABS(CAST(EXTRACT(EPOCH FROM _x) * 1000000 AS BIGINT))", x=args[0].node)
    integer_division = "/" if lowering.postgres else "//"
    sizes = {"d": (86_400_000_000, 0), "h": (3_600_000_000, 24), "m": (60_000_000, 60), "s": (1_000_000, 60)}
    sign = "CASE WHEN _x < INTERVAL '0 SECOND' THEN '-' ELSE '' END"
    parts = [lowering.template(sign, x=args[0].node)]
    for match in _SPAN_TOKEN.finditer(constant(call.args[1], "a format")):
        token = match[0]
        kind = token[0].lower()
        if kind in sizes and token.isalpha():
            size, modulus = sizes[kind]
            number = f"_u {integer_division} {size}" + (f" % {modulus}" if modulus else "")
            shown = f"CAST({number} AS TEXT)"
            width = len(token)
            text = shown if width == 1 else f"CASE WHEN {number} < {10 ** (width - 1)} THEN LPAD({shown}, {width}, '0') ELSE {shown} END" if kind == "d" else f"LPAD({shown}, {width}, '0')"
            parts.append(lowering.template(text, u=micros))
        elif kind == "f" and token.isalpha():
            digits = f"LEFT(LPAD(CAST(_u % 1000000 AS TEXT), 6, '0') || '0', {len(token)})"
            parts.append(lowering.template(f"RTRIM({digits}, '0')" if token[0] == "F" else digits, u=micros))
        elif not token.isalpha():
            parts.append(names.string(token))
        else:
            raise Unsupported(f"{token!r} in a format of timespans", call.args[1].span)
    whole = parts[0]
    for extra in parts[1:]:
        whole = exp.DPipe(this=whole, expression=extra)
    return SqlValue(exp.Paren(this=whole), Type.STRING, args[0].nullable)
