"""How tightly the operators of expressions bind, as Microsoft's parser has it: the reader folds by it, the printer sets parentheses by it.

``or``, ``and``, then equality (``==``, ``!=``, ``in``, ``has_any``, ``between``), order (``<``), sum, product, and, tightest of all, the
string operators (``has``, ``=~``, ``matches regex``, ``:``): ``x == y has "a" + "b"`` is ``x == ((y has "a") + "b")``.
Two equalities, two orders or two string operators do not stand in a row.
"""

from __future__ import annotations

OR, AND, EQUALITY, ORDER, SUM, PRODUCT, STRING = range(1, 8)
_LEVEL = {
    "or": OR, "and": AND, "==": EQUALITY, "!=": EQUALITY, "<>": EQUALITY, "<": ORDER, ">": ORDER, "<=": ORDER, ">=": ORDER,
    "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "%": PRODUCT,
}  # fmt: skip
NOT_IN_A_ROW = frozenset((EQUALITY, ORDER, STRING))


def level(op: str) -> int:
    """Of an operator with one operand on each side."""
    return _LEVEL.get(op, STRING)
