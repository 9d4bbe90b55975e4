"""Tests of a column that is no text: values of its type compare as such, patterns look at its text (docs/semantics.md, S26)."""

from __future__ import annotations

import math

from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Expr, How, Quantifier
from ruleconv.ir.types import Type
from ruleconv.sigma.logic import conjunction, disjunction
from ruleconv.sigma.patterns import number_literal, number_text
from ruleconv.text import Span


def text(value: Expr) -> Expr:
    """The value as text, null where it is null."""
    return value if value.type in (Type.STRING, Type.UNKNOWN) else ir.Call("tostring", (value,), Type.STRING, value.span)


def _written(value: Expr) -> Expr:
    """The value's text as logs have it: Kusto's ``tostring(true)`` is True."""
    made = text(value)
    return ir.Call("tolower", (made,), Type.STRING, value.span) if value.type is Type.BOOL else made


def typed(test: Expr) -> Expr:
    """The test with patterns of the subject's type where they have one, and else over the subject's text."""
    match test:
        case ir.And():
            return ir.And(tuple(map(typed, test.terms)), test.span)
        case ir.Or():
            return ir.Or(tuple(map(typed, test.terms)), test.span)
        case ir.Not():
            return ir.Not(typed(test.term), test.span)
        case ir.Match(subject=subject) if subject.type not in (Type.STRING, Type.UNKNOWN, Type.DYNAMIC):
            return _typed_match(test)
        case ir.Match(subject=subject, how=How.EQUALS, patterns=patterns) if subject.type is Type.UNKNOWN:
            texts = tuple(_as_text(pattern) for pattern in patterns)
            return test if texts == patterns else _with(test, subject, texts)
        case _:
            return test


def _typed_match(test: ir.Match) -> Expr:
    """Of a number, a boolean, a time: those patterns that are values of the type are compared as such."""
    subject, kind = test.subject, test.subject.type
    if test.how is not How.EQUALS:
        return _with(test, text(subject) if test.fold_case else _written(subject), test.patterns)
    values = [(pattern, _of_type(pattern, kind)) for pattern in test.patterns]
    made = tuple(value for _, value in values if value is not None)
    others = tuple(_as_text(pattern) for pattern, value in values if value is None)
    tests: list[Expr] = []
    if made:
        tests.append(ir.Match(subject, made, How.EQUALS, False, test.quantifier, test.nulls, test.negated, test.span))
    if others:
        tests.append(_with(test, text(subject), others))
    return conjunction(tests) if (test.quantifier is Quantifier.ALL) != test.negated else disjunction(tests)


def _with(test: ir.Match, subject: Expr, patterns: tuple[Expr, ...]) -> ir.Match:
    return ir.Match(subject, patterns, test.how, test.fold_case, test.quantifier, test.nulls, test.negated, test.span)


def _as_text(pattern: Expr) -> Expr:
    if not isinstance(pattern, ir.Literal) or pattern.type is Type.STRING:
        return pattern
    if isinstance(pattern.value, bool):
        return ir.Literal("true" if pattern.value else "false", Type.STRING, pattern.span)
    value = pattern.value
    return ir.Literal(number_text(value) if isinstance(value, (int, float)) else str(value), Type.STRING, pattern.span)


def _of_type(pattern: Expr, kind: Type) -> Expr | None:
    """The pattern as a value of a column's type; None where it is none, or where only its text can tell."""
    if not isinstance(pattern, ir.Literal) or pattern.type is kind:
        return pattern
    value = pattern.value
    if kind.is_numeric and isinstance(value, str):
        return _number_of(value, kind, pattern.span)
    if kind.is_numeric and isinstance(value, (int, float)) and not isinstance(value, bool):
        return pattern
    if kind is Type.BOOL and isinstance(value, str) and value.lower() in ("true", "false"):
        return ir.Literal(value.lower() == "true", Type.BOOL, pattern.span)
    return None


def _number_of(value: str, kind: Type, span: Span) -> ir.Literal | None:
    """A text that is just what the number prints as."""
    try:
        number: int | float = int(value) if kind.is_integer else float(value)
    except ValueError:
        return None
    if not math.isfinite(number) or value not in (str(number), number_text(number)):
        return None
    return number_literal(number, span)
