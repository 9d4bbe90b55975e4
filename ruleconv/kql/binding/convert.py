"""Conversions that the binder puts in, and whether a value can be null."""

from __future__ import annotations

from ruleconv import catalogue
from ruleconv.catalogue.model import NullRule
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql.binding import literals

CONVERSION = {
    Type.BOOL: "tobool",
    Type.INT: "toint",
    Type.LONG: "tolong",
    Type.REAL: "todouble",
    Type.DECIMAL: "todecimal",
    Type.STRING: "tostring",
    Type.DATETIME: "todatetime",
    Type.TIMESPAN: "totimespan",
    Type.GUID: "toguid",
    Type.DYNAMIC: "parse_json",
}
"""The function that makes a value of a type."""


def conversion_name(type_: Type) -> str:
    """The catalogue's name of the function that makes this type."""
    record = catalogue.function(CONVERSION[type_])
    return record.name if record else CONVERSION[type_]


def as_type(node: ir.Expr, type_: Type) -> ir.Expr:
    """The value as that type: constants are converted now, the rest by a cast (to string: ``tostring``)."""
    if node.type is type_ or type_ is Type.UNKNOWN:
        return node
    if isinstance(node, ir.Literal):
        constant = literals.converted(node, type_)
        if constant is not None:
            return constant
    if type_ is Type.STRING and node.type is not Type.UNKNOWN:
        return ir.Call(conversion_name(Type.STRING), (node,), Type.STRING, node.span)
    return ir.Cast(node, type_, node.span)


def as_text(node: ir.Expr) -> ir.Expr:
    """The value as a string, as the string operators take it."""
    return as_type(node, Type.STRING)


def nullable(node: ir.Expr) -> bool:
    """Whether the value may come as an SQL NULL. Says True when in doubt."""
    match node:
        case ir.Literal():
            return node.value is None
        case ir.ColumnRef():
            return node.nullable
        case ir.And() | ir.Or():
            return any(nullable(term) for term in node.terms)
        case ir.Not():
            return nullable(node.term)
        case ir.Match() | ir.MatchQuery():
            return node.nulls is not ir.Nulls.EMPTY and nullable(node.subject)
        case ir.Compare():
            return nullable(node.left) or nullable(node.right)
        case ir.Case():
            return nullable(node.default) or any(nullable(value) for _, value in node.branches)
        case ir.Negate():
            return nullable(node.operand)
        case ir.Arithmetic():
            return node.op in (ir.Operator.DIV, ir.Operator.MOD) or nullable(node.left) or nullable(node.right)
        case ir.Cast():
            widening = node.operand.type.is_integer and node.type in (Type.LONG, Type.REAL, Type.DECIMAL)
            return not widening or nullable(node.operand)
        case ir.Call():
            return _call(node)
        case ir.AggregateCall():
            record = catalogue.aggregate(node.function)
            return record is None or record.nulls is not NullRule.NEVER
        case ir.WindowCall():
            return node.function != "row_number"
    return True


def _call(node: ir.Call) -> bool:
    record = catalogue.function(node.function)
    if record is None or record.nulls is NullRule.SOMETIMES:
        return True
    if record.nulls is NullRule.NEVER:
        return False
    if record.empty_in_empty_out:
        return any(nullable(a) for a in node.args)
    return any(nullable(a) and a.type is not Type.STRING for a in node.args)
