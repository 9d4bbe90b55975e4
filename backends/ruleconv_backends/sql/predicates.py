"""Atomic predicates: comparisons, matches, memberships. ``holds``, ``fails`` and ``value`` as in ``lower.Lowering``.

An atom is lowered to a test and to what is known of it: ``exact`` when the test is NULL only where Kusto's predicate is null.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Type
from ruleconv.text import NOWHERE
from ruleconv_backends.sql import any_field, matching, names
from ruleconv_backends.sql.arguments import text_of_constant
from ruleconv_backends.sql.elements import elements_as_text
from ruleconv_backends.sql.nodes import JsonGetText
from ruleconv_backends.sql.select import Relation, conjunction, disjunction
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


def negation(node: exp.Expression) -> exp.Expression:
    return exp.Not(
        this=node if isinstance(node, (exp.Column, exp.Func, exp.Paren)) and not isinstance(node, exp.Connector) else exp.Paren(this=node)
    )


def is_not_true(node: exp.Expression) -> exp.Expression:
    return exp.Not(this=exp.Is(this=exp.Paren(this=node), expression=exp.Boolean(this=True)))


def or_false(node: exp.Expression) -> exp.Expression:
    return exp.Coalesce(this=node, expressions=[exp.Boolean(this=False)])


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
            test, nullable = _match(lowering, node)
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
            test, nullable = _match(lowering, node)
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
            test, nullable = _match(lowering, node)
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


# ---------------------------------------------------------------- matches
def _match(lowering: Lowering, node: ir.Match | ir.MatchQuery) -> tuple[exp.Expression, bool]:
    """The plain (not negated) test, and whether it may be NULL. A refusal of a pattern stands where the test stands."""
    try:
        return _plain_match(lowering, node)
    except Unsupported as error:
        if error.span == NOWHERE:
            error.span = node.span
        raise


def _plain_match(lowering: Lowering, node: ir.Match | ir.MatchQuery) -> tuple[exp.Expression, bool]:
    if isinstance(node, ir.MatchQuery):
        return _match_query(lowering, node)
    if isinstance(node.subject, ir.AnyField):
        return any_field.match(lowering, node, node.subject), False
    subject = lowering.expr(node.subject)
    by_text = node.nulls is ir.Nulls.ABSENT and subject.type is Type.DYNAMIC and all(p.type is Type.STRING for p in node.patterns)
    if node.how is ir.How.EQUALS and subject.type not in (Type.STRING, Type.UNKNOWN) and not by_text:
        return _match_values(lowering, node, subject)
    return _match_text(lowering, node, subject)


def _match_text(lowering: Lowering, node: ir.Match, subject: SqlValue) -> tuple[exp.Expression, bool]:
    if subject.type not in (Type.STRING, Type.UNKNOWN):
        subject = lowering.convert(subject, Type.STRING)
    constants = [(p, text_of_constant(p)) for p in node.patterns]
    literals = [text for _, text in constants if text is not None]
    others = [p for p, text in constants if text is None]
    all_ = node.quantifier is ir.Quantifier.ALL
    nullable = subject.nullable
    text = subject.node
    empty_matches = (
        others or "" in literals or node.how is ir.How.REGEX or (node.how is ir.How.GLOB and any(set(p) <= {"*"} for p in literals))
    )
    if nullable and node.nulls is ir.Nulls.EMPTY and empty_matches:
        text, nullable = lowering.text(subject), False
    _warn_of_blanks(lowering, node, text, literals)
    tests = []
    if len(literals) == 1:
        tests.append(matching.match_literal(lowering, text, literals[0], node.how, node.fold_case))
    elif literals:
        tests.append(matching.match_any_literal(lowering, text, literals, node.how, node.fold_case, all_))
    for pattern in others:
        test, maybe = _match_runtime(lowering, node, text, pattern)
        tests.append(test)
        nullable = nullable or maybe
    if not tests:
        return exp.Boolean(this=all_), False
    return (conjunction if all_ else disjunction)(tests), nullable


_JSON_PUNCTUATION = re.compile(r'[]"}0-9el][:,]["{[0-9tfn-]')


def _warn_of_blanks(lowering: Lowering, node: ir.Match, text: exp.Expression, literals: list[str]) -> None:
    """Postgres prints ``{"a": 1}`` where Kusto prints ``{"a":1}`` (S9): a pattern with such punctuation misses it."""
    if lowering.postgres and any(map(_JSON_PUNCTUATION.search, literals)) and text.find(JsonGetText, exp.JSONBExtractScalar):
        effect = Effect.WIDENS if node.negated else Effect.NARROWS
        message = "PostgreSQL puts a blank after the colons and commas of a bag's or an array's text, and this pattern has none"
        lowering.note("SQL011", effect, message, node.span)


def _match_runtime(lowering: Lowering, node: ir.Match, text: exp.Expression, pattern: ir.Expr) -> tuple[exp.Expression, bool]:
    """A pattern that is known only when the query runs: a string, or a dynamic array of them. And whether a missing one gives NULL."""
    value_ = lowering.expr(pattern)
    if value_.type is Type.DYNAMIC:
        element = names.column("_pattern", "p")
        test = matching.match_dynamic(lowering, text, element, node.how, node.fold_case)
        if node.quantifier is ir.Quantifier.ALL:
            test = negation(or_false(test))
        found = exp.Exists(
            this=exp.Select(expressions=[exp.Literal.number("1")])
            .from_(elements_as_text(lowering, value_.node, "p", "_pattern"), copy=False)
            .where(test, copy=False)
        )
        return (negation(found) if node.quantifier is ir.Quantifier.ALL else found), False
    absent = node.nulls is ir.Nulls.ABSENT
    value_ = lowering.convert(value_, Type.STRING) if absent else value_
    found_text = value_.node if absent else lowering.text(value_)
    return matching.match_dynamic(lowering, text, found_text, node.how, node.fold_case), absent and value_.nullable


def _match_values(lowering: Lowering, node: ir.Match, subject: SqlValue) -> tuple[exp.Expression, bool]:
    """``x in (1, 2)`` over numbers, dates ..., and over dynamic values."""
    plain: list[exp.Expression] = []
    tests: list[exp.Expression] = []
    dynamic_subject = subject.type is Type.DYNAMIC
    for pattern in node.patterns:
        if dynamic_subject and pattern.type is not Type.DYNAMIC:
            converted = lowering.convert(subject, pattern.type)
            if pattern.type is Type.STRING and isinstance(pattern, ir.Literal):
                tests.append(matching.match_literal(lowering, converted.node, str(pattern.value), node.how, node.fold_case))
            else:
                tests.append(exp.EQ(this=operand(converted.node), expression=operand(lowering.expr(pattern).node)))
            continue
        value_ = lowering.expr(pattern)
        if value_.type is Type.DYNAMIC:
            element = names.column("_pattern", "p")
            text = lowering.convert(subject, Type.STRING).node
            source = elements_as_text(lowering, value_.node, "p", "_pattern")
            test = exp.EQ(this=operand(text), expression=element)
            tests.append(
                exp.Exists(this=exp.Select(expressions=[exp.Literal.number("1")]).from_(source, copy=False).where(test, copy=False))
            )
            continue
        if value_.type is not subject.type and not (value_.type.is_numeric and subject.type.is_numeric):
            value_ = lowering.convert(value_, subject.type)
        if isinstance(pattern, ir.Literal) and pattern.value is None:
            continue
        plain.append(value_.node)
    if len(plain) == 1 or (plain and node.quantifier is ir.Quantifier.ALL):
        tests[:0] = [exp.EQ(this=operand(subject.node.copy()), expression=operand(value)) for value in plain]
    elif plain:
        tests.insert(0, exp.In(this=operand(subject.node), expressions=plain))
    if not tests:
        return exp.Boolean(this=False), False
    return (conjunction if node.quantifier is ir.Quantifier.ALL else disjunction)(tests), True


def _match_query(lowering: Lowering, node: ir.MatchQuery) -> tuple[exp.Expression, bool]:
    """Against the first column of a query's rows."""
    subject = lowering.expr(node.subject)
    with lowering.over({}):
        relation = lowering.relation(node.query)
    first = next(iter(relation.columns), None)
    if first is None:
        raise Unsupported("a comparison with a table without columns", node.span)
    if relation.windowed or relation.is_grouped or relation.whole is not None or relation.limit is not None:
        relation = relation if len(relation.columns) == 1 and relation.whole is None else relation.sealed()
    relation = relation.unordered()
    column = relation.columns[first]
    relation.columns = {first: column}
    relation.star = ()
    if node.how is ir.How.EQUALS:
        return _in_query(lowering, node, subject, relation, first, column)
    text = lowering.text(subject)
    relation.columns = {"_pattern": SqlValue(lowering.text(column), Type.STRING, False)}
    source = exp.Subquery(this=relation.build(inner=True), alias=exp.TableAlias(this=names.identifier("p")))
    test = matching.match_dynamic(lowering, text, names.column("_pattern", "p"), node.how, node.fold_case)
    if node.quantifier is ir.Quantifier.ALL:
        test = negation(or_false(test))
    found = exp.Exists(this=exp.Select(expressions=[exp.Literal.number("1")]).from_(source, copy=False).where(test, copy=False))
    return (negation(found) if node.quantifier is ir.Quantifier.ALL else found), False


