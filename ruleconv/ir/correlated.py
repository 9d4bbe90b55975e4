"""What every lowering of a ``Correlate`` begins with: the events of all its rules as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.correlation import Correlate, CorrelatedRule
from ruleconv.ir.types import Column, Type
from ruleconv.ir.walk import has_window, walk


@dataclass(frozen=True, slots=True)
class CorrelatedEvents:
    """``rel`` has the group-by columns under the correlation's names, and the columns ``time``, ``rule`` (the rule's name) and ``value``;
    the latter two are empty where the correlation does not ask. Events without a time, or without the value, are left out."""

    rel: q.Rel
    keys: tuple[Column, ...]
    time: Column
    rule: Column | None
    value: Column | None

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for column in (*self.keys, self.time, self.rule, self.value) if column is not None)


def events(stage: Correlate, prefix: str = "_", *, timeless: bool = False) -> CorrelatedEvents:
    """The events that a correlation looks at: one row for each event of each rule. ``prefix``: of the names that are not the user's.
    ``timeless``: with those that have no time, when nothing later takes them for anything."""
    taken = {column.name.lower() for column in stage.columns}
    time = Column(free(f"{prefix}EventTime", taken), Type.DATETIME, False)
    rule = Column(free(f"{prefix}Rule", taken), Type.STRING, False) if stage.kind.is_temporal else None
    value = None
    if stage.rules[0].value is not None:
        types = {each.value.type for each in stage.rules if each.value is not None} - {Type.DYNAMIC, Type.UNKNOWN}
        value = Column(free(f"{prefix}Value", taken), types.pop() if len(types) == 1 else Type.STRING)
    made = CorrelatedEvents(q.Rows((), ()), stage.keys, time, rule, value)
    legs = [_leg(stage, each, made, timeless) for each in stage.rules]
    if len(legs) == 1:
        return replace(made, rel=legs[0])
    refs = tuple(ir.ColumnRef(c.name, c.type, c.nullable) for c in made.columns)
    return replace(made, rel=q.Union(tuple(q.Leg(leg, refs) for leg in legs), made.columns, span=stage.span))


def events_of(stage: Correlate, each: CorrelatedRule, time: Column, *, timeless: bool = False) -> q.Rel:
    """The events of one of the rules: the group-by columns and the time."""
    return _leg(stage, each, CorrelatedEvents(each.input, stage.keys, time, None, None), timeless)


def _leg(stage: Correlate, each: CorrelatedRule, made: CorrelatedEvents, timeless: bool) -> q.Rel:
    """Tests of the fields before they are projected, of what is computed from them after that."""
    each = _unprojected(each)
    values = [q.Named(column.name, _as(key, column.type)) for column, key in zip(stage.keys, each.keys, strict=True)]
    values.append(q.Named(made.time.name, _as(each.time, Type.DATETIME)))
    if made.rule is not None:
        values.append(q.Named(made.rule.name, ir.Literal(each.name, Type.STRING)))
    before: list[ir.Expr] = []
    after: list[ir.Expr] = []
    if not timeless:
        (before if isinstance(each.time, ir.ColumnRef) else after).append(_present(each.time, made.time))
    if made.value is not None and each.value is not None:
        computed = isinstance(each.value, ir.Call)
        if not (computed and each.value.type is Type.STRING):  # a tuple's parts are tested by themselves
            (after if computed else before).append(_present(each.value, made.value))
        values.append(q.Named(made.value.name, _as(each.value, made.value.type)))
    rel = _filtered(each.input, before)
    projected = q.Project(rel, tuple(values), made.columns, span=stage.span)
    return _filtered(projected, after)


def _unprojected(each: CorrelatedRule) -> CorrelatedRule:
    """The rule without a projection at its end that only gives columns other names (a chained correlation's)."""
    tests: list[ir.Expr] = []
    rel = each.input
    while isinstance(rel, q.Filter):
        tests = [rel.predicate, *tests]
        rel = rel.input
    if not isinstance(rel, q.Project):
        return each
    names = {named.name: named.value for named in rel.values if isinstance(named.value, ir.ColumnRef)}
    if len(names) < len(rel.values):
        return each
    below = rel.input
    asked = [part for node in (*tests, *each.keys, each.time, each.value) if node is not None for part in walk(node)]
    if not all(isinstance(part, _SIMPLE) for part in asked):
        return each
    for test in tests:
        below = q.Filter(below, substituted(test, names))
    keys = tuple(substituted(key, names) for key in each.keys)
    value = each.value and substituted(each.value, names)
    return replace(each, input=below, keys=keys, time=substituted(each.time, names), value=value)


_SIMPLE = (ir.ColumnRef, ir.Literal, ir.Call, ir.Not, ir.Missing, ir.And, ir.Or)


def substituted(node: ir.Expr, columns: Mapping[str, ir.Expr]) -> ir.Expr:
    """The expression, made of ``_SIMPLE`` ones, over other columns."""
    match node:
        case ir.ColumnRef():
            return columns.get(node.name, node)
        case ir.Not(term=term):
            return replace(node, term=substituted(term, columns))
        case ir.Missing(subject=subject):
            return replace(node, subject=substituted(subject, columns))
        case ir.And(terms=terms) | ir.Or(terms=terms):
            return replace(node, terms=tuple(substituted(term, columns) for term in terms))
        case ir.Call(args=args):
            return replace(node, args=tuple(substituted(argument, columns) for argument in args))
        case _:
            return node


def _present(value: ir.Expr, column: Column) -> ir.Expr:
    subject = ir.ColumnRef(column.name, value.type) if isinstance(value, ir.Call) else value
    return ir.Not(ir.Missing(subject))


def _filtered(rel: q.Rel, tests: list[ir.Expr]) -> q.Rel:
    if not tests:
        return rel
    if isinstance(rel, q.Filter) and not has_window(rel.predicate):
        terms = rel.predicate.terms if isinstance(rel.predicate, ir.And) else (rel.predicate,)
        return q.Filter(rel.input, ir.And((*terms, *tests)), rel.span)
    return q.Filter(rel, tests[0] if len(tests) == 1 else ir.And(tuple(tests)))


_CONVERSIONS = {Type.STRING: "tostring", Type.DATETIME: "todatetime", Type.REAL: "todouble", Type.LONG: "tolong"}


def _as(node: ir.Expr, type_: Type) -> ir.Expr:
    """Rules whose fields differ in type meet as text."""
    if node.type is type_ or Type.UNKNOWN in (node.type, type_) or type_ not in _CONVERSIONS:
        return node
    return ir.Call(_CONVERSIONS[type_], (node,), type_)


def free(name: str, taken: set[str]) -> str:
    """The name, numbered when it is taken (in lower case) already."""
    found, number = name, 1
    while found.lower() in taken:
        number += 1
        found = f"{name}{number}"
    return found
