"""Constants at binding time: conversions between literal types, as Kusto does them before a query runs."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from ruleconv.ir.expr import AggregateCall, ColumnRef, Expr, Literal, MatchQuery, ScalarQuery, WindowCall
from ruleconv.ir.types import Type
from ruleconv.ir.walk import walk
from ruleconv.kql import literal as kql_literal
from ruleconv.text import Span


def text_of(literal: Literal) -> str | None:
    """What ``tostring`` gives for the constant, where that is plain; None where it is not."""
    value, type_ = literal.value, literal.type
    if value is None:
        return ""
    match type_:
        case Type.STRING | Type.GUID:
            return str(value)
        case Type.BOOL:
            return "true" if value else "false"
        case Type.INT | Type.LONG | Type.DECIMAL:
            return str(value)
        case Type.DYNAMIC if isinstance(value, bool):
            return "true" if value else "false"
        case Type.DYNAMIC if isinstance(value, (str, int)):
            return str(value)
    return None


def converted(literal: Literal, type_: Type) -> Literal | None:
    """The constant as another type; null when it does not fit, None when this is not known here."""
    value, span = literal.value, literal.span
    if literal.type is type_:
        return literal
    if value is None:
        return Literal(None if type_ is not Type.STRING else "", type_, span)
    if type_ is Type.STRING:
        text = text_of(literal)
        return None if text is None else Literal(text, type_, span)
    if type_ is Type.DYNAMIC:
        if literal.type in (Type.STRING, Type.BOOL, Type.INT, Type.LONG, Type.REAL):
            return Literal(value, type_, span)
        return None
    if literal.type is Type.DYNAMIC:
        return _of_dynamic(literal, type_)
    if literal.type is Type.STRING:
        return _parsed(str(value), type_, span)
    return _number(value, type_, span)


def _of_dynamic(literal: Literal, type_: Type) -> Literal | None:
    value, span = literal.value, literal.span
    inner = {bool: Type.BOOL, int: Type.LONG, float: Type.REAL, str: Type.STRING}.get(type(value))
    return None if inner is None else converted(Literal(value, inner, span), type_)


def _number(value: object, type_: Type, span: Span) -> Literal | None:
    if not isinstance(value, (bool, int, float, Decimal)):
        return None
    match type_:
        case Type.BOOL:
            return Literal(value != 0, type_, span)
        case Type.INT | Type.LONG if isinstance(value, int):
            bits = 31 if type_ is Type.INT else 63
            return Literal(int(value) if -(1 << bits) <= value < 1 << bits else None, type_, span)
        case Type.REAL:
            return Literal(float(value), type_, span)
        case Type.DECIMAL if not isinstance(value, float):
            return Literal(Decimal(value), type_, span)
    return None


def _parsed(text: str, type_: Type, span: Span) -> Literal | None:
    stripped = text.strip()
    match type_:
        case Type.BOOL:
            known = {"true": True, "false": False, "1": True, "0": False}
            return Literal(known.get(stripped.lower()), type_, span)
        case Type.INT | Type.LONG:
            digits = stripped[1:] if stripped[:1] in ("-", "+") else stripped
            if digits.isdecimal() and digits.isascii() and len(digits) < 30:
                return _number(int(stripped), type_, span)
            return Literal(None, type_, span)
        case Type.REAL:
            try:
                return Literal(float(stripped), type_, span)
            except ValueError:
                return Literal(None, type_, span)
        case Type.DECIMAL:
            try:
                return Literal(Decimal(stripped), type_, span)
            except InvalidOperation:
                return Literal(None, type_, span)
        case Type.DATETIME:
            try:
                return Literal(kql_literal.datetime_value(stripped), type_, span)
            except ValueError:
                return Literal(None, type_, span)
        case Type.GUID:
            from uuid import UUID

            try:
                return Literal(str(UUID(stripped)), type_, span)
            except ValueError:
                return Literal(None, type_, span)
    return None


def negative(literal: Literal, span: Span) -> Literal | None:
    """``-1`` as one constant."""
    value = literal.value
    if literal.type is Type.BOOL or isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    if literal.type in (Type.INT, Type.LONG, Type.REAL, Type.DECIMAL, Type.TIMESPAN):
        return Literal(-value, literal.type, span)
    return None


def is_constant(node: Expr) -> bool:
    """Whether the expression sees no column and reads no table."""
    return not any(isinstance(part, ColumnRef | ScalarQuery | MatchQuery | AggregateCall | WindowCall) for part in walk(node))
