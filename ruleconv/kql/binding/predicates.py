"""Comparisons and string operators. In: bound operands. Out: ``Match``, ``Compare``, ``Between`` as ``ir.expr`` describes them.

Which operands go together: Microsoft's parser. ``==`` takes any two scalars; when their types differ, the constant takes the type of
the other side, so that ``ResultType == 0`` compares with "0".
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import NamedTuple

from ruleconv.catalogue.model import widest
from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql.binding import findings, literals, signatures, typing
from ruleconv.kql.binding.convert import as_text, as_type
from ruleconv.kql.binding.session import Session
from ruleconv.text import Span


class StringOperator(NamedTuple):
    how: ir.How
    fold: bool
    negated: bool = False


def _family(name: str, how: ir.How) -> dict[str, StringOperator]:
    return {
        name: StringOperator(how, True),
        f"!{name}": StringOperator(how, True, True),
        f"{name}_cs": StringOperator(how, False),
        f"!{name}_cs": StringOperator(how, False, True),
    }


STRING_OPERATORS: dict[str, StringOperator] = {
    **_family("has", ir.How.TERM),
    **_family("contains", ir.How.CONTAINS),
    **_family("startswith", ir.How.PREFIX),
    **_family("endswith", ir.How.SUFFIX),
    **_family("hasprefix", ir.How.TERM_PREFIX),
    **_family("hassuffix", ir.How.TERM_SUFFIX),
    "notcontains": StringOperator(ir.How.CONTAINS, True, True),
    "notcontainscs": StringOperator(ir.How.CONTAINS, False, True),
    "containscs": StringOperator(ir.How.CONTAINS, False),
    "=~": StringOperator(ir.How.EQUALS, True),
    "!~": StringOperator(ir.How.EQUALS, True, True),
    "matches regex": StringOperator(ir.How.REGEX, False),
}

LIST_OPERATORS: dict[str, tuple[StringOperator, ir.Quantifier]] = {
    "in": (StringOperator(ir.How.EQUALS, False), ir.Quantifier.ANY),
    "!in": (StringOperator(ir.How.EQUALS, False, True), ir.Quantifier.ANY),
    "in~": (StringOperator(ir.How.EQUALS, True), ir.Quantifier.ANY),
    "!in~": (StringOperator(ir.How.EQUALS, True, True), ir.Quantifier.ANY),
    "has_any": (StringOperator(ir.How.TERM, True), ir.Quantifier.ANY),
    "has_all": (StringOperator(ir.How.TERM, True), ir.Quantifier.ALL),
}

COMPARISONS = {
    "==": ir.Comparison.EQ,
    "!=": ir.Comparison.NE,
    "<>": ir.Comparison.NE,
    "<": ir.Comparison.LT,
    "<=": ir.Comparison.LE,
    ">": ir.Comparison.GT,
    ">=": ir.Comparison.GE,
}

_TERMS = (ir.How.TERM, ir.How.TERM_PREFIX, ir.How.TERM_SUFFIX)
_TEXTUAL = (Type.STRING, Type.DYNAMIC, Type.UNKNOWN)


def string_match(session: Session, op: str, left: ir.Expr, right: ir.Expr, span: Span, op_span: Span) -> ir.Expr:
    """``left has right`` and its family."""
    how, fold, negated = STRING_OPERATORS[op]
    if left.type not in _TEXTUAL or right.type not in _TEXTUAL:
        session.report(findings.operator_types(op, (left.type, right.type), op_span))
    elif how in _TERMS and (shape := signatures.shape_of(right)):
        session.doubt(findings.misplaced(f"{op} takes no {shape}", right.span, "has_any, has_all and in take an array"))
    return ir.Match(as_text(left), (as_text(right),), how, fold, negated=negated, span=span)


def compare(session: Session, op: str, left: ir.Expr, right: ir.Expr, span: Span, op_span: Span) -> ir.Expr:
    """``==``, ``!=``, ``<`` and the like."""
    comparison = COMPARISONS[op]
    if comparison in (ir.Comparison.EQ, ir.Comparison.NE):
        return equality(comparison is ir.Comparison.NE, left, right, span)
    if not typing.ordered(left.type, right.type):
        session.report(findings.operator_types(op, (left.type, right.type), op_span))
        return ir.Compare(comparison, left, right, span=span)
    left, right = alike(left, right)
    return ir.Compare(comparison, left, right, span=span)


def equality(negated: bool, left: ir.Expr, right: ir.Expr, span: Span) -> ir.Expr:
    """``left == right`` or ``left != right``: a ``Match`` where it compares texts."""
    flipped = isinstance(left, ir.Literal) and not isinstance(right, ir.Literal)
    subject, pattern = same_type(right, left) if flipped else same_type(left, right)
    plain = isinstance(pattern, ir.Literal) and not isinstance(pattern.value, dict | list)
    if subject.type is pattern.type is Type.DYNAMIC and not plain:
        raise Unsupported("a comparison of two dynamic values", span, "Kusto refuses it: compare their texts, with tostring()")
    if subject.type is Type.STRING:
        return ir.Match(subject, (pattern,), ir.How.EQUALS, False, negated=negated, span=span)
    op = ir.Comparison.NE if negated else ir.Comparison.EQ
    return ir.Compare(op, pattern, subject, span=span) if flipped else ir.Compare(op, subject, pattern, span=span)


def same_type(subject: ir.Expr, pattern: ir.Expr) -> tuple[ir.Expr, ir.Expr]:
    """Both sides of an equality in one type: texts as strings, a constant in the type of the column beside it."""
    types = (subject.type, pattern.type)
    if types[0] is types[1]:
        return (as_text(subject), as_text(pattern)) if types[0] is Type.UNKNOWN else (subject, pattern)
    if Type.UNKNOWN in types or Type.DYNAMIC in types:
        return alike(subject, pattern)
    if isinstance(pattern, ir.Literal):
        constant = literals.converted(pattern, subject.type) if not _numbers(*types) else None
        if constant is not None:
            return subject, constant
    if Type.STRING in types:
        return as_text(subject), as_text(pattern)
    return alike(subject, pattern)


def alike(left: ir.Expr, right: ir.Expr) -> tuple[ir.Expr, ir.Expr]:
    """Two comparable values of one kind: a dynamic, an open column or a bool takes the other's type."""
    if left.type is right.type or _numbers(left.type, right.type):
        return left, right
    for loose in (Type.UNKNOWN, Type.DYNAMIC):
        if left.type is loose and right.type is not Type.UNKNOWN:
            return as_type(left, _compared_as(right.type)), right
        if right.type is loose and left.type is not Type.UNKNOWN:
            return left, as_type(right, _compared_as(left.type))
    if left.type is Type.BOOL and right.type.is_numeric:
        return as_type(left, Type.LONG), right
    if right.type is Type.BOOL and left.type.is_numeric:
        return left, as_type(right, Type.LONG)
    return left, as_type(right, left.type)


