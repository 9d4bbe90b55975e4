"""Identifiers and literals as sqlglot nodes: the one place where text that a user wrote enters SQL."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from decimal import Decimal

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.types import Type

TYPES: dict[str, dict[Type, str]] = {
    "postgres": {
        Type.BOOL: "BOOLEAN",
        Type.INT: "INT",
        Type.LONG: "BIGINT",
        Type.REAL: "DOUBLE PRECISION",
        Type.DECIMAL: "DECIMAL",
        Type.STRING: "TEXT",
        Type.DATETIME: "TIMESTAMP",
        Type.TIMESPAN: "INTERVAL",
        Type.GUID: "UUID",
        Type.DYNAMIC: "JSONB",
        Type.UNKNOWN: "TEXT",
    },
    "duckdb": {
        Type.BOOL: "BOOLEAN",
        Type.INT: "INT",
        Type.LONG: "BIGINT",
        Type.REAL: "DOUBLE",
        Type.DECIMAL: "DECIMAL(38, 18)",
        Type.STRING: "TEXT",
        Type.DATETIME: "TIMESTAMP",
        Type.TIMESPAN: "INTERVAL",
        Type.GUID: "UUID",
        Type.DYNAMIC: "JSON",
        Type.UNKNOWN: "TEXT",
    },
}
_EPOCH = datetime(1, 1, 1)  # noqa: DTZ001  (a TIMESTAMP without zone, as all of ours)
_UNITS = (
    ("DAY", 864_000_000_000),
    ("HOUR", 36_000_000_000),
    ("MINUTE", 600_000_000),
    ("SECOND", 10_000_000),
    ("MILLISECOND", 10_000),
    ("MICROSECOND", 10),
)


def sql_type(type_: Type, dialect: str) -> exp.DataType:
    """The SQL type of a Kusto type."""
    return exp.DataType.build(TYPES[dialect][type_], dialect=dialect)


def identifier(name: str) -> exp.Identifier:
    """A name, always quoted: Postgres folds the case of bare ones."""
    if "\0" in name or not name:
        raise Unsupported("a name that is empty or holds the character NUL")
    return exp.Identifier(this=name, quoted=True)


def column(name: str, table: str = "") -> exp.Column:
    return exp.Column(this=identifier(name), table=identifier(table)) if table else exp.Column(this=identifier(name))


def table(name: str, alias: str = "") -> exp.Table:
    """A table by its name; a dot is part of the name."""
    node = exp.Table(this=identifier(name))
    if alias:
        node.set("alias", exp.TableAlias(this=identifier(alias)))
    return node


def string(text: str) -> exp.Literal:
    """A string literal. NUL cannot stand in SQL text, lone surrogates not in UTF-8."""
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise Unsupported("a string that holds the character NUL or a lone surrogate")
    return exp.Literal.string(text)


def integer(value: int) -> exp.Expression:
    return exp.Neg(this=exp.Literal.number(str(-value))) if value < 0 else exp.Literal.number(str(value))


def number(value: float | Decimal) -> exp.Expression:
    """A literal of a finite number: ``1.5`` (numeric in SQL; cast where a double matters)."""
    text = format(abs(value), "f") if isinstance(value, Decimal) else repr(abs(value))
    node: exp.Expression = exp.Literal.number(text)
    return exp.Neg(this=node) if value < 0 or (value == 0 and math.copysign(1, value) < 0) else node


def cast(node: exp.Expression, type_: Type, dialect: str) -> exp.Cast:
    return exp.Cast(this=node, to=sql_type(type_, dialect))


def null(type_: Type, dialect: str) -> exp.Expression:
    """A typed NULL."""
    return cast(exp.Null(), type_, dialect)


def timestamp(ticks: int, dialect: str) -> exp.Expression:
    """A timestamp literal from ticks since 0001-01-01; digits below the microsecond are lost (S-decision on ticks)."""
    at = _EPOCH + timedelta(microseconds=ticks // 10)
    text = at.strftime("%m-%d %H:%M:%S") + (f".{at.microsecond:06d}".rstrip("0") if at.microsecond else "")
    return cast(string(f"{at.year:04d}-{text}"), Type.DATETIME, dialect)


def interval(ticks: int) -> exp.Expression:
    """An interval literal in the largest unit that says it exactly. Refused below the microsecond (S5)."""
    sign, rest = (-1, -ticks) if ticks < 0 else (1, ticks)
    if rest % 10:
        raise Unsupported("a timespan with parts of a microsecond", hint="SQL's intervals count microseconds")
    unit, size = next(((u, s) for u, s in _UNITS if rest % s == 0), _UNITS[-1]) if rest else ("SECOND", 10_000_000)
    return exp.Interval(this=exp.Literal.string(str(sign * (rest // size))), unit=exp.Var(this=unit))


def json_value(value: object, dialect: str) -> exp.Expression:
    """A dynamic literal. JSON has no NaN and no infinities: they become their names, as in Kusto's own output."""
    text = json.dumps(_named(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)
    return cast(string(text), Type.DYNAMIC, dialect)


def _named(value: object) -> object:
    """``value`` with the names of the numbers that JSON does not know in their places."""
    match value:
        case float() if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case list():
            return [_named(item) for item in value]
        case dict():
            return {key: _named(item) for key, item in value.items()}
        case _:
            return value


def literal(value: object, type_: Type, dialect: str) -> exp.Expression:
    """The literal of an ``ir.expr.Literal``'s value and type."""
    if value is None:
        return exp.Literal.string("") if type_ is Type.STRING else null(type_, dialect)
    match type_:
        case Type.BOOL:
            return exp.Boolean(this=bool(value))
        case Type.INT | Type.LONG if isinstance(value, int):
            return integer(value)
        case Type.REAL if isinstance(value, (int, float)):
            value = float(value)
            if math.isnan(value) or math.isinf(value):
                return cast(string("NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"), type_, dialect)
            return cast(number(value), type_, dialect)
        case Type.DECIMAL:
            return cast(number(Decimal(str(value))), type_, dialect)
        case Type.DATETIME if isinstance(value, int):
            return timestamp(value, dialect)
        case Type.TIMESPAN if isinstance(value, int):
            return interval(value)
        case Type.GUID:
            return cast(string(str(value)), type_, dialect)
        case Type.DYNAMIC:
            return json_value(value, dialect)
        case _:
            return string(str(value))
