"""Atomic predicates: comparisons, matches, memberships. ``holds``, ``fails`` and ``value`` as in ``lower.Lowering``.

An atom is lowered to a test and to what is known of it: ``exact`` when the test is NULL only where Kusto's predicate is null.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv_backends.sql.logic import is_not_true, negation, or_false
from ruleconv_backends.sql.matches import match
from ruleconv_backends.sql.select import conjunction, disjunction
from ruleconv_backends.sql.template import operand
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_COMPARE: dict[ir.Comparison, type[exp.Expression]] = {
    ir.Comparison.LT: exp.LT,
    ir.Comparison.LE: exp.LTE,
    ir.Comparison.GT: exp.GT,
    ir.Comparison.GE: exp.GTE,
}
_OPERATORS: dict[ir.Comparison, type[exp.Expression]] = {**_COMPARE, ir.Comparison.EQ: exp.EQ, ir.Comparison.NE: exp.NEQ}


def holds(lowering: Lowering, node: ir.Expr) -> exp.Expression:
    match node:
        case ir.Compare(left=ir.Literal(value=float() as number)) | ir.Compare(right=ir.Literal(value=float() as number)) if math.isnan(
            number
        ):
            return exp.Boolean(this=node.op is ir.Comparison.NE)
        case ir.Compare(nulls=ir.Nulls.ABSENT):
            return _absent_compare(lowering, node)[0]
        case ir.Missing():
            return _missing(lowering, node)
        case ir.Compare(op=ir.Comparison.EQ):
            left, right = _sides(lowering, node)
            return exp.EQ(this=operand(left.node), expression=operand(right.node))
        case ir.Compare(op=ir.Comparison.NE):
            left, right = _sides(lowering, node)
            return _differ(left, right)
        case ir.Match() | ir.MatchQuery():
            test, nullable = match(lowering, node)
            if not node.negated:
                return test
            return _negated(test, nullable)
        case ir.Call(function="isnotempty", args=(argument,)) if argument.type is Type.STRING:
            return exp.NEQ(this=operand(lowering.expr(argument).node), expression=exp.Literal.string(""))
        case (
            ir.Call()
            | ir.ColumnRef()
            | ir.Literal()
            | ir.Cast()
            | ir.Case()
            | ir.ScalarQuery()
            | ir.Access()
            | ir.WindowCall()
            | ir.AggregateCall()
        ):
            return _boolean(lowering, node).node
        case _:
            return _three_valued(lowering, node)


def fails(lowering: Lowering, node: ir.Expr) -> exp.Expression:
    match node:
        case ir.Compare(left=ir.Literal(value=float() as number)) | ir.Compare(right=ir.Literal(value=float() as number)) if math.isnan(
            number
        ):
            return exp.Boolean(this=node.op is not ir.Comparison.NE)
        case ir.Compare(nulls=ir.Nulls.ABSENT):
            return _negated(*_absent_compare(lowering, node), _two_missing(node))
        case ir.Missing():
            return exp.Not(this=_missing(lowering, node))
        case ir.Compare(op=ir.Comparison.EQ):
            left, right = _sides(lowering, node)
            return _differ(left, right)
        case ir.Compare(op=ir.Comparison.NE):
            left, right = _sides(lowering, node)
            return exp.EQ(this=operand(left.node), expression=operand(right.node))
        case ir.Match() | ir.MatchQuery():
            test, nullable = match(lowering, node)
            return test if node.negated else _negated(test, nullable, _two_missing(node))
        case ir.Compare() | ir.Between():
            return negation(_three_valued(lowering, node))
        case _:
            return negation(_boolean(lowering, node).node)


def value(lowering: Lowering, node: ir.Expr) -> SqlValue:
    """The predicate as a value: NULL only where Kusto's is."""
    match node:
        case ir.Compare(left=ir.Literal(value=float() as number)) | ir.Compare(right=ir.Literal(value=float() as number)) if math.isnan(
            number
        ):
            return SqlValue(exp.Boolean(this=node.op is ir.Comparison.NE), Type.BOOL, False)
        case ir.And() | ir.Or():
            parts = [value(lowering, term) if _is_predicate(term) else _boolean(lowering, term) for term in node.terms]
            join = conjunction if isinstance(node, ir.And) else disjunction
            return SqlValue(join([part.node for part in parts]), Type.BOOL, any(part.nullable for part in parts))
        case ir.Not():
            inner = value(lowering, node.term) if _is_predicate(node.term) else _boolean(lowering, node.term)
            return SqlValue(negation(inner.node), Type.BOOL, inner.nullable)
        case ir.Compare(nulls=ir.Nulls.ABSENT):
            test, nullable = _absent_compare(lowering, node)
            return SqlValue(or_false(test) if nullable else test, Type.BOOL, False)
        case ir.Missing():
            return SqlValue(_missing(lowering, node), Type.BOOL, False)
        case ir.Compare(op=ir.Comparison.EQ | ir.Comparison.NE):
            return _equality_value(lowering, node)
        case ir.Match() | ir.MatchQuery():
            test, nullable = match(lowering, node)
            if node.negated:
                return SqlValue(_negated(test, nullable), Type.BOOL, False)
            return SqlValue(or_false(test) if nullable else test, Type.BOOL, False)
        case ir.Compare():
            left, right = _sides(lowering, node)
            return SqlValue(_three_valued(lowering, node), Type.BOOL, left.nullable or right.nullable)
        case ir.Between():
            return SqlValue(_three_valued(lowering, node), Type.BOOL, True)
        case _:
            raise Unsupported(f"{type(node).__name__} as a value", node.span)


