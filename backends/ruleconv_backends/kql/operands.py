"""The parts of an expression that are written alike wherever they stand: constants, columns, operands, conditions, numbers of rows."""

from __future__ import annotations

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql import spell, tree
from ruleconv_backends.kql import implicit, names
from ruleconv_backends.kql.precedence import SUM, wrapped
from ruleconv_backends.kql.writer import Writer


def operand(w: Writer, node: ir.Expr, least: int = SUM) -> tree.Expr:
    """The expression as an operand, in parentheses where it must be."""
    return wrapped(w.expr(w, node), least)


def literal(node: ir.Literal) -> tree.Literal:
    """A constant. What the binder could not understand has no value."""
    if node.value is None and node.type is Type.UNKNOWN:
        return spell.literal(None, Type.DYNAMIC)
    try:
        return spell.literal(node.value, node.type)
    except ValueError as error:
        raise Unsupported(str(error), node.span) from None


def column(w: Writer, node: ir.ColumnRef) -> tree.Expr:
    """A column; of the state of a scan's step: ``step.column``."""
    step, dot, rest = node.name.partition(".")
    if dot and step in w.steps:
        return tree.Path(names.name(step), names.name(rest))
    return names.name(node.name)


def condition(w: Writer, node: ir.Expr, *, dynamic: bool = False) -> tree.Expr:
    """Where a bool is asked for: an open column (``dynamic``: and a dynamic value) needs no ``tobool``."""
    if isinstance(node, ir.Cast) and node.type is Type.BOOL:
        kind = node.operand.type
        if kind is Type.UNKNOWN or (dynamic and kind is Type.DYNAMIC):
            return w.expr(w, node.operand)
    return w.expr(w, node)


def row_count(w: Writer, node: ir.Expr) -> tree.Expr:
    """A number of rows."""
    with w.over(()):
        return w.expr(w, implicit.bare(node) if isinstance(node, ir.Cast) else node)
