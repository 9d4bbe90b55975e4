"""Walking the IR without recursion."""

from __future__ import annotations

from collections.abc import Iterator

from ruleconv.ir import expr as ir

_VOLATILE = frozenset({"rand", "new_guid", "newguid"})


def children(node: ir.Expr) -> tuple[ir.Expr, ...]:
    """The expressions right below a node; queries inside it are not entered."""
    match node:
        case ir.Call() | ir.AggregateCall() | ir.WindowCall():
            return node.args
        case ir.And() | ir.Or():
            return node.terms
        case ir.Not():
            return (node.term,)
        case ir.Missing():
            return (node.subject,)
        case ir.AnyField():
            return () if node.of is None else (node.of,)
        case ir.Compare() | ir.Arithmetic():
            return (node.left, node.right)
        case ir.Match():
            return (node.subject, *node.patterns)
        case ir.MatchQuery():
            return (node.subject,)
        case ir.Between():
            return (node.subject, node.low, node.high)
        case ir.Negate() | ir.Cast():
            return (node.operand,)
        case ir.Access():
            return (node.base, node.key)
        case ir.Case():
            return (*(part for branch in node.branches for part in branch), node.default)
        case _:
            return ()


def walk(node: ir.Expr) -> Iterator[ir.Expr]:
    """The node and all expressions below it, in no special order."""
    stack = [node]
    while stack:
        at = stack.pop()
        yield at
        stack.extend(children(at))


def column_names(node: ir.Expr) -> set[str]:
    """The names of all columns that the expression uses."""
    return {part.name for part in walk(node) if isinstance(part, ir.ColumnRef)}


def has_window(node: ir.Expr) -> bool:
    return any(isinstance(part, ir.WindowCall) for part in walk(node))


def is_volatile(node: ir.Expr) -> bool:
    """Whether two evaluations may differ (``rand``, ``new_guid``)."""
    return any(isinstance(part, ir.Call) and part.function in _VOLATILE for part in walk(node))


def nodes(root: object) -> Iterator[object]:
    """The stage, expression or query and every node of the IR in it, expressions in stages and stages in expressions (``in (T)``)
    included, in the order of their fields."""
    stack: list[object] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack.extend(reversed(node))
        elif hasattr(node, "__dataclass_fields__"):
            yield node
            stack.extend(reversed([getattr(node, name) for name in node.__dataclass_fields__]))
