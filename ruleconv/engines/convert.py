"""From the values of JSON, CSV or Python rows to values of a column's type; and which type a column without a schema has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from ruleconv.engines.model import Value
from ruleconv.engines.values import INT_MAX, INT_MIN, LONG_MAX, LONG_MIN, Mismatch, boolean, integral, json_text, natural
from ruleconv.ir.types import Type

_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII | re.IGNORECASE
)
_SPAN = re.compile(r"(-)?(?:(\d{1,8})\.)?(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?", re.ASCII)
_LONG = re.compile(r"-?(0|[1-9]\d{0,18})", re.ASCII)
_REAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def parse_moment(text: str) -> datetime | None:
    """An ISO 8601 date, with or without a time and a zone (UTC when there is none); digits below the microsecond are cut off."""
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        at = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC)
        at = at.replace(microsecond=int((fraction or "0").ljust(6, "0")[:6]))
        if zone and zone[0] in "+-":
            digits = zone[1:].replace(":", "").ljust(4, "0")
            offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
            at = at - offset if zone[0] == "+" else at + offset
    except (ValueError, OverflowError):
        return None
    return at


def parse_span(text: str) -> timedelta | None:
    """Kusto's own form: ``[-][d.]hh:mm[:ss[.fffffff]]``."""
    found = _SPAN.fullmatch(text.strip())
    if not found:
        return None
    sign, days, hours, minutes, seconds, fraction = found.groups()
    micros = int((fraction or "0").ljust(6, "0")[:6])
    span = timedelta(days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0), microseconds=micros)
    return -span if sign else span


# ---------------------------------------------------------------- to a known type
def to_string(value: object) -> Value:
    """As Kusto's ingestion: a scalar by its text, a container as compact JSON."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            at = value.astimezone(UTC) if value.tzinfo else value
            return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "0Z"
        case list() | dict() | tuple():
            return json_text(natural(value))
        case _:
            return str(value)


def to_bool(value: object) -> Value:
    if isinstance(value, str):
        found = {"true": True, "false": False, "1": True, "0": False}.get(value.strip().lower())
        if found is None:
            raise Mismatch
        return found
    return boolean(value)


def _to_integer(low: int, high: int) -> Callable[[object], Value]:
    def convert(value: object) -> Value:
        number: int | None
        if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d{1,20}(\.0*)?\s*", value, re.ASCII):
            number = int(value.split(".")[0])
        elif isinstance(value, str) and re.fullmatch(r"0[xX][0-9a-fA-F]{1,16}", value):
            number = int(value, 16)
        else:
            number = int(value) if isinstance(value, bool) else integral(value)
        if number is None or not low <= number <= high:
            raise Mismatch
        return number

    return convert


def to_real(value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise Mismatch
    return float(value)


def to_decimal(value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise Mismatch
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        raise Mismatch from None


def to_moment(value: object) -> Value:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    at = parse_moment(value) if isinstance(value, str) else None
    if at is None:
        raise Mismatch
    return at


def to_span(value: object) -> Value:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    span = parse_span(value) if isinstance(value, str) else None
    if span is None:
        raise Mismatch
    return span


def to_guid(value: object) -> Value:
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str):
        raise Mismatch
    return UUID(value.strip())


def to_dynamic(value: object) -> Value:
    """A text that holds a JSON object or array is taken as such: that is how log exports carry nested values."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            parsed: Value = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return parsed
    return natural([value])[0]  # type: ignore[index] # a list comes back as a list, with JSON's types inside


_TO: dict[Type, Callable[[object], Value]] = {
    Type.STRING: to_string,
    Type.BOOL: to_bool,
    Type.INT: _to_integer(INT_MIN, INT_MAX),
    Type.LONG: _to_integer(LONG_MIN, LONG_MAX),
    Type.REAL: to_real,
    Type.DECIMAL: to_decimal,
    Type.DATETIME: to_moment,
    Type.TIMESPAN: to_span,
    Type.GUID: to_guid,
    Type.DYNAMIC: to_dynamic,
    Type.UNKNOWN: to_string,
}


def convert(value: object, kind: Type) -> Value:
    """The value as one of that type; None stays None, and an empty text is the null of every type but string. Mismatch if it is none."""
    if value is None or (value == "" and isinstance(value, str) and kind is not Type.STRING):
        return None
    try:
        return _TO[kind](value)
    except (ValueError, TypeError, OverflowError, ArithmeticError) as error:
        raise Mismatch(str(error)) from error


# ---------------------------------------------------------------- without a schema
def infer(values: Iterable[object], untyped: bool) -> Type:
    """The type that holds every value: a scalar type, real for whole and broken numbers, else dynamic; string when there is no value.

    ``untyped``: the values are text (CSV). Text is taken as a datetime only when all of it is ISO 8601; numbers with a leading
    zero, or too long, are names and stay text.
    """
    kinds = {
        _kind_of_text(value) if untyped and isinstance(value, str) else _kind(value)
        for value in values
        if value is not None and value != ""
    }
    if not kinds:
        return Type.STRING
    if len(kinds) == 1:
        return kinds.pop()
    if kinds == {Type.LONG, Type.REAL}:
        return Type.REAL
    if untyped or kinds == {Type.STRING, Type.DATETIME}:
        return Type.STRING
    return Type.DYNAMIC


def _kind(value: object) -> Type:
    match value:
        case bool():
            return Type.BOOL
        case int():
            return Type.LONG if LONG_MIN <= value <= LONG_MAX else Type.REAL
        case float():
            return Type.REAL
        case str():
            return Type.DATETIME if value[:4].isdigit() and parse_moment(value) else Type.STRING
        case datetime() | date():
            return Type.DATETIME
        case timedelta() | time():
            return Type.TIMESPAN
        case UUID():
            return Type.GUID
        case Decimal():
            return Type.DECIMAL
        case _:
            return Type.DYNAMIC


def _kind_of_text(text: str) -> Type:
    if _LONG.fullmatch(text):
        return Type.LONG if LONG_MIN <= int(text) <= LONG_MAX else Type.STRING
    if _REAL.fullmatch(text):
        return Type.REAL
    if text.lower() in ("true", "false"):
        return Type.BOOL
    if text[:1] in ("{", "["):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return Type.STRING
        return Type.DYNAMIC
    return _kind(text)
