"""Correlations of a Sigma file as ``Correlate``: what ``bind.py`` asks before their rules are bound (which rules, which fields) and after.

Source: the Sigma correlation rules specification 2.1; what it leaves open is decided in docs/semantics.md, S30 to S34.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ruleconv.diagnostic import ParseError, Unsupported
from ruleconv.ir.correlated import free
from ruleconv.ir.correlation import Correlate, CorrelatedRule, CorrelationKind, Occurrences, Threshold
from ruleconv.ir.expr import And, Call, ColumnRef, Comparison, Expr, Missing, Not, Or
from ruleconv.ir.query import Filter, Rel
from ruleconv.ir.types import Column, Type
from ruleconv.ir.walk import walk
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.rulefile.yaml_nodes import Node
from ruleconv.sigma.correlation_document import Field, Reference, Section, read_section
from ruleconv.sigma.correlation_events import same_events
from ruleconv.sigma.rules import CorrelationRule, DetectionRule
from ruleconv.text import Source, Span

Rule = DetectionRule | CorrelationRule

_VALUES = {
    CorrelationKind.EVENT_COUNT: ("EventCount", Type.LONG),
    CorrelationKind.VALUE_COUNT: ("ValueCount", Type.LONG),
    CorrelationKind.VALUE_SUM: ("ValueSum", Type.REAL),
    CorrelationKind.VALUE_AVG: ("ValueAverage", Type.REAL),
    CorrelationKind.VALUE_PERCENTILE: ("ValuePercentile", Type.REAL),
    CorrelationKind.VALUE_MEDIAN: ("ValueMedian", Type.REAL),
}
_DEEPEST, _LARGEST, _MOST_RULES = 12, 60, 100
"""How deep correlations may refer to each other (a sequence is as deep as a third of its rules), how many there may be when each is written
out where it is referred to, and how many rules may have to meet in time: what can be written and run."""
_COUNTED_ONCE = (CorrelationKind.EVENT_COUNT, CorrelationKind.VALUE_SUM, CorrelationKind.VALUE_AVG)


def references(document: Node, source: Source) -> tuple[tuple[str, Span], ...]:
    """The names or ids of the rules that the correlation refers to, each once."""
    return tuple({each.name: (each.name, each.span) for each in read_section(document, source).rules}.values())


def generates(document: Node, source: Source) -> bool:
    """Whether the rules that it refers to stand for themselves too."""
    return read_section(document, source).generate


def asked_fields(document: Node, source: Source) -> Mapping[str, tuple[str, ...]]:
    """By reference, the fields that the rule's events are asked for: group-by fields with aliases resolved, counted ones."""
    section = read_section(document, source)
    return {
        rule.name: tuple(
            dict.fromkeys([*(_aliased(section, each, (rule.name,)).name for each in section.group_by), *(f.name for f in section.fields)])
        )
        for rule in section.rules
    }


def bind_correlation(document: Node, rules: Mapping[str, Rule], source: Source, metadata: Metadata = NO_METADATA) -> CorrelationRule:
    """The correlation over its bound rules. Raises ParseError for what the document gets wrong (a field that a chained correlation does
    not have, an alias of a rule that is not there), Unsupported for what the IR or the events cannot say."""
    section = read_section(document, source)
    _check_aliases(section, rules, source)
    binder = _Binder(section, rules, source)
    bound = binder.correlate()
    last = bound.last
    parts = {name: rules[reference.name].metadata for reference, name in binder.named()}
    notes = tuple(dict.fromkeys(note for rule in rules.values() for note in rule.notes))
    return CorrelationRule(
        name=_text(document, "name"),
        id=_text(document, "id"),
        title=_text(document, "title"),
        rel=bound,
        time=ColumnRef(last.name, last.type, last.nullable),
        refers_to=tuple(dict.fromkeys(each.name for each in section.rules)),
        generate=section.generate,
        metadata=replace(metadata, parts=parts),
        notes=notes,
        span=document.span,
    )


def _text(document: Node, key: str) -> str:
    node = document.get(key)
    return node.text if node is not None and node.kind == "scalar" and not node.is_null else ""


def _names(reference: str, rule: Rule) -> tuple[str, ...]:
    return (reference, rule.name, rule.id)


def _aliased(section: Section, field: Field, rule_names: Sequence[str]) -> Field:
    """The field of a rule's events that a group-by field stands for."""
    by_rule = section.aliases.get(field.name, {})
    return next((by_rule[name] for name in rule_names if name and name in by_rule), field)


