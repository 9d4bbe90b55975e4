"""And, or and not of predicates, as flat as they can be."""

from __future__ import annotations

from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Expr


def conjunction(terms: list[Expr]) -> Expr:
    """All of them, without an ``And`` in an ``And`` and without what always holds."""
    return _joined(terms, True)


def disjunction(terms: list[Expr]) -> Expr:
    """Any of them, without an ``Or`` in an ``Or`` and without what never holds."""
    return _joined(terms, False)


def _joined(terms: list[Expr], neutral: bool) -> Expr:
    kind: type[ir.And | ir.Or] = ir.And if neutral else ir.Or
    flat = [part for term in terms for part in (term.terms if isinstance(term, kind) else (term,))]
    told = [each for each in flat if not (isinstance(each, ir.Literal) and each.value is neutral)] or flat[:1]
    return told[0] if len(told) == 1 else kind(tuple(told))


def negation(term: Expr) -> Expr:
    return term.term if isinstance(term, ir.Not) else ir.Not(term)
