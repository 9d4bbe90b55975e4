"""One field, or the keywords, with its values: as tests of the IR. ``predicates`` joins them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ruleconv.diagnostic import ParseError, Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Comparison, Expr, How, Nulls, Quantifier
from ruleconv.ir.types import Type
from ruleconv.sigma import detection as d
from ruleconv.sigma.detection import Wildcard
from ruleconv.sigma.events import Events
from ruleconv.sigma.logic import conjunction, disjunction, negation
from ruleconv.sigma.patterns import glob, number_literal, number_text, regex
from ruleconv.sigma.terms import with_terms
from ruleconv.sigma.typed import text, typed

_PARTS = {
    d.TimeUnit.MINUTE: "minute",
    d.TimeUnit.HOUR: "hour",
    d.TimeUnit.DAY: "day",
    d.TimeUnit.WEEK: "week_of_year",
    d.TimeUnit.MONTH: "month",
    d.TimeUnit.YEAR: "year",
}
"""The names that ``datetime_part`` has for them; weeks are ISO 8601's (S28)."""
_ABSENT = Nulls.ABSENT


@dataclass(frozen=True, slots=True)
class Shape:
    """How a pattern is compared; patterns of one shape go into one ``Match``."""

    how: How
    fold_case: bool
    type: Type = Type.STRING
    part: d.TimeUnit | None = None


class _Tests:
    """The tests of one item's values."""

    def __init__(self, events: Events, item: d.Item) -> None:
        self.events, self.item, self.span = events, item, item.span

    def any(self, values: Iterable[d.Value]) -> Expr:
        return disjunction(self._tests([each for value in values for each in _expanded(value)], Quantifier.ANY))

    def all(self, values: Iterable[d.Value]) -> Expr:
        return conjunction(self._tests(list(values), Quantifier.ALL))

    def _tests(self, values: list[d.Value], quantifier: Quantifier) -> list[Expr]:
        """Patterns of the same shape together, in the order of first sight."""
        found: list[Expr | Shape] = []
        groups: dict[Shape, dict[ir.Literal, None]] = {}
        for value in values:
            pattern = self.pattern(value)
            if pattern is None:
                found.append(self.any(value.values) if isinstance(value, d.AnyOf) else self.test(value))
                continue
            shape, literal = pattern
            if shape not in groups:
                groups[shape] = {}
                found.append(shape)
            groups[shape][literal] = None
        return [self.match(each, tuple(groups[each]), quantifier) if isinstance(each, Shape) else each for each in found]

    def pattern(self, value: d.Value) -> tuple[Shape, ir.Literal] | None:
        """A value that is a pattern of a ``Match``; None for others."""
        raise NotImplementedError

    def match(self, shape: Shape, patterns: tuple[ir.Literal, ...], quantifier: Quantifier) -> Expr:
        raise NotImplementedError

    def test(self, value: d.Value) -> Expr:
        raise NotImplementedError

    def string(self, text: str) -> ir.Literal:
        return ir.Literal(text, Type.STRING, self.span)


def _expanded(value: d.Value) -> list[d.Value]:
    return [each for inner in value.values for each in _expanded(inner)] if isinstance(value, d.AnyOf) else [value]


