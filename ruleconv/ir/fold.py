"""Constants of the IR computed ahead, where SQL would lose digits (ticks) or readability (``7d * 2``)."""

from __future__ import annotations

import math

from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type

_MAX_TICKS = 1 << 62


def timespan(node: ir.Arithmetic) -> ir.Literal | None:
    """The literal that arithmetic on literal timespans gives, else None."""
    left, right = node.left, node.right
    if isinstance(left, ir.Arithmetic):
        left = timespan(left) or left
    if isinstance(right, ir.Arithmetic):
        right = timespan(right) or right
    if not isinstance(left, ir.Literal) or not isinstance(right, ir.Literal) or Type.TIMESPAN not in (left.type, right.type):
        return None
    a, b = left.value, right.value
    if not isinstance(a, (int, float)) or not isinstance(b, (int, float)) or not (math.isfinite(a) and math.isfinite(b)):
        return None
    both = left.type is right.type
    value: float | None = None
    match node.op:
        case ir.Operator.ADD if both:
            value = a + b
        case ir.Operator.SUB if both:
            value = a - b
        case ir.Operator.MUL if not both and (left.type.is_numeric or right.type.is_numeric):
            value = a * b
        case ir.Operator.DIV if both and b:
            return ir.Literal(a / b, Type.REAL, node.span)
        case ir.Operator.DIV if right.type.is_numeric and b:
            value = a / b
    if value is None or abs(value) > _MAX_TICKS or node.type is not Type.TIMESPAN:
        return None
    return ir.Literal(round(value), Type.TIMESPAN, node.span)


def overflow(node: ir.Arithmetic) -> ir.Literal | None:
    """The literal that arithmetic on literal numbers gives where SQL would raise an error: integers wrap around, reals become an infinity
    or zero. None where the engines can say it themselves."""
    left, right = _number(node.left), _number(node.right)
    if left is None or right is None or (node.type not in _RANGES and node.type is not Type.REAL):
        return None
    if node.type is Type.REAL:
        return _real(node, float(left), float(right))
    if not isinstance(left, int) or not isinstance(right, int):
        return None
    match node.op:
        case ir.Operator.ADD:
            value = left + right
        case ir.Operator.SUB:
            value = left - right
        case ir.Operator.MUL:
            value = left * right
        case _:
            return None
    half = _RANGES[node.type]
    if -_INT <= value < _INT or (-half <= value < half and not (-_INT <= left < _INT and -_INT <= right < _INT)):
        return None
    return ir.Literal((value + half) % (2 * half) - half, node.type, node.span)


_INT = 1 << 31
"""To the engines, literals below this are INTEGERs, and so is what they make of them."""
_RANGES = {Type.INT: _INT, Type.LONG: 1 << 63}


def _number(node: ir.Expr) -> int | float | None:
    if isinstance(node, ir.Cast) and node.type.is_numeric:
        node = node.operand
    if isinstance(node, ir.Negate):
        value = _number(node.operand)
        return -value if value is not None else None
    if isinstance(node, ir.Arithmetic):
        folded = overflow(node)
        return _number(folded) if folded is not None else None
    if isinstance(node, ir.Literal) and isinstance(node.value, int | float) and node.type in (Type.INT, Type.LONG, Type.REAL):
        return node.value
    return None


def _real(node: ir.Arithmetic, left: float, right: float) -> ir.Literal | None:
    match node.op:
        case ir.Operator.MUL:
            value = left * right
        case ir.Operator.ADD:
            value = left + right
        case ir.Operator.SUB:
            value = left - right
        case ir.Operator.DIV if right:
            value = left / right
        case _:
            return None
    lost = value in (math.inf, -math.inf) and math.isfinite(left) and math.isfinite(right)
    vanished = value == 0 and left != 0 and right != 0 and node.op in (ir.Operator.MUL, ir.Operator.DIV) and math.isfinite(right)
    return ir.Literal(value, Type.REAL, node.span) if lost or vanished else None
