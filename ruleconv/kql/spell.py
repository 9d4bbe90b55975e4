"""Spells constants and names as KQL. In: a value as ``ir.expr.Literal`` holds it, or a name. Out: the node, whose text reads as that value.

Sources: https://learn.microsoft.com/kusto/query/scalar-data-types/ and https://learn.microsoft.com/kusto/query/schema-entities/entity-names.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from uuid import UUID

from ruleconv.ir.types import Type
from ruleconv.kql.literal import TICKS_PER_SECOND, datetime_text, timespan_text
from ruleconv.kql.tree import Literal, Name
from ruleconv.kql.words import KINDS, NEVER, NO_REFERENCE, OPTIONS
from ruleconv.text import NOWHERE, Span

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = frozenset(KINDS) | NEVER | NO_REFERENCE | OPTIONS | {"null", "matches"}
_PLAIN = frozenset(("count", "default", "filter", "from", "order", "output"))
"""Words of Kusto that both parsers take for a name in every place, and that columns are called."""
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", '"': '\\"', "'": "\\'"}
_MAX_LONG = (1 << 63) - 1
_UNITS = (
    ("d", 86_400 * TICKS_PER_SECOND), ("h", 3600 * TICKS_PER_SECOND), ("m", 60 * TICKS_PER_SECOND), ("s", TICKS_PER_SECOND),
    ("ms", 10_000), ("microsecond", 10), ("tick", 1),
)  # fmt: skip
_LARGEST_COUNT = 10_000
"""A timespan of more units than this is written with a clock, which is easier to read."""


def name(text: str, span: Span = NOWHERE) -> Name:
    """A reference to, or a declaration of, ``text``; in brackets when it is no identifier or is a word of Kusto's."""
    return Name(text, not is_identifier(text), span=span)


def is_identifier(text: str) -> bool:
    """Whether a name stands without brackets wherever a name may stand."""
    return _IDENTIFIER.fullmatch(text) is not None and (text in _PLAIN or text not in _WORDS)


def literal(value: object, kind: Type, span: Span = NOWHERE) -> Literal:
    """The constant; None is the null of the type. ValueError when there is no such constant."""
    return Literal(value, kind, text(value, kind), span=span)


def text(value: object, kind: Type) -> str:
    """A constant as written; a negative number begins with ``-``. ValueError when there is no such constant."""
    if value is None:
        if kind in (Type.STRING, Type.UNKNOWN):
            raise ValueError(f"there is no null of the type {kind}")
        return f"{kind}(null)"
    match kind:
        case Type.STRING:
            return string(str(value))
        case Type.BOOL:
            return "true" if value else "false"
        case Type.INT:
            return f"int({value})"
        case Type.LONG:
            return str(value) if isinstance(value, int) and abs(value) <= _MAX_LONG else f"long({value})"
        case Type.REAL:
            return _real(_number(value))
        case Type.DECIMAL:
            return f"decimal({Decimal(str(value)):f})"
        case Type.DATETIME:
            return f"datetime({_datetime(int(_number(value)))})"
        case Type.TIMESPAN:
            return _timespan(int(_number(value)))
        case Type.GUID:
            return f"guid({value})"
        case Type.DYNAMIC:
            return f"dynamic({_json(value)})"
        case Type.UNKNOWN:
            raise ValueError("a constant has a type")


def _number(value: object) -> int | float:
    if not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a number")
    return value


def string(value: str) -> str:
    """A string literal: verbatim where it holds backslashes, in single quotes where it holds double ones, else in double quotes."""
    if not all(char.isprintable() for char in value):
        return _escaped(value)
    if "\\" in value:
        return f"@'{value}'" if '"' in value and "'" not in value else '@"' + value.replace('"', '""') + '"'
    if '"' not in value:
        return f'"{value}"'
    return f"'{value}'" if "'" not in value else _escaped(value)


def quoted(value: str) -> str:
    """A string literal in single quotes, as names in brackets are written: ``['a name']``."""
    return _escaped(value, "'")


def _escaped(value: str, quote: str = '"') -> str:
    return quote + "".join(_escape(char, quote) for char in value) + quote


def _escape(char: str, quote: str) -> str:
    if char in "\"'":
        return "\\" + char if char == quote else char
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def _real(value: float) -> str:
    if math.isnan(value):
        return "real(nan)"
    if math.isinf(value):
        return "real(+inf)" if value > 0 else "real(-inf)"
    return repr(float(value))


def _datetime(ticks: int) -> str:
    day, clock = datetime_text(ticks)[:-1].split("T")
    if clock.strip("0:.") == "":
        return day
    return f"{day}T{clock.rstrip('0').removesuffix('.') if '.' in clock else clock}Z"


def _timespan(ticks: int) -> str:
    size = abs(ticks)
    if size == 0:
        return "0s"
    unit, length = next((unit, length) for unit, length in _UNITS if size % length == 0)
    if size // length > _LARGEST_COUNT:
        return f"time({timespan_text(ticks)})"
    return f"{'-' if ticks < 0 else ''}{size // length}{unit}"


def _json(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if -_MAX_LONG - 1 <= value <= _MAX_LONG else _real(float(value))
        case float():
            return _real(value)
        case str():
            return _escaped(value)
        case Decimal() | UUID():
            return _escaped(str(value))
        case list() | tuple():
            return "[" + ", ".join(map(_json, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{_escaped(str(key))}: {_json(each)}" for key, each in value.items()) + "}"
        case _:
            raise ValueError(f"a dynamic value cannot hold {type(value).__name__}")
