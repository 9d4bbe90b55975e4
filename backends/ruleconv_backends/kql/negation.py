"""``not``: of KQL as it is written, of Sigma's two-valued tests so that a missing field makes it true (S35)."""

from __future__ import annotations

from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.ir.walk import children
from ruleconv.kql import tree
from ruleconv_backends.kql import operands, predicates
from ruleconv_backends.kql.precedence import call, chain
from ruleconv_backends.kql.writer import Writer


def is_two_valued(node: ir.Expr) -> bool:
    """Whether the predicate holds tests of Sigma's kind, that a missing field fails."""
    waiting = [node]
    while waiting:
        at = waiting.pop()
        match at:
            case ir.Missing() | ir.AnyField():
                return True
            case ir.Match() | ir.Compare() | ir.MatchQuery() if at.nulls is ir.Nulls.ABSENT:
                return True
        waiting.extend(children(at))
    return False


def denied(w: Writer, term: ir.Expr) -> tree.Expr:
    """What is true when ``term`` is not."""
    if not is_two_valued(term):
        return call("not", operands.condition(w, term))
    match term:
        case ir.Not():
            return w.expr(w, term.term)
        case ir.Missing():
            return predicates.missing(w, term, negated=True)
        case ir.Match():
            return predicates.match(w, term, denied=True)
        case ir.Compare():
            made = _comparison(w, term)
            if made is not None:
                return made
    with w.two_valued(True):
        return call("not", w.expr(w, term))


def _comparison(w: Writer, node: ir.Compare) -> tree.Expr | None:
    """``x != 5``, which is true of a null; ``isnull(x) or x < 10``."""
    if not isinstance(node.right, ir.Literal) or node.right.value is None or node.left.type is Type.STRING:
        return None
    if node.op is ir.Comparison.EQ:
        return predicates.compared(w, node, ir.Comparison.NE)
    if node.op is ir.Comparison.NE:
        return chain("or", [call("isnull", w.expr(w, node.left)), predicates.compared(w, node, ir.Comparison.EQ)])
    return chain("or", [call("isnull", w.expr(w, node.left)), predicates.compared(w, node, node.op.opposite)])