def _is_predicate(node: ir.Expr) -> bool:
    return isinstance(node, (ir.And, ir.Or, ir.Not, ir.Compare, ir.Match, ir.MatchQuery, ir.Between, ir.Missing))


def _boolean(lowering: Lowering, node: ir.Expr) -> SqlValue:
    """Any expression in the place of a predicate; numbers and dynamics count as Kusto's tobool() has them."""
    return lowering.value_as(node, Type.BOOL)


def _two_missing(node: ir.Match | ir.MatchQuery | ir.Compare) -> bool:
    """Sigma's comparison of two fields: false when both are missing, which IS DISTINCT FROM does not say."""
    if isinstance(node, ir.MatchQuery) or node.nulls is not ir.Nulls.ABSENT:
        return False
    others = (node.right,) if isinstance(node, ir.Compare) else node.patterns
    return not all(isinstance(other, ir.Literal) for other in others)


def _negated(test: exp.Expression, nullable: bool, two_missing: bool = False) -> exp.Expression:
    if nullable:
        if isinstance(test, exp.EQ) and not two_missing:
            return exp.NullSafeNEQ(this=test.this, expression=test.expression)
        return is_not_true(test)
    if isinstance(test, exp.EQ):
        return exp.NEQ(this=test.this, expression=test.expression)
    return negation(test)


def _differ(left: SqlValue, right: SqlValue) -> exp.Expression:
    kind: type[exp.Expression] = exp.NullSafeNEQ if left.nullable or right.nullable else exp.NEQ
    return kind(this=operand(left.node), expression=operand(right.node))


def _absent_compare(lowering: Lowering, node: ir.Compare) -> tuple[exp.Expression, bool]:
    """Sigma's comparison, false where a side is missing; and whether the test gives NULL for that."""
    left, right = _sides(lowering, node)
    test: exp.Expression = _OPERATORS[node.op](this=operand(left.node), expression=operand(right.node))
    return test, left.nullable or right.nullable


def _missing(lowering: Lowering, node: ir.Missing) -> exp.Expression:
    """``IS NULL``; of a dynamic value, a JSON null counts as well."""
    subject = lowering.expr(node.subject)
    if subject.type is Type.DYNAMIC:
        subject = lowering.convert(subject, Type.STRING)
    return exp.Is(this=operand(subject.node), expression=exp.Null()) if subject.nullable else exp.Boolean(this=False)


