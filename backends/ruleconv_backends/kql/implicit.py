"""Conversions that need not be written, because the binder puts them in again.

A ``Cast``, and a ``tostring`` at the place of its argument, come from the binder. Whether they may be left out is asked of the binder
itself: when it makes the same expression of the bare operands, it may.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from ruleconv.ir import expr as ir
from ruleconv.text import NOWHERE

Operands = tuple[ir.Expr, ...]
_MOST_MIXED = 4


def bare(node: ir.Expr) -> ir.Expr:
    """The operand without the conversion that the binder put around it."""
    match node:
        case ir.Cast():
            return node.operand
        case ir.Call(function="tostring", args=(inner,)) if inner.span == node.span != NOWHERE:
            return inner
    return node


def operands(wanted: ir.Expr, given: Sequence[ir.Expr], rebuild: Callable[[Operands], ir.Expr | None]) -> Operands:
    """The operands with as few conversions as still give ``wanted``."""
    whole = tuple(given)
    stripped = tuple(bare(part) for part in whole)
    if all(a is b for a, b in zip(whole, stripped, strict=True)) or rebuild(stripped) == wanted:
        return stripped
    changed = [at for at, (a, b) in enumerate(zip(whole, stripped, strict=True)) if a is not b]
    if 1 < len(changed) <= _MOST_MIXED:
        for choice in product((True, False), repeat=len(changed)):
            picked = dict(zip(changed, choice, strict=True))
            mixed = tuple(stripped[at] if picked.get(at) else part for at, part in enumerate(whole))
            if any(choice) and not all(choice) and rebuild(mixed) == wanted:
                return mixed
    return whole