def _compared_as(type_: Type) -> Type:
    """A dynamic number may have a fraction: beside an integer it is compared as a real."""
    return Type.REAL if type_.is_integer else type_


def _numbers(left: Type, right: Type) -> bool:
    return left.is_numeric and right.is_numeric


def match_list(session: Session, op: str, subject: ir.Expr, items: list[ir.Expr], span: Span, op_span: Span) -> ir.Expr:
    """``in``, ``has_any`` and their kin, against written values and dynamic arrays."""
    (how, fold, negated), quantifier = LIST_OPERATORS[op]
    patterns = [piece for item in items for piece in elements(item)]
    session.spend(len(patterns), span)
    texts_only = how is not ir.How.EQUALS or fold
    if texts_only and subject.type not in _TEXTUAL:
        session.report(findings.operator_types(op, (subject.type, *(p.type for p in patterns[:1])), op_span))
    elif texts_only and (odd := next((p for p in patterns if p.type not in _TEXTUAL), None)) is not None:
        session.refusals.append(Unsupported(f"{op} with a value of type {odd.type.value}", odd.span, "write it as a string"))
    target = _subject_type(subject, patterns, texts_only)
    subject = as_type(subject, target)
    fitted = tuple(p if p.type is Type.DYNAMIC else as_type(p, target) for p in patterns)
    nulls = ir.Nulls.EMPTY if target is Type.STRING else ir.Nulls.UNKNOWN
    return ir.Match(subject, fitted, how, fold, quantifier, nulls, negated, span)