def _sides(lowering: Lowering, node: ir.Compare) -> tuple[SqlValue, SqlValue]:
    """Both sides, in types that SQL compares as Kusto does."""
    left, right = lowering.expr(node.left), lowering.expr(node.right)
    if left.type is Type.UNKNOWN and right.type is not Type.UNKNOWN:
        left = lowering.convert(left, right.type)
    elif right.type is Type.UNKNOWN and left.type is not Type.UNKNOWN:
        right = lowering.convert(right, left.type)
    elif left.type is Type.DYNAMIC and right.type is Type.DYNAMIC:
        raise Unsupported(
            "a comparison of two dynamic values", node.span, "convert them first, with tostring() or tolong(); Kusto refuses this too"
        )
    elif left.type is not right.type:
        left, right = _alike(lowering, left, right)
    if left.type is Type.STRING and node.op not in (ir.Comparison.EQ, ir.Comparison.NE):
        left, right = (SqlValue(_ordinal(lowering, side), Type.STRING, False) for side in (left, right))
    return left, right


def _ordinal(lowering: Lowering, side: SqlValue) -> exp.Expression:
    """Strings compare by code point (S4)."""
    node = lowering.text(side)
    return exp.Collate(this=operand(node), expression=exp.Identifier(this="C", quoted=True)) if lowering.postgres else node


def _alike(lowering: Lowering, left: SqlValue, right: SqlValue) -> tuple[SqlValue, SqlValue]:
    """Two types that Kusto compares: dynamic with a typed value; SQL itself widens numbers."""
    if left.type.is_numeric and right.type.is_numeric:
        return left, right
    if left.type is Type.DYNAMIC:
        return lowering.convert(left, right.type), right
    if right.type is Type.DYNAMIC:
        return left, lowering.convert(right, left.type)
    if left.type is Type.STRING:
        return lowering.convert(left, right.type), right
    if right.type is Type.STRING:
        return left, lowering.convert(right, left.type)
    return left, right


def _three_valued(lowering: Lowering, node: ir.Expr) -> exp.Expression:
    match node:
        case ir.Compare():
            left, right = _sides(lowering, node)
            return _COMPARE[node.op](this=operand(left.node), expression=operand(right.node))
        case ir.Between():
            subject = lowering.expr(node.subject)
            low, high = lowering.expr(node.low), lowering.expr(node.high)
            if subject.type in (Type.UNKNOWN, Type.DYNAMIC):
                subject = lowering.convert(subject, low.type)
            if subject.type is Type.STRING:
                raise Unsupported("between on strings", node.span)
            test: exp.Expression = exp.Between(this=operand(subject.node), low=operand(low.node), high=operand(high.node))
            return negation(test) if node.negated else test
        case _:
            return _boolean(lowering, node).node


def _equality_value(lowering: Lowering, node: ir.Compare) -> SqlValue:
    """Null when both sides are null; otherwise false (or true for !=) when one is."""
    left, right = _sides(lowering, node)
    equal = node.op is ir.Comparison.EQ
    if not left.nullable and not right.nullable:
        kind: type[exp.Expression] = exp.EQ if equal else exp.NEQ
        return SqlValue(kind(this=operand(left.node), expression=operand(right.node)), Type.BOOL, False)
    null_safe = exp.NullSafeEQ if equal else exp.NullSafeNEQ
    test = null_safe(this=operand(left.node), expression=operand(right.node))
    if not left.nullable or not right.nullable:
        return SqlValue(test, Type.BOOL, False)
    both = exp.And(
        this=exp.Is(this=operand(left.node.copy()), expression=exp.Null()),
        expression=exp.Is(this=operand(right.node.copy()), expression=exp.Null()),
    )
    return SqlValue(exp.Case(ifs=[exp.If(this=negation(both), true=test)]), Type.BOOL, True)
