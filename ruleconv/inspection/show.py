"""Expressions and values of the IR as short texts, with everything put in that lets stand for."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type

DEEPEST = 12
_EPOCH = datetime(1, 1, 1)  # noqa: DTZ001 (ticks have no zone)
_UNITS = (("d", 864_000_000_000), ("h", 36_000_000_000), ("m", 600_000_000), ("s", 10_000_000), ("ms", 10_000))


def literal(value: object, type_: Type) -> str:
    """A constant's text: a string as it is, a time as ISO 8601, a span of time as Kusto writes it, a dynamic value as JSON."""
    if value is None:
        return "null"
    if type_ is Type.DATETIME and isinstance(value, int):
        try:
            return (_EPOCH + timedelta(microseconds=value // 10)).isoformat(timespec="auto") + "Z"
        except OverflowError:
            return str(value)
    if type_ is Type.TIMESPAN and isinstance(value, int):
        return timespan(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def timespan(ticks: int) -> str:
    """``14d``, ``90m``; in ticks where no unit divides it."""
    for name, unit in _UNITS:
        if ticks and ticks % unit == 0:
            return f"{ticks // unit}{name}"
    return "0s" if not ticks else f"{ticks}tick"


def expression(node: ir.Expr, depth: int = 0) -> str:
    """The expression in KQL's manner; what is nested deeper than anybody reads is ``…``."""
    if depth > DEEPEST:
        return "…"

    def inner(part: ir.Expr) -> str:
        return expression(part, depth + 1)

    match node:
        case ir.Literal():
            return json.dumps(node.value, ensure_ascii=False) if node.type is Type.STRING else literal(node.value, node.type)
        case ir.ColumnRef():
            return node.name
        case ir.AnyField():
            return "*"
        case ir.Call() | ir.AggregateCall() | ir.WindowCall():
            return f"{node.function}({', '.join(map(inner, node.args))})"
        case ir.Access():
            key = node.key
            if isinstance(key, ir.Literal) and isinstance(key.value, str) and key.value.isidentifier():
                return f"{inner(node.base)}.{key.value}"
            return f"{inner(node.base)}[{inner(key)}]"
        case ir.Cast():
            return inner(node.operand)
        case ir.Negate():
            return f"-{inner(node.operand)}"
        case ir.Arithmetic() | ir.Compare():
            return f"{inner(node.left)} {node.op.value} {inner(node.right)}"
        case ir.And():
            return " and ".join(map(inner, node.terms))
        case ir.Or():
            return f"({' or '.join(map(inner, node.terms))})"
        case ir.Not():
            return f"not({inner(node.term)})"
        case ir.Missing():
            return f"isnull({inner(node.subject)})"
        case ir.Match():
            return f"{inner(node.subject)} {node.how.value} ({', '.join(map(inner, node.patterns))})"
        case ir.MatchQuery():
            return f"{inner(node.subject)} {node.how.value} (…)"
        case ir.Between():
            return f"{inner(node.subject)} between ({inner(node.low)} .. {inner(node.high)})"
        case ir.Case():
            parts = [text for test, value in node.branches for text in (inner(test), inner(value))]
            return f"case({', '.join((*parts, inner(node.default)))})"
        case ir.ScalarQuery():
            return "toscalar(…)"
