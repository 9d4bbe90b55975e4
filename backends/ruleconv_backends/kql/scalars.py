"""Scalar lets: the binder puts their values in, here their names are written again.

A value that is no constant is the let's own object. A constant says by its span that the name stood there, which only holds for the
text that was read.
"""

from __future__ import annotations

from collections.abc import Sequence

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv.kql.binding import literals, predicates
from ruleconv_backends.kql import names
from ruleconv_backends.kql.writer import Writer


def register(w: Writer, scalars: Sequence[q.Scalar], taken: set[str]) -> None:
    """The lets that may be named; ``taken``: names that mean something else somewhere."""
    count: dict[str, int] = {}
    for scalar in scalars:
        count[scalar.name] = count.get(scalar.name, 0) + 1
    w.scalars = {s.name: s for s in scalars if s.name not in taken and count[s.name] == 1 and not isinstance(s.value, ir.ColumnRef)}


def named(w: Writer, node: ir.Expr) -> tree.Name | None:
    """The let that the expression is, by name; None where it is none, or where a column has that name."""
    if not w.scalars:
        return None
    if isinstance(node, ir.Literal):
        found = w.scalars.get(w.text_of(node.span))
        if found is None or not _is(found.value, node):
            return None
    else:
        found = next((s for s in w.scalars.values() if s.value is node), None)
    return _use(w, found) if found is not None else None


def is_let(w: Writer, node: ir.Expr) -> bool:
    """Whether the expression is one that a let holds, and so not to be taken apart."""
    return any(scalar.value is node for scalar in w.scalars.values())


def _is(value: ir.Expr, node: ir.Literal) -> bool:
    """Whether the constant is the let's, perhaps converted to the type that is asked for."""
    return isinstance(value, ir.Literal) and (value == node or literals.converted(value, node.type) == node)


def _use(w: Writer, scalar: q.Scalar) -> tree.Name | None:
    if any(column.name == scalar.name for column in w.row):
        return None
    w.used.add(scalar.name)
    return names.name(scalar.name)


def listed(w: Writer, given: Sequence[ir.Expr], kind: Type) -> tree.Name | None:
    """The let whose elements these constants are (``in (names)`` was taken apart)."""
    if not w.scalars or not given or any(p.span != given[0].span or not isinstance(p, ir.Literal) for p in given):
        return None
    found = w.scalars.get(w.text_of(given[0].span))
    if found is None or found.value.type is not Type.DYNAMIC:
        return None
    elements = [literals.converted(e, kind) if isinstance(e, ir.Literal) else None for e in predicates.elements(found.value)]
    own = [literals.converted(p, kind) if isinstance(p, ir.Literal) else None for p in given]
    return _use(w, found) if elements == own else None
