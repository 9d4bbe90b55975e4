"""Literals, the inside of ``dynamic(...)``, types."""

from __future__ import annotations

import re
from typing import Any

from ruleconv.ir.types import ALIASES, Type
from ruleconv.kql import literal
from ruleconv.kql.build.action import Misplaced, Values, action
from ruleconv.kql.lex import Token
from ruleconv.kql.tree import Call, ColumnDeclaration, Literal, TypeOf, Wildcard
from ruleconv.text import Span

_NOW = re.compile(r"date(?:time)?\(\s*\)")
"""``datetime()`` is the current time (https://learn.microsoft.com/kusto/query/scalar-data-types/datetime)."""


def _checked(reader: Any, token: Token) -> Any:
    try:
        return reader(token.text)
    except ValueError as wrong:
        hint = "a backslash is written `\\\\`, or use a verbatim string: @'...'" if "escape" in str(wrong) else ""
        raise Misplaced(str(wrong), token.span, hint) from None


@action
def string(v: Values, start: int, end: int) -> Literal:
    token = v[0]
    return Literal(_checked(literal.string_value, token), Type.STRING, token.text, span=Span(start, end))


@action
def long(v: Values, start: int, end: int) -> Literal:
    token = v[0]
    return Literal(_checked(literal.long_value, token), Type.LONG, token.text, span=Span(start, end))


@action
def real(v: Values, start: int, end: int) -> Literal:
    return Literal(float(v[0].text), Type.REAL, v[0].text, span=Span(start, end))


@action
def timespan(v: Values, start: int, end: int) -> Literal:
    return Literal(_checked(literal.timespan_value, v[0]), Type.TIMESPAN, v[0].text, span=Span(start, end))


@action
def bool_(v: Values, start: int, end: int) -> Literal:
    return Literal(v[0].text.lower() == "true", Type.BOOL, v[0].text, span=Span(start, end))


@action
def typed(v: Values, start: int, end: int) -> Literal | Call:
    if _NOW.match(v[0].text):
        return Call("now", (), name_span=Span(start, end - 2), span=Span(start, end))
    kind, value = _checked(literal.typed_value, v[0])
    return Literal(value, kind, v[0].text, span=Span(start, end))


@action
def dynamic(v: Values, start: int, end: int) -> Literal:
    return Literal(v[2], Type.DYNAMIC, "", span=Span(start, end))


# ---------------------------------------------------------------- inside dynamic(): plain Python values
@action
def json_string(v: Values, start: int, end: int) -> Any:
    return _json_text(v[0])


_ADJACENT = re.compile(r"[\"']\s+[\"']")


def _json_text(token: Token) -> str:
    text = token.text.replace("\\/", "/") if "\\/" in token.text and "\\\\" not in token.text else token.text
    return str(_checked(literal.string_value, token._replace(text=text)))


@action
def json_number(v: Values, start: int, end: int) -> Any:
    return float(v[0].text) if v[0].kind == "REAL" else _checked(literal.long_value, v[0])


@action
def json_negative(v: Values, start: int, end: int) -> Any:
    value = json_number(v[1:], start, end)
    return -value if v[0].kind == "-" else value


@action
def json_timespan(v: Values, start: int, end: int) -> Any:
    return literal.timespan_text(_checked(literal.timespan_value, v[0]))


@action
def json_bool(v: Values, start: int, end: int) -> Any:
    return v[0].text.lower() == "true"


@action
def json_typed(v: Values, start: int, end: int) -> Any:
    kind, value = _checked(literal.typed_value, v[0])
    if value is None:
        return None
    match kind:
        case Type.DATETIME:
            return literal.datetime_text(value)
        case Type.TIMESPAN:
            return literal.timespan_text(value)
        case Type.GUID | Type.DECIMAL:
            return str(value)
        case _:
            return value


@action
def json_null(v: Values, start: int, end: int) -> Any:
    if v[0].text != "null":
        message = f"`{v[0].text}` cannot stand in a dynamic literal, which holds only constants"
        raise Misplaced(message, v[0].span, "use pack_array() or bag_pack() for values")
    return None


@action
def json_empty_array(v: Values, start: int, end: int) -> Any:
    return []


@action
def json_empty_bag(v: Values, start: int, end: int) -> Any:
    return {}


@action
def json_bag(v: Values, start: int, end: int) -> Any:
    return dict(v[1])


@action
def json_pair(v: Values, start: int, end: int) -> Any:
    if v[0].kind == "STRING" and _ADJACENT.search(v[0].text) and literal.pieces(v[0].text) > 1:
        raise Misplaced("a `,` or a `:` is missing between two strings", v[0].span)
    return (_json_text(v[0]) if v[0].kind == "STRING" else v[0].text, v[2])


# ---------------------------------------------------------------- types
@action
def type_(v: Values, start: int, end: int) -> Type:
    kind = ALIASES.get(v[0].text)
    if kind is None:
        types = ", ".join(t.value for t in Type if t is not Type.UNKNOWN)
        raise Misplaced(f"`{v[0].text}` is not a type", v[0].span, "the types are " + types)
    return kind


@action
def typeof_scalar(v: Values, start: int, end: int) -> TypeOf:
    return TypeOf(v[2], span=Span(start, end))


@action
def typeof_schema(v: Values, start: int, end: int) -> TypeOf:
    return schema_of(v[2], start, end)


def schema_of(items: list[ColumnDeclaration | Wildcard], start: int, end: int) -> TypeOf:
    columns = tuple(item for item in items if isinstance(item, ColumnDeclaration))
    return TypeOf(None, columns, len(columns) < len(items), span=Span(start, end))


@action
def column(v: Values, start: int, end: int) -> ColumnDeclaration:
    return ColumnDeclaration(v[0], v[2], span=Span(start, end))
