"""Columns that a query computes, put back in terms of what its table stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.ir.walk import children, walk
from ruleconv.text import Span

_LOST = "\0"
_MAX_NODES = 5000
_MAX_LEVELS = 100
"""Of what definitions add to an expression: each may use the one before it several times."""

Columns = Mapping[str, ir.Expr]
"""The columns of a stage's output, each as an expression over the table's own."""


def lost(name: str, reason: str, type_: Type) -> ir.ColumnRef:
    """A column whose value no expression over the event gives; ``reason`` says where it comes from."""
    return ir.ColumnRef(f"{_LOST}{name}{_LOST}{reason}", type_)


def reason_lost(node: ir.Expr) -> tuple[str, str] | None:
    """Name and reason, for what ``lost`` made."""
    if isinstance(node, ir.ColumnRef) and node.name.startswith(_LOST):
        _, name, reason = node.name.split(_LOST, 2)
        return name, reason
    return None


ELEMENT = "\0element"
"""The function of which the value is some element of an array: no function of KQL, for a column that ``mv-expand`` makes."""


def element(array: ir.Expr, type_: Type) -> ir.Expr:
    """Some element of the array (or bag), on its own row."""
    made: ir.Expr = ir.Call(ELEMENT, (array,), Type.DYNAMIC, array.span)
    return made if type_ is Type.DYNAMIC else ir.Cast(made, type_, array.span)


def has_element(node: ir.Expr) -> bool:
    return any(isinstance(part, ir.Call) and part.function == ELEMENT for part in walk(node))


def inline(node: ir.Expr, columns: Columns) -> ir.Expr:
    """The expression with each column replaced by what it stands for; places stay those of the use. Raises Unsupported when that makes
    too large an expression."""
    budget = [_MAX_NODES]
    return _inline(node, columns, budget)


def _inline(node: ir.Expr, columns: Columns, budget: list[int]) -> ir.Expr:
    def many(nodes: tuple[ir.Expr, ...]) -> tuple[ir.Expr, ...]:
        return tuple(_inline(each, columns, budget) for each in nodes)

    match node:
        case ir.ColumnRef():
            found = columns.get(node.name)
            if found is None or found == node:
                return node
            budget[0] -= _size(found)
            if budget[0] < 0:
                raise Unsupported("a computed column of this length", node.span, "write it with fewer computed columns")
            return _placed(found, node.span)
        case ir.Call() | ir.AggregateCall() | ir.WindowCall():
            return replace(node, args=many(node.args))
        case ir.And() | ir.Or():
            return replace(node, terms=many(node.terms))
        case ir.Not():
            return replace(node, term=_inline(node.term, columns, budget))
        case ir.Compare() | ir.Arithmetic():
            return replace(node, left=_inline(node.left, columns, budget), right=_inline(node.right, columns, budget))
        case ir.Match():
            return replace(node, subject=_inline(node.subject, columns, budget), patterns=many(node.patterns))
        case ir.MatchQuery() | ir.Missing():
            return replace(node, subject=_inline(node.subject, columns, budget))
        case ir.Between():
            low, high = _inline(node.low, columns, budget), _inline(node.high, columns, budget)
            return replace(node, subject=_inline(node.subject, columns, budget), low=low, high=high)
        case ir.Negate() | ir.Cast():
            return replace(node, operand=_inline(node.operand, columns, budget))
        case ir.Access():
            return replace(node, base=_inline(node.base, columns, budget), key=_inline(node.key, columns, budget))
        case ir.Case():
            branches = tuple((_inline(test, columns, budget), _inline(value, columns, budget)) for test, value in node.branches)
            return replace(node, branches=branches, default=_inline(node.default, columns, budget))
        case ir.Literal() | ir.AnyField() | ir.ScalarQuery():
            return node


def _size(node: ir.Expr) -> int:
    """The number of nodes; more than there may be where they are nested too deep."""
    count = 0
    stack = [(node, 0)]
    while stack:
        at, level = stack.pop()
        count += 1
        if count > _MAX_NODES or level > _MAX_LEVELS:
            return _MAX_NODES + 1
        stack.extend((child, level + 1) for child in children(at))
    return count


def _placed(node: ir.Expr, span: Span) -> ir.Expr:
    """The definition, at the place where its name is used: an error shall point there."""
    return replace(node, span=span)
