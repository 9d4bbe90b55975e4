"""What the binder makes of values: errors that were told, columns, what a name shall stand for."""

from __future__ import annotations

from ruleconv.ir import expr as ir
from ruleconv.ir.types import Column, Type
from ruleconv.ir.walk import walk
from ruleconv.kql.binding.scope import Value
from ruleconv.kql.binding.session import MAX_NODES, Context
from ruleconv.text import Span


def error(span: Span) -> ir.Expr:
    """Stands for what was reported already; it goes with everything."""
    return ir.Literal(None, Type.UNKNOWN, span)


def is_error(node: ir.Expr) -> bool:
    """Whether the value is such a stand-in."""
    return isinstance(node, ir.Literal) and node.type is Type.UNKNOWN


def column(col: Column, span: Span) -> ir.ColumnRef:
    """The column as a value."""
    return ir.ColumnRef(col.name, col.type, col.nullable, span)


def value(at: Context, node: ir.Expr, row: object, span: Span) -> Value:
    """A bound expression that a name shall stand for."""
    size, columns = 0, False
    for part in walk(node):
        size += 1
        columns = columns or isinstance(part, ir.ColumnRef)
        if size > MAX_NODES:
            at.session.spend(size, span)
    return Value(node, row if columns else None, size)
