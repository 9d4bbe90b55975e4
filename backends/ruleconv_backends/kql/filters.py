"""``where``. A conjunction of Sigma's selections stands on lines of its own; KQL's stays as it was written."""

from __future__ import annotations

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.walk import has_window
from ruleconv.kql import tree
from ruleconv_backends.kql import negation, operands
from ruleconv_backends.kql.writer import Writer


def where(w: Writer, stage: q.Filter) -> list[tree.TabularOperator]:
    """The operators of a filter."""
    predicate = stage.predicate
    terms: tuple[ir.Expr, ...] = (predicate,)
    if has_window(predicate):  # which rows it sees is a matter of the filters before it
        return [tree.Where(operands.condition(w, predicate))]
    if isinstance(predicate, ir.And) and negation.is_two_valued(predicate) and any(_is_block(term) for term in predicate.terms):
        terms = predicate.terms
    return [tree.Where(operands.condition(w, term)) for term in terms]


def _is_block(term: ir.Expr) -> bool:
    """A selection of its own, rather than one test of several."""
    return isinstance(term, ir.Not | ir.Or)