def elements(item: ir.Expr) -> list[ir.Expr]:
    """The values of a constant array, which ``in`` flattens; any other value by itself."""
    if isinstance(item, ir.Literal) and item.type is Type.DYNAMIC:
        if isinstance(item.value, list) and all(isinstance(x, (str, bool, int, float)) for x in item.value):
            kinds = {bool: Type.BOOL, int: Type.LONG, float: Type.REAL, str: Type.STRING}
            return [ir.Literal(x, kinds[type(x)], item.span) for x in item.value]
        if isinstance(item.value, str):
            return [ir.Literal(item.value, Type.STRING, item.span)]
    if isinstance(item, ir.Call) and item.function == "pack_array" and all(isinstance(a, ir.Literal) for a in item.args):
        return [piece for a in item.args for piece in elements(a)]
    return [item]


def _subject_type(subject: ir.Expr, patterns: list[ir.Expr], texts_only: bool) -> Type:
    """The type in which the subject is compared."""
    if texts_only:
        return Type.STRING
    if subject.type.is_numeric:
        return widest((subject.type, *(p.type for p in patterns if p.type.is_numeric and not _is_of(p, subject.type))))
    if subject.type not in (Type.DYNAMIC, Type.UNKNOWN):
        return subject.type
    kinds = {p.type for p in patterns}
    if len(kinds) == 1:
        only = kinds.pop()
        if only not in (Type.DYNAMIC, Type.UNKNOWN):
            return _compared_as(only)
    return Type.DYNAMIC if subject.type is Type.DYNAMIC else Type.STRING


_INT = 1 << 31


def _is_of(pattern: ir.Expr, type_: Type) -> bool:
    """A literal number that ``type_`` has as well: it can take the type."""
    if not isinstance(pattern, ir.Literal):
        return False
    value = pattern.value
    if isinstance(value, (float, Decimal)) and type_.is_integer:
        return math.isfinite(value) and value == int(value) and -_INT <= int(value) < _INT
    return not isinstance(value, int) or type_ is not Type.INT or -_INT <= value < _INT


def between(session: Session, negated: bool, parts: tuple[ir.Expr, ir.Expr, ir.Expr], span: Span) -> ir.Expr:
    """``subject between (low .. high)``; a timespan at the high end of a datetime counts from the low end."""
    subject, low, high = parts
    types = (subject.type, low.type, high.type)
    if not typing.between(*types):
        session.report(findings.operator_types("between", types, span))
        return ir.Between(subject, low, high, negated, span)
    if high.type is Type.TIMESPAN and low.type in (Type.DATETIME, Type.UNKNOWN) and subject.type is not Type.TIMESPAN:
        low = as_type(low, Type.DATETIME)
        high = ir.Arithmetic(ir.Operator.ADD, low, high, Type.DATETIME, high.span)
    known = next((t for t in (low.type, high.type, subject.type) if t not in (Type.DYNAMIC, Type.UNKNOWN)), None)
    if known is not None:
        subject, low, high = (as_type(p, known) if p.type in (Type.DYNAMIC, Type.UNKNOWN) else p for p in (subject, low, high))
    return ir.Between(subject, low, high, negated, span)
