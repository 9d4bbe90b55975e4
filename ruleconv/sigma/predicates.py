"""From what a rule looks for to predicates of the IR, over the fields of some events.

Everything here is two-valued (``nulls=ABSENT``): a missing field matches nothing, and the negation of a test on it is true. Values compare
as text without regard to case, unless the column's type or a modifier says otherwise (docs/semantics.md, S26-S29).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from ruleconv.diagnostic import ParseError, Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Comparison, Expr, How, Nulls, Quantifier
from ruleconv.ir.types import Type
from ruleconv.sigma import conditions as c
from ruleconv.sigma import detection as d
from ruleconv.sigma.detection import Wildcard
from ruleconv.sigma.events import Events
from ruleconv.sigma.terms import with_terms
from ruleconv.text import Span

_PARTS = {
    d.TimeUnit.MINUTE: "minute",
    d.TimeUnit.HOUR: "hour",
    d.TimeUnit.DAY: "day",
    d.TimeUnit.WEEK: "week_of_year",
    d.TimeUnit.MONTH: "month",
    d.TimeUnit.YEAR: "year",
}
"""The names that ``datetime_part`` has for them; weeks are ISO 8601's (S28)."""
_LONG = 1 << 63
_ABSENT = Nulls.ABSENT


def predicate(search: d.Search, events: Events) -> Expr:
    """What a search asks of an event: one of its conditions. ParseError for a name that no search has; Unsupported for what the events
    cannot answer."""
    return Searches(search.detections, events).any(search.conditions)


@dataclass
class Searches:
    """The named searches of one rule over these events; each is translated once."""

    detections: dict[str, d.Detection]
    events: Events
    done: dict[str, Expr] = field(default_factory=dict)

    def any(self, conditions: Iterable[c.Condition]) -> Expr:
        return disjunction([self.condition(each) for each in conditions])

    def condition(self, condition: c.Condition) -> Expr:
        match condition:
            case c.Name():
                if condition.name not in self.detections:
                    raise ParseError(f"there is no search {condition.name[:80]!r}", condition.span, self._known())
                return self.search(condition.name)
            case c.Several():
                names = condition.names(self.detections)
                if not names:
                    raise ParseError(f"no search is called {condition.pattern[:80]!r}", condition.span, self._known())
                join = conjunction if condition.all else disjunction
                return join([self.search(name) for name in names])
            case c.Negated():
                return negation(self.condition(condition.term))
            case c.Joined():
                join = conjunction if condition.all else disjunction
                return join([self.condition(term) for term in condition.terms])

    def _known(self) -> str:
        return "there are: " + ", ".join(list(self.detections)[:20])

    def search(self, name: str) -> Expr:
        found = self.done.get(name)
        if found is None:
            found = self.done[name] = self.detection(self.detections[name])
        return found

    def detection(self, detection: d.Detection) -> Expr:
        join = conjunction if detection.all else disjunction
        return join([self.detection(each) if isinstance(each, d.Detection) else self.item(each) for each in detection.items])

    def item(self, item: d.Item) -> Expr:
        tests = _Keywords(self.events, item) if item.field is None else _Field(self.events, item, item.field)
        test = tests.all(item.values) if item.all else tests.any(item.values)
        return negation(test) if item.negated else test


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


# ---------------------------------------------------------------- items
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


class _Field(_Tests):
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


class _Keywords(_Tests):
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


# ---------------------------------------------------------------- values
def glob(parts: Iterable[str | Wildcard]) -> tuple[How, str]:
    """The plainest comparison that says the pattern. Only GLOB's text has escapes; a lone ``*`` stays one."""
    runs: list[str | Wildcard] = []
    for part in parts:
        if part is Wildcard.MANY and runs and runs[-1] is Wildcard.MANY:
            continue
        if runs and not isinstance(part, Wildcard) and not isinstance(runs[-1], Wildcard):
            runs[-1] += part
        elif part != "":
            runs.append(part)
    match runs:
        case []:
            return How.EQUALS, ""
        case [str() as only] if not isinstance(only, Wildcard):
            return How.EQUALS, only
        case [Wildcard.MANY, str() as only, Wildcard.MANY] if not isinstance(only, Wildcard):
            return How.CONTAINS, only
        case [str() as only, Wildcard.MANY] if not isinstance(only, Wildcard):
            return How.PREFIX, only
        case [Wildcard.MANY, str() as only] if not isinstance(only, Wildcard):
            return How.SUFFIX, only
    return How.GLOB, "".join(part.value if isinstance(part, Wildcard) else _escaped(part) for part in runs)


def _escaped(run: str) -> str:
    return run.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")


def regex(value: d.Pattern) -> str:
    """With the flags that the pattern must carry itself; ``i`` is the comparison's."""
    flags = value.flags.replace("i", "")
    return f"(?{flags}){value.regex}" if flags else value.regex


def number_text(number: float) -> str:
    """As logs write it: whole numbers without a fraction."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return str(number)


def number_literal(number: float, span: Span) -> ir.Literal:
    if isinstance(number, int) and -_LONG <= number < _LONG:
        return ir.Literal(number, Type.LONG, span)
    try:
        return ir.Literal(float(number), Type.REAL, span)
    except OverflowError:
        raise Unsupported("a number of this size", span) from None


def text(value: Expr) -> Expr:
    """The value as text, null where it is null."""
    return value if value.type in (Type.STRING, Type.UNKNOWN) else ir.Call("tostring", (value,), Type.STRING, value.span)


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
        return _with(test, text(subject), test.patterns)
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
