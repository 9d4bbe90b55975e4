"""The clock, borders of periods, differences and constructors of times.

Semantics: https://learn.microsoft.com/kusto/query/datetime-diff-function and its neighbours. Weeks start on Sunday there, on Monday in SQL.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.arguments import call as anonymous
from ruleconv_backends.sql.arguments import constant_text
from ruleconv_backends.sql.functions.math import constant
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.template import parenthesised
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_TICKS_OF_1970 = 621_355_968_000_000_000
_UNITS = {
    "year": ("YEAR", 1), "quarter": ("MONTH", 3), "month": ("MONTH", 1), "week": ("DAY", 7), "day": ("DAY", 1), "hour": ("HOUR", 1),
    "minute": ("MINUTE", 1), "second": ("SECOND", 1), "millisecond": ("MILLISECOND", 1), "microsecond": ("MICROSECOND", 1),
}  # fmt: skip
_SECONDS = {"hour": "/ 3600", "minute": "/ 60", "second": "", "millisecond": "* 1000", "microsecond": "* 1000000"}
_MICROSECOND = "INTERVAL '1 MICROSECOND'"


def interval(amount: int, unit: str) -> exp.Expression:
    return exp.Interval(this=exp.Literal.string(str(amount)), unit=exp.Var(this=unit))


def later(node: exp.Expression, amount: int, unit: str) -> exp.Expression:
    """``node + INTERVAL '3 MONTH'``; nothing for 0."""
    if amount == 0:
        return node
    kind = exp.Add if amount > 0 else exp.Sub
    return kind(this=node if isinstance(node, (exp.Add, exp.Sub)) else parenthesised(node), expression=interval(abs(amount), unit))


def _unit(call: Call, known: tuple[str, ...]) -> str:
    unit = constant_text(call, 0, "a period").lower()
    if unit not in known:
        raise Unsupported(f"{call.function}() with the period '{unit}'", call.args[0].span)
    return unit


# ---------------------------------------------------------------- the clock
@lowers("now")
def now(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    clock = lowering.now_node()
    if not args:
        return SqlValue(clock, Type.DATETIME, False)
    return SqlValue(exp.Add(this=parenthesised(clock), expression=parenthesised(args[0].node)), Type.DATETIME, args[0].nullable)


@lowers("ago")
def ago(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    node = exp.Sub(this=parenthesised(lowering.now_node()), expression=parenthesised(args[0].node))
    return SqlValue(node, Type.DATETIME, args[0].nullable)


# ---------------------------------------------------------------- borders
@lowers("startofday", "startofweek", "startofmonth", "startofyear", "endofday", "endofweek", "endofmonth", "endofyear")
def border(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    end = call.function.startswith("end")
    unit = call.function.removeprefix("endof" if end else "startof").upper()
    step, size = ("DAY", 7) if unit == "WEEK" else (unit, 1)
    if unit == "WEEK":
        node = lowering.template("DATE_TRUNC('WEEK', _t + INTERVAL '1 DAY')", t=args[0].node)
    else:
        node = lowering.template(f"DATE_TRUNC('{unit}', _t)", t=args[0].node)
    offset = constant(call, 1) if len(args) > 1 else 0
    fixed = (size if end else 0) - (1 if unit == "WEEK" else 0)
    if isinstance(offset, int):
        node = later(node, fixed + size * offset, step)
    else:
        node = later(lowering.template(f"_t + _n * INTERVAL '{size} {step}'", t=node, n=args[1].node), fixed, step)
    if end:
        node = lowering.template(f"_t - {_MICROSECOND}", t=node)
        if isinstance(node.this, exp.Paren):
            node.set("this", node.this.this)
    return SqlValue(node, Type.DATETIME, any(a.nullable for a in args))


# ---------------------------------------------------------------- parts
@lowers("datetime_part")
def part(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    wanted = constant_text(call, 0, "a part").lower()
    fields = {
        "year": "YEAR", "quarter": "QUARTER", "month": "MONTH", "week_of_year": "WEEK", "weekofyear": "WEEK", "day": "DAY",
        "dayofyear": "DOY", "hour": "HOUR", "minute": "MINUTE", "second": "SECOND", "millisecond": "MILLISECOND",
        "microsecond": "MICROSECOND", "nanosecond": "MICROSECOND",
    }  # fmt: skip
    if wanted not in fields:
        raise Unsupported(f"datetime_part() with the part '{wanted}'", call.args[0].span)
    field = f"EXTRACT({fields[wanted]} FROM _t)"
    if lowering.postgres:
        field = f"CAST({'FLOOR' if wanted in ('second', 'millisecond') else ''}({field}) AS INT)"
    modulus = {"millisecond": " % 1000", "microsecond": " % 1000000", "nanosecond": " % 1000000 * 1000"}.get(wanted, "")
    node = lowering.template(f"{field}{modulus}", t=args[1].node)
    for paren in list(node.find_all(exp.Paren)):
        if isinstance(paren.this, exp.Extract):
            paren.replace(paren.this)
    return node


# ---------------------------------------------------------------- calculations
@lowers("datetime_add")
def add(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    unit = _unit(call, (*_UNITS, "nanosecond"))
    name, size = _UNITS.get(unit, ("MICROSECOND", 1))
    amount = constant(call, 1)
    if unit == "nanosecond":
        if not isinstance(amount, int):
            raise Unsupported("datetime_add() of a computed number of nanoseconds", call.span)
        amount = amount // 1000 if amount >= 0 else -(-amount // 1000)
    if isinstance(amount, int):
        return later(args[2].node, amount * size, name)
    return lowering.template(f"_t + _n * INTERVAL '{size} {name}'", t=args[2].node, n=args[1].node)


@lowers("datetime_diff")
def difference(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Counted in borders of the period that lie between."""
    unit = _unit(call, (*_UNITS, "nanosecond"))
    left, right = args[1].node, args[2].node
    if unit == "nanosecond":
        text = "CAST(EXTRACT(EPOCH FROM _a - _b) * 1000000000 AS BIGINT)" if lowering.postgres else "EPOCH_US(_a - _b) * 1000"
        return lowering.template(text, a=left, b=right)
    if unit == "week":
        left, right = (later(side, 1, "DAY") for side in (left, right))
    if not lowering.postgres and unit == "week":
        weeks = "DATE_DIFF('day', DATE_TRUNC('WEEK', _b), DATE_TRUNC('WEEK', _a)) // 7"  # its own weeks miscount downwards
        return lowering.template(weeks, a=left, b=right)
    if not lowering.postgres:
        return anonymous("DATE_DIFF", exp.Literal.string(unit), right, left)
    match unit:
        case "year":
            text = "CAST(EXTRACT(YEAR FROM _a) - EXTRACT(YEAR FROM _b) AS BIGINT)"
        case "quarter" | "month":
            count = 4 if unit == "quarter" else 12
            years = f"(EXTRACT(YEAR FROM _a) - EXTRACT(YEAR FROM _b)) * {count}"
            text = f"CAST({years} + EXTRACT({unit.upper()} FROM _a) - EXTRACT({unit.upper()} FROM _b) AS BIGINT)"
        case "week":
            text = "(CAST(DATE_TRUNC('WEEK', _a) AS DATE) - CAST(DATE_TRUNC('WEEK', _b) AS DATE)) / 7"
        case "day":
            text = "CAST(_a AS DATE) - CAST(_b AS DATE)"
        case _:
            field = unit.upper() + ("S" if unit.endswith("isecond") or unit == "microsecond" else "")
            between = f"DATE_TRUNC('{field}', _a) - DATE_TRUNC('{field}', _b)" if unit != "microsecond" else "_a - _b"
            text = f"CAST(EXTRACT(EPOCH FROM {between}) {_SECONDS[unit]} AS BIGINT)"
    return lowering.template(text, a=left, b=right)