def _in_query(
    lowering: Lowering, node: ir.MatchQuery, subject: SqlValue, relation: Relation, first: str, column: SqlValue
) -> tuple[exp.Expression, bool]:
    """``IN (SELECT ..)``, and whether it may be NULL."""
    if column.type is Type.DYNAMIC:
        raise Unsupported("in (..) over a dynamic column", node.span, "cast the column with tostring() first")
    left = subject
    if Type.STRING in (subject.type, column.type) or Type.UNKNOWN in (subject.type, column.type):
        left = lowering.convert(subject, Type.STRING)
        column = lowering.convert(column, Type.STRING)
        node_left, node_right = lowering.text(left), lowering.text(column)
        if node.fold_case:
            node_left, node_right = exp.Lower(this=node_left), exp.Lower(this=node_right)
        if not relation.is_grouped or relation.columns[first].node == node_right or relation.group is not None:
            relation.columns = {first: SqlValue(node_right, Type.STRING, False)}
        else:
            sealed = relation.sealed()
            inner = lowering.text(sealed.columns[first])
            sealed.columns = {first: SqlValue(exp.Lower(this=inner) if node.fold_case else inner, Type.STRING, False)}
            sealed.star = ()
            relation = sealed
        return exp.In(this=node_left, query=exp.Subquery(this=relation.build(inner=True))), False
    if subject.type is not column.type:
        left = lowering.convert(subject, column.type) if not (subject.type.is_numeric and column.type.is_numeric) else subject
    if column.nullable and not relation.is_grouped and relation.limit is None:
        relation.where.append(negation(exp.Is(this=operand(column.node), expression=exp.Null())))
    return exp.In(this=operand(left.node), query=exp.Subquery(this=relation.build(inner=True))), True