def _check_aliases(section: Section, rules: Mapping[str, Rule], source: Source) -> None:
    known = {name for reference, rule in rules.items() for name in _names(reference, rule) if name}
    for alias, by_rule in section.aliases.items():
        for name, field in by_rule.items():
            if name not in known:
                raise ParseError(f"the alias {alias!r} is of {name!r}, no rule of this correlation", field.span, source=source)


class _Binder:
    def __init__(self, section: Section, rules: Mapping[str, Rule], source: Source) -> None:
        self.section, self.rules, self.source = section, rules, source

    def correlate(self) -> Correlate:
        section = self.section
        named = self.named()
        listed, names = [reference for reference, _ in named], [name for _, name in named]
        each = [self.rule(reference, name) for reference, name in named]
        if not section.kind.is_temporal:
            each = same_events(each)
        thresholds = self.thresholds(len(names))
        steps = self.steps(listed, names) if section.kind is CorrelationKind.TEMPORAL_ORDERED else ()
        condition = section.condition if not steps else None
        made = Correlate(
            section.kind,
            tuple(each),
            section.timespan,
            thresholds,
            self.columns(each),
            percentile=section.percentile,
            condition=condition,
            steps=steps,
            span=section.span,
        )
        deep, many = _size(made)
        if deep > _DEEPEST or many > _LARGEST:
            hint = f"at most {_DEEPEST} deep, and {_LARGEST} in all; a sequence counts for a third of its rules"
            raise Unsupported("a correlation of so many correlations", section.span, hint)
        if section.kind.is_temporal and len(each) > _MOST_RULES:
            raise Unsupported(f"a {section.kind} correlation of more than {_MOST_RULES} rules", section.span)
        return made

    def named(self) -> list[tuple[Reference, str]]:
        """The rules as they are listed, with the names that the IR has for them."""
        listed = self.section.rules
        if self.section.kind is not CorrelationKind.TEMPORAL_ORDERED:
            listed = tuple({each.name: each for each in listed}.values())
        return list(zip(listed, _distinct_names(listed), strict=True))

    # ------------------------------------------------------------ rules
    def rule(self, reference: Reference, name: str) -> CorrelatedRule:
        rule = self.rules[reference.name]
        own = _names(reference.name, rule)
        key_fields = [_aliased(self.section, each, own) for each in self.section.group_by]
        if isinstance(rule, CorrelationRule):
            rel = self.occurrences(rule)
            keys = [self.chained(rel, rule, each) for each in key_fields]
            counted: list[Expr] = [self.chained(rel, rule, each) for each in self.section.fields]
            value = self.value(counted)
            return CorrelatedRule(name, self.with_fields(rel, keys, counted), tuple(map(_comparable, keys)), rule.time, value)
        keys = [rule.events.field(each.name, each.span) for each in key_fields]
        counted = [rule.events.field(each.name, each.span) for each in self.section.fields]
        value, time = self.value(counted), rule.events.time
        return CorrelatedRule(name, self.with_fields(rule.rel, keys, counted), tuple(map(_comparable, keys)), time, value)

    def with_fields(self, rel: Rel, keys: Sequence[Expr], counted: Sequence[Expr]) -> Rel:
        """In a temporal correlation events have the same values in the group-by fields; one that has none there belongs to no group.
        What is counted together must be there together."""
        needed = [*(keys if self.section.kind.is_temporal else ()), *(counted if len(counted) > 1 else ())]
        if not needed:
            return rel
        present: list[Expr] = [Not(Missing(each)) for each in needed]
        if isinstance(rel, Filter):
            before = rel.predicate.terms if isinstance(rel.predicate, And) else (rel.predicate,)
            return Filter(rel.input, And((*before, *present)), rel.span)
        return Filter(rel, And(tuple(present)) if len(present) > 1 else present[0])

    def occurrences(self, rule: CorrelationRule) -> Correlate:
        """A correlation as the rule of another: each time that it is true for what looks at times or values, its beginnings for what
        counts (S34)."""
        if not isinstance(rule.rel, Correlate):
            raise Unsupported("a correlation of this correlation", rule.span)
        kind = Occurrences.ONSETS if self.section.kind in _COUNTED_ONCE else Occurrences.MOMENTS
        columns = rule.rel.columns[: len(rule.rel.keys) + 2]
        return replace(rule.rel, occurrences=kind, columns=columns)

    def chained(self, rel: Correlate, rule: CorrelationRule, field: Field) -> Expr:
        """A group-by field of the correlation that is referred to; it has no others."""
        for column in rel.keys:
            if column.name == field.name:
                return ColumnRef(column.name, column.type, column.nullable, field.span)
        own = ", ".join(column.name for column in rel.keys) or "none"
        what = rule.name or rule.title or rule.id
        raise ParseError(f"the correlation {what!r} has no field {field.name!r}", field.span, f"its group-by fields: {own}", self.source)

    def value(self, values: Sequence[Expr]) -> Expr | None:
        """What is counted or added up; of several fields, the values of all of them together."""
        if not values:
            return None
        if self.section.kind is not CorrelationKind.VALUE_COUNT:
            value = values[0]
            return value if value.type is Type.REAL else Call("todouble", (value,), Type.REAL)
        if len(values) == 1:
            return values[0]
        # The specification's pull request 163: the number of different tuples.
        return Call("tostring", (Call("pack_array", tuple(values), Type.DYNAMIC),), Type.STRING)

    # ------------------------------------------------------------ condition
    def thresholds(self, rules: int) -> tuple[Threshold, ...]:
        """None where a temporal correlation asks for all its rules."""
        given = self.section.thresholds
        if not self.section.kind.is_temporal or not given:
            return given
        if all(_asks_for_all(threshold, rules) for threshold in given):
            return ()
        if self.section.kind is CorrelationKind.TEMPORAL_ORDERED:
            raise Unsupported(
                "temporal_ordered with less than all its rules", self.section.span, "list only the rules that must follow each other"
            )
        return given

    def steps(self, listed: Sequence[Reference], names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Of a temporal_ordered correlation, in the order of ``rules``. A condition may offer several rules for a step."""
        condition = self.section.condition
        if condition is None:
            return tuple((name,) for name in names)
        order = {name: at for at, name in enumerate(names)}
        groups = [_alternatives(term) for term in (condition.terms if isinstance(condition, And) else (condition,))]
        asked = [name for group in groups for name in group]
        places = sorted(
            (tuple(sorted(group, key=order.__getitem__)) for group in groups), key=lambda group: order[group[0]] if group else -1
        )
        in_order = [name for group in places for name in group] == list(names)
        if not all(groups) or len(set(asked)) < len(asked) or not in_order:
            raise Unsupported(
                "temporal_ordered with this condition", self.section.span, "rules joined by 'and', each of which may be several by 'or'"
            )
        return tuple(places)

    # ------------------------------------------------------------ output
    def columns(self, rules: Sequence[CorrelatedRule]) -> tuple[Column, ...]:
        """The group-by columns, when the first and the last event happened, what was counted."""
        keys = [Column(field.name, _common_type([rule.keys[at].type for rule in rules])) for at, field in enumerate(self.section.group_by)]
        made = [("FirstEvent", Type.DATETIME), ("LastEvent", Type.DATETIME)]
        if self.section.kind in _VALUES:
            made.append(_VALUES[self.section.kind])
        taken = {column.name.lower() for column in keys}
        return (*keys, *(Column(free(name, taken), type_) for name, type_ in made))


def _size(stage: Correlate) -> tuple[int, int]:
    """How deep correlations stand in the correlation, itself included, and how many there are. The inner ones are within the limits."""
    deep, many = 0, 0
    for rule in stage.rules:
        rel = rule.input
        while isinstance(rel, Filter):
            rel = rel.input
        if isinstance(rel, Correlate):
            inner = _size(rel)
            deep, many = max(deep, inner[0]), many + inner[1]
    return deep + max(1, len(stage.steps) // 3), many + 1


def _comparable(value: Expr) -> Expr:
    """Dynamic values group by their text."""
    return Call("tostring", (value,), Type.STRING) if value.type is Type.DYNAMIC else value


def _common_type(types: Sequence[Type]) -> Type:
    first = types[0]
    if all(each is first for each in types):
        return first
    return Type.LONG if all(each.is_integer for each in types) else Type.STRING


def _asks_for_all(threshold: Threshold, rules: int) -> bool:
    match threshold.op:
        case Comparison.GE | Comparison.EQ:
            return threshold.number == rules
        case Comparison.GT:
            return rules - 1 <= threshold.number < rules
        case _:
            return False


def _alternatives(term: Expr) -> tuple[str, ...]:
    """The rules of ``a or b``, or of ``a``; none when there is more to it."""
    if isinstance(term, ColumnRef):
        return (term.name,)
    if isinstance(term, Or) and all(isinstance(part, ColumnRef) for part in term.terms):
        return tuple(part.name for part in walk(term) if isinstance(part, ColumnRef))
    return ()


def _distinct_names(listed: Sequence[Reference]) -> list[str]:
    """The references, numbered where a rule is listed again."""
    seen: dict[str, int] = {}
    names = []
    for reference in listed:
        seen[reference.name] = seen.get(reference.name, 0) + 1
        names.append(reference.name if seen[reference.name] == 1 else f"{reference.name} {seen[reference.name]}")
    return names