class FieldTests(_Tests):
    """Values of a field."""

    def __init__(self, events: Events, item: d.Item, name: str) -> None:
        super().__init__(events, item)
        self.name = name
        self.subject = events.field(name, item.span)

    def match(self, shape: Shape, patterns: tuple[ir.Literal, ...], quantifier: Quantifier) -> Expr:
        if shape.part is not None:
            parts = [self._part(shape.part, each) for each in self._scalars(self.name, self.subject)]
            return disjunction([ir.Match(part, patterns, shape.how, False, quantifier, _ABSENT, False, self.span) for part in parts])
        made = ir.Match(self.subject, patterns, shape.how, shape.fold_case, quantifier, _ABSENT, False, self.span)
        return typed(with_terms(self.events.adapt(self.name, made, self.span)))

    def pattern(self, value: d.Value) -> tuple[Shape, ir.Literal] | None:
        kind = self.subject.type
        match value:
            case d.Text(parts=parts, cased=cased):
                how, text = glob(parts)
                if how is How.GLOB and text == "*":
                    return None
                return Shape(how, not cased), self.string(text)
            case d.Number(value=number) if kind.is_numeric or kind is Type.UNKNOWN:
                return Shape(How.EQUALS, False, Type.LONG), number_literal(number, self.span)
            case d.Number(value=number):
                return Shape(How.EQUALS, True), self.string(number_text(number))
            case d.Boolean(value=truth) if kind is Type.BOOL:
                return Shape(How.EQUALS, False, Type.BOOL), ir.Literal(truth, Type.BOOL, self.span)
            case d.Boolean(value=truth):
                return Shape(How.EQUALS, True), self.string("true" if truth else "false")
            case d.Pattern():
                return Shape(How.REGEX, "i" in value.flags), self.string(regex(value))
            case d.Network(cidr=cidr):
                return Shape(How.CIDR, False), self.string(cidr)
            case d.TimePart(op=Comparison.EQ):
                return Shape(How.EQUALS, False, Type.INT, value.unit), number_literal(value.number, self.span)
            case _:
                return None

    def test(self, value: d.Value) -> Expr:
        subject, span = self.subject, self.span
        match value:
            case d.Text():
                return negation(self._missing())
            case d.Null():
                return self._missing()
            case d.Exists(exists=exists):
                absent = self._absent()
                return negation(absent) if exists else absent
            case d.Threshold(op=op, value=number):
                limit = number_literal(number, span)
                if subject.type.is_numeric:
                    return self.events.adapt(self.name, ir.Compare(op, subject, limit, _ABSENT, span), span)
                numbers = [self._number(each) for each in self._scalars(self.name, subject)]
                return disjunction([ir.Compare(op, each, limit, _ABSENT, span) for each in numbers])
            case d.TimePart(unit=unit, number=number, op=op):
                parts = [self._part(unit, each) for each in self._scalars(self.name, subject)]
                return disjunction([ir.Compare(op, part, number_literal(number, span), _ABSENT, span) for part in parts])
            case d.FieldRef():
                other = self.events.field(value.field, span)
                others = self._scalars(value.field, other)
                return disjunction([self._field_ref(value, a, b) for a in self._scalars(self.name, subject) for b in others])
            case _:
                raise Unsupported("this value", span)

    def _missing(self) -> Expr:
        return self.events.adapt(self.name, ir.Missing(self.subject, self.span), self.span)

    def _absent(self) -> Expr:
        """The event does not have the field at all; where that cannot be told from a null, it is the same."""
        has = getattr(self.events, "has", None)
        return self._missing() if has is None else negation(has(self.name, self.span))

    def _scalars(self, name: str, subject: Expr) -> list[Expr]:
        """The field itself; where its values are lists that can be taken apart, each element."""
        elements = getattr(self.events, "elements", None)
        return [subject] if elements is None or subject.type is not Type.DYNAMIC else elements(name, self.span) or [subject]

    def _number(self, subject: Expr) -> Expr:
        """The field as a number, so that 9 is less than 20; what is no number is missing."""
        if subject.type.is_numeric:
            return subject
        if subject.type not in (Type.STRING, Type.UNKNOWN, Type.DYNAMIC, Type.BOOL):
            raise Unsupported(f"a comparison of {self.name[:80]}, which is a {subject.type}, with a number", self.span)
        return ir.Call("todouble", (text(subject),), Type.REAL, self.span)

    def _part(self, unit: d.TimeUnit, subject: Expr) -> Expr:
        """That part of the field as a time; what is no time is missing."""
        time = subject if subject.type is Type.DATETIME else ir.Call("todatetime", (text(subject),), Type.DATETIME, self.span)
        return ir.Call("datetime_part", (self.string(_PARTS[unit]), time), Type.INT, self.span)

    def _field_ref(self, value: d.FieldRef, mine: Expr, other: Expr) -> Expr:
        how = How.CONTAINS if value.starts and value.ends else How.PREFIX if value.starts else How.SUFFIX if value.ends else How.EQUALS
        if how is How.EQUALS and mine.type is other.type and mine.type not in (Type.STRING, Type.UNKNOWN, Type.DYNAMIC):
            return ir.Compare(Comparison.EQ, mine, other, _ABSENT, self.span)
        if how is How.EQUALS and mine.type.is_numeric and other.type.is_numeric:
            return ir.Compare(Comparison.EQ, mine, other, _ABSENT, self.span)
        return ir.Match(text(mine), (text(other),), how, True, Quantifier.ANY, _ABSENT, False, self.span)


class KeywordTests(_Tests):
    """Values without a field: somewhere in some field of the event."""

    def match(self, shape: Shape, patterns: tuple[ir.Literal, ...], quantifier: Quantifier) -> Expr:
        any_field = getattr(self.events, "any_field", None)
        subject = ir.AnyField(self.span) if any_field is None else any_field(self.span)
        made = ir.Match(subject, patterns, shape.how, shape.fold_case, quantifier, _ABSENT, False, self.span)
        return with_terms(self.events.adapt("", made, self.span))

    def pattern(self, value: d.Value) -> tuple[Shape, ir.Literal] | None:
        match value:
            case d.Text(parts=parts, cased=cased):
                where = parts if self.item.anchored else (Wildcard.MANY, *parts, Wildcard.MANY)
                how, found = glob(where)
                return Shape(how, not cased), self.string(found)
            case d.Number(value=number):
                return Shape(How.CONTAINS, True), self.string(number_text(number))
            case d.Pattern():
                return Shape(How.REGEX, "i" in value.flags), self.string(regex(value))
            case _:
                return None

    def test(self, value: d.Value) -> Expr:
        hint = "in quotes it is a text" if isinstance(value, d.Boolean) else "write it under the name of a field"
        raise ParseError("a keyword is a text; this value needs a field", self.span, hint)
