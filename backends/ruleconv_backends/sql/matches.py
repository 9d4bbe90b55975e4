"""``Match`` and ``MatchQuery`` as tests: a subject against patterns, against values, against the rows of a query."""

from __future__ import annotations

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
from ruleconv_backends.sql.logic import negation, or_false
from ruleconv_backends.sql.nodes import JsonGetText
from ruleconv_backends.sql.select import Relation, conjunction, disjunction
from ruleconv_backends.sql.template import operand
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


def match(lowering: Lowering, node: ir.Match | ir.MatchQuery) -> tuple[exp.Expression, bool]:
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
        lowering.note("SQW011", effect, message, node.span)


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
