"""Arithmetic over bound operands, and the operators that ``predicates`` knows."""

from __future__ import annotations

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql.binding import findings, predicates, typing
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import error
from ruleconv.text import Span

_ARITHMETIC = {o.value: o for o in ir.Operator}


def binary(at: Context, op: str, left: ir.Expr, right: ir.Expr, span: Span, op_span: Span) -> ir.Expr:
    """An operator over bound operands."""
    session = at.session
    if op in predicates.COMPARISONS:
        return predicates.compare(session, op, left, right, span, op_span)
    if op in predicates.STRING_OPERATORS:
        return predicates.string_match(session, op, left, right, span, op_span)
    operator = _ARITHMETIC.get(op)
    if operator is None:
        raise Unsupported(f"the operator {op}", op_span)
    type_ = typing.arithmetic(operator, left.type, right.type)
    if type_ is None:
        session.report(findings.operator_types(op, (left.type, right.type), op_span))
        return error(span)
    left, right = _operands(operator, left, right, type_)
    return ir.Arithmetic(operator, left, right, type_, span)


def _operands(op: ir.Operator, left: ir.Expr, right: ir.Expr, type_: Type) -> tuple[ir.Expr, ir.Expr]:
    """Both sides in the type in which the operation happens."""
    if type_.is_numeric and not {left.type, right.type} & {Type.TIMESPAN, Type.DATETIME}:
        return _computed_as(left, type_), _computed_as(right, type_)
    for loose in (Type.UNKNOWN, Type.DYNAMIC):
        if left.type is loose and right.type not in (Type.UNKNOWN, Type.DYNAMIC):
            left = as_type(left, _partner(op, right.type, type_))
        elif right.type is loose and left.type not in (Type.UNKNOWN, Type.DYNAMIC):
            right = as_type(right, _partner(op, left.type, type_))
    return left, right


def _computed_as(side: ir.Expr, type_: Type) -> ir.Expr:
    """An int computes as a long (it does not overflow), a real beside a decimal as a decimal, a dynamic as the other side's type."""
    widened = (side.type is Type.INT and not isinstance(side, ir.Literal)) or type_ is Type.DECIMAL
    return as_type(side, type_) if widened or side.type in (Type.DYNAMIC, Type.UNKNOWN) else side


def _partner(op: ir.Operator, known: Type, result: Type) -> Type:
    if known is Type.DATETIME:
        return Type.TIMESPAN if op is ir.Operator.ADD or result is Type.DATETIME else Type.DATETIME
    if known is Type.TIMESPAN and op is ir.Operator.MUL:
        return Type.REAL
    return known
