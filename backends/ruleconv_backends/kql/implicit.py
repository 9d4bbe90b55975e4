"""Conversions that need not be written, because the binder puts them in again.

A ``Cast``, and a ``tostring`` at the place of its argument, come from the binder. Whether they may be left out is asked of the binder
itself: when it makes the same expression of the bare operands, it may.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.text import NOWHERE

Operands = tuple[ir.Expr, ...]
_MOST_MIXED = 4


_OWN: dict[type, Type] = {bool: Type.BOOL, int: Type.LONG, float: Type.REAL, str: Type.STRING}
"""The types of constants that become dynamic beside a dynamic value."""


def bare(node: ir.Expr) -> ir.Expr:
    """The operand without the conversion that the binder put around it."""
    match node:
        case ir.Cast():
            return node.operand
        case ir.Call(function="tostring", args=(inner,)) if inner.span == node.span != NOWHERE:
            return inner
        case ir.Literal(type=Type.DYNAMIC, value=value) if type(value) in _OWN:
            return replace(node, type=_OWN[type(value)])
    return node


def operands(
    wanted: ir.Expr, given: Sequence[ir.Expr], rebuild: Callable[[Operands], ir.Expr | None], *, constants: bool = True
) -> Operands:
    """The operands with as few conversions as still give ``wanted``. ``constants``: those too that became dynamic."""
    whole = tuple(given)
    stripped = tuple(bare(part) if constants or not isinstance(part, ir.Literal) else part for part in whole)
    if all(a is b for a, b in zip(whole, stripped, strict=True)) or rebuild(stripped) == wanted:
        return stripped
    changed = [at for at, (a, b) in enumerate(zip(whole, stripped, strict=True)) if a is not b]
    if not 1 < len(changed) <= _MOST_MIXED:
        return whole

    def written(choice: tuple[bool, ...]) -> int:
        """How much more is written: a conversion is longer than a constant's type."""
        return sum(1 if isinstance(whole[at], ir.Literal) else 10 for at, bare_ in zip(changed, choice, strict=True) if not bare_)

    for choice in sorted(product((True, False), repeat=len(changed)), key=written):
        picked = dict(zip(changed, choice, strict=True))
        mixed = tuple(stripped[at] if picked.get(at) else part for at, part in enumerate(whole))
        if rebuild(mixed) == wanted:
            return mixed
    return whole
