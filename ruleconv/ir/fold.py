"""Constants of the IR computed ahead, where SQL would lose digits (ticks) or readability (``7d * 2``)."""

from __future__ import annotations

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
    if not isinstance(a, (int, float)) or not isinstance(b, (int, float)):
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
