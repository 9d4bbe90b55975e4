"""Where parentheses are needed.

Kusto binds ``or`` loosest, then ``and``, equality, order, sum, product, and string operators tightest. Tests inside tests are always put
into parentheses: nobody remembers that ``x == y has z`` is ``x == (y has z)``.
"""

from __future__ import annotations

from collections.abc import Sequence

from ruleconv.kql import tree

OR, AND, TEST, SUM, PRODUCT, UNARY, PRIMARY = range(1, 8)
_LEVELS = {"or": OR, "and": AND, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "%": PRODUCT}
_LONGEST_CHAIN = 64


def level(node: tree.Expr) -> int:
    """How tightly the expression holds together."""
    match node:
        case tree.Binary():
            return _LEVELS.get(node.op, TEST)
        case tree.InList() | tree.Between():
            return TEST
        case tree.Unary():
            return UNARY
        case tree.Literal() if node.text.startswith("-"):
            return UNARY
    return PRIMARY


def wrapped(node: tree.Expr, least: int) -> tree.Expr:
    """The expression, in parentheses when it is looser than ``least``."""
    return node if level(node) >= least else tree.Parenthesized(node)


def chain(op: str, terms: Sequence[tree.Expr]) -> tree.Expr:
    """``a and b and c`` (``and`` and ``or`` are associative); a long chain as a balanced tree, as the parser makes it."""
    return _balanced(op, [wrapped(part, TEST) for term in terms for part in _links(op, term)])


def _links(op: str, node: tree.Expr) -> list[tree.Expr]:
    """The parts of a chain of the same operator."""
    found: list[tree.Expr] = []
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if isinstance(at, tree.Binary) and at.op == op:
            waiting += [at.right, at.left]
        else:
            found.append(at)
    return found


def _balanced(op: str, parts: Sequence[tree.Expr]) -> tree.Expr:
    if len(parts) > _LONGEST_CHAIN:
        middle = len(parts) // 2
        return tree.Binary(op, _balanced(op, parts[:middle]), _balanced(op, parts[middle:]))
    made = parts[0]
    for part in parts[1:]:
        made = tree.Binary(op, made, part)
    return made


def call(name: str, *args: tree.Expr) -> tree.Call:
    return tree.Call(name, args)
