"""From a driver's values to Kusto's: one small function for each type, picked once a column.

Strict on purpose: a value that the column's type does not have is an error of the translation, and an error is better
than a wrong row.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from ruleconv.engines.model import Value
from ruleconv.ir.expr import JSON
from ruleconv.ir.types import Type

Converter = Callable[[object], Value]

LONG_MIN, LONG_MAX = -(1 << 63), (1 << 63) - 1
INT_MIN, INT_MAX = -(1 << 31), (1 << 31) - 1


class Mismatch(ValueError):
    """A value that its column's type does not have."""


def converter(kind: Type, is_json: bool) -> Converter:
    """What turns the driver's values of one column into Kusto's. ``is_json``: the engine's column holds JSON text."""
    if is_json:
        return _FROM_JSON.get(kind, from_json)
    return _CONVERTERS[kind]


def from_json(value: object) -> Value:
    """JSON text to lists, dicts and scalars; integers keep all their digits."""
    if value is None:
        return None
    if not isinstance(value, str):
        return natural(value)
    try:
        parsed: Value = json.loads(value)
    except RecursionError:
        raise Mismatch("a dynamic value is nested too deeply") from None
    except ValueError:
        raise Mismatch(f"a dynamic value is no JSON: {value[:60]!r}") from None
    return parsed


def json_text(value: object) -> str:
    """The other way: a dynamic value as JSON text for the engine to read. JSON has no NaN: it becomes its name."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_named)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), default=_named)


def _named(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return {key: _finite(item) for key, item in value.items()} if isinstance(value, dict) else value


def text(value: object) -> Value:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise Mismatch(_no(value, "string"))


def _json_text(value: object) -> Value:
    """A string column for which the engine gave JSON: the bare text of a JSON string, else the JSON itself."""
    parsed = from_json(value)
    return "" if parsed is None else parsed if isinstance(parsed, str) else str(value)


def boolean(value: object) -> Value:
    if value is None or isinstance(value, bool):
        return value
    if value in (0, 1):
        return bool(value)
    raise Mismatch(_no(value, "bool"))


def integral(value: object) -> int | None:
    """A number without a fraction as an int, whatever the driver or the file made of it; None for all else, bool too."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, Decimal) and value.is_finite() and abs(value) < 1 << 64 and value == value.to_integral_value():
        return int(value)
    return None


def _integer(value: object, low: int, high: int, kind: str) -> Value:
    if value is None:
        return None
    number = integral(value)
    if number is None:
        raise Mismatch(_no(value, kind))
    if not low <= number <= high:
        raise Mismatch(f"{number} is out of the range of {kind}")
    return number


def whole(value: object) -> Value:
    return _integer(value, INT_MIN, INT_MAX, "int")


def long(value: object) -> Value:
    return _integer(value, LONG_MIN, LONG_MAX, "long")


def real(value: object) -> Value:
    if value is None or isinstance(value, float):
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return float(value)
    raise Mismatch(_no(value, "real"))


def decimal(value: object) -> Value:
    """Without the zeros that a DECIMAL(38,18) column pads: Kusto prints 1.5."""
    if value is None:
        return None
    if isinstance(value, float):
        value = repr(value)
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise Mismatch(_no(value, "decimal"))
    try:
        number = Decimal(value)
    except ArithmeticError:
        raise Mismatch(_no(value, "decimal")) from None
    if not number.is_finite():
        return number
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if not number:
        return Decimal(0)
    while exponent < 0 and digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    return Decimal((sign, digits, exponent))


_OUTSIDE = re.compile(r"^\d{5,}-|BC|infinity")


def moment(value: object) -> Value:
    """A moment before year 1 or after 9999, which the drivers give as text, is null (S6)."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, str) and _OUTSIDE.search(value):
        return None
    raise Mismatch(_no(value, "datetime"))


def span(value: object) -> Value:
    if value is None or isinstance(value, timedelta):
        return value
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    raise Mismatch(_no(value, "timespan"))


def guid(value: object) -> Value:
    if value is None or isinstance(value, UUID):
        return value
    if isinstance(value, str):
        try:
            return UUID(value)
        except ValueError:
            pass
    raise Mismatch(_no(value, "guid"))


def natural(value: object) -> Value:
    """A dynamic (or untyped) column for which the engine gave a value of its own type, perhaps nested."""
    if value is None or isinstance(value, str | bool | int | float | timedelta | UUID):
        return value
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return moment(value)
    if isinstance(value, time):
        return span(value)
    if isinstance(value, list | tuple):
        return [_inside(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _inside(item) for key, item in value.items()}
    raise Mismatch(f"a value of the type {type(value).__name__} has no place in Kusto")


def _inside(value: object) -> JSON:
    """As ``natural``, within a container, which knows JSON's types only."""
    found = natural(value)
    if isinstance(found, datetime):
        return found.replace(tzinfo=None).isoformat() + "Z"
    return str(found) if isinstance(found, timedelta | UUID | Decimal) else found


def _no(value: object, kind: str) -> str:
    return f"{str(value)[:60]!r} ({type(value).__name__}) is not a {kind}"


_CONVERTERS: dict[Type, Converter] = {
    Type.STRING: text,
    Type.BOOL: boolean,
    Type.INT: whole,
    Type.LONG: long,
    Type.REAL: real,
    Type.DECIMAL: decimal,
    Type.DATETIME: moment,
    Type.TIMESPAN: span,
    Type.GUID: guid,
    Type.DYNAMIC: natural,
    Type.UNKNOWN: natural,
}

_FROM_JSON: dict[Type, Converter] = {Type.STRING: _json_text}