# ---------------------------------------------------------------- constructors
@lowers("make_datetime")
def make_datetime(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    if len(args) == 1:
        return lowering.convert(args[0], Type.DATETIME)
    if len(args) == 2:
        raise Unsupported("make_datetime() of a year and a month only", call.span, "give the day too")
    given = [constant(call, at) for at in range(len(args))]
    if all(number is not None for number in given):
        return SqlValue(
            names.literal(_ticks([float(number or 0) for number in given]), Type.DATETIME, lowering.dialect), Type.DATETIME, True
        )
    values = [lowering.cast(a.node, Type.INT) if at < 5 and not isinstance(a.node, exp.Literal) else a.node for at, a in enumerate(args)]
    parts = dict(zip(("y", "mo", "d", "h", "mi", "s"), [*values, *[exp.Literal.number("0")] * (6 - len(values))], strict=True))
    if not lowering.postgres:
        return SqlValue(lowering.template("TRY(MAKE_TIMESTAMP(_y, _mo, _d, _h, _mi, CAST(_s AS DOUBLE)))", **parts), Type.DATETIME, True)
    last = "EXTRACT(DAY FROM MAKE_DATE(_y, _mo, 1) + INTERVAL '1 MONTH' - INTERVAL '1 DAY')"
    text = (
        "CASE WHEN _y BETWEEN 1 AND 9999 AND _mo BETWEEN 1 AND 12 AND _h BETWEEN 0 AND 23 AND _mi BETWEEN 0 AND 59 AND _s >= 0 AND _s < 60 "
        f"THEN CASE WHEN _d BETWEEN 1 AND {last} THEN MAKE_TIMESTAMP(_y, _mo, _d, _h, _mi, _s) END END"
    )
    return SqlValue(lowering.template(text, **parts), Type.DATETIME, True)


def _ticks(parts: list[float]) -> int | None:
    """The time that is written there, None where there is no such time."""
    year, month, day, hour, minute, second = (*parts, *[0.0] * (6 - len(parts)))
    try:
        whole = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    since = whole - _EPOCH
    return (since.days * 86_400 + since.seconds) * 10_000_000 + int((second - int(second)) * 10_000_000)


@lowers("make_timespan")
def make_timespan(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """(hours, minutes), (hours, minutes, seconds) or (days, hours, minutes, seconds)."""
    if len(args) == 1:
        return lowering.convert(args[0], Type.TIMESPAN)
    names_ = ("h", "m") if len(args) == 2 else ("h", "m", "s") if len(args) == 3 else ("d", "h", "m", "s")
    given = {name: constant(call, at) for at, name in enumerate(names_)}
    limits = {"d": 10_675_199, "h": 24, "m": 60, "s": 60}
    if all(number is not None for number in given.values()):
        numbers = {name: float(number or 0) for name, number in given.items()}
        ticks = None
        if all(0 <= number < limits[name] for name, number in numbers.items()):
            whole = int(numbers.get("d", 0)) * 86_400 + int(numbers["h"]) * 3_600 + int(numbers["m"]) * 60
            ticks = whole * 10_000_000 + round(numbers.get("s", 0) * 10_000_000)
        return SqlValue(names.literal(ticks, Type.TIMESPAN, lowering.dialect), Type.TIMESPAN, True)
    parts = {name: a.node for name, a in zip(names_, args, strict=True)}
    allowed = " AND ".join(f"_{name} >= 0 AND _{name} < {limits[name]}" for name in names_)
    if lowering.postgres:
        words = {"d": "days", "h": "hours", "m": "mins", "s": "secs"}
        made = ", ".join(f"{words[n]} => " + (f"CAST(_{n} AS INT)" if n != "s" else "_s") for n in names_)
        return SqlValue(lowering.template(f"CASE WHEN {allowed} THEN MAKE_INTERVAL({made}) END", **parts), Type.TIMESPAN, True)
    words = {"d": "TO_DAYS", "h": "TO_HOURS", "m": "TO_MINUTES", "s": "TO_SECONDS"}
    made = " + ".join(f"{words[n]}(" + (f"CAST(_{n} AS INT)" if n != "s" else "_s") + ")" for n in names_)
    return SqlValue(lowering.template(f"CASE WHEN {allowed} THEN {made} END", **parts), Type.TIMESPAN, True)


@lowers(*(f"unixtime_{unit}_todatetime" for unit in ("seconds", "milliseconds", "microseconds", "nanoseconds")))
def unixtime(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """Null outside of the years 1 to 9999."""
    per_second = {"seconds": 1, "milliseconds": 1_000, "microseconds": 1_000_000, "nanoseconds": 1_000_000_000}[call.function.split("_")[1]]
    number = constant(call, 0)
    if isinstance(call.args[0], Literal) and number is not None:
        ticks = _TICKS_OF_1970 + int(number * 10_000_000) // per_second
        known = ticks if 0 <= ticks < 3_155_378_976_000_000_000 else None
        return SqlValue(names.literal(known, Type.DATETIME, lowering.dialect), Type.DATETIME, known is None)
    least, most = -62_135_596_800 * per_second, 253_402_300_799 * per_second
    if lowering.postgres:
        made = "TO_TIMESTAMP(_x) AT TIME ZONE 'UTC'" if per_second == 1 else f"TO_TIMESTAMP(_x / {per_second}.0) AT TIME ZONE 'UTC'"
    elif args[0].type.is_integer:
        cast = "CAST(_x AS BIGINT)" if args[0].type is Type.INT else "_x"
        made = f"MAKE_TIMESTAMP({cast} // 1000)" if per_second == 1_000_000_000 else f"MAKE_TIMESTAMP({cast} * {1_000_000 // per_second})"
    else:
        made = f"MAKE_TIMESTAMP(CAST(_x * 1000000 / {per_second} AS BIGINT))"
    if per_second == 1_000_000_000:
        return SqlValue(lowering.template(made, x=args[0].node), Type.DATETIME, args[0].nullable)
    return SqlValue(lowering.template(f"CASE WHEN _x BETWEEN {least} AND {most} THEN {made} END", x=args[0].node), Type.DATETIME, True)
