"""What every lowering of a ``Correlate`` begins with: the events of all its rules as one table."""

from __future__ import annotations

from dataclasses import dataclass

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.correlation import Correlate, CorrelatedRule
from ruleconv.ir.types import Column, Type


@dataclass(frozen=True, slots=True)
class CorrelatedEvents:
    """``rel`` has the group-by columns under the correlation's names, and the columns ``time``, ``rule`` (the rule's name) and ``value``;
    the latter two are empty where the correlation does not ask. Events without a time are left out."""

    rel: q.Rel
    keys: tuple[Column, ...]
    time: Column
    rule: Column | None
    value: Column | None


def events(stage: Correlate) -> CorrelatedEvents:
    """The events that a correlation looks at: one row for each event of each rule."""
    taken = {column.name.lower() for column in stage.columns}
    time = Column(_free("EventTime", taken), Type.DATETIME, False)
    rule = Column(_free("Rule", taken), Type.STRING, False) if stage.kind.is_temporal else None
    value = None
    if stage.rules[0].value is not None:
        types = {each.value.type for each in stage.rules if each.value is not None}
        value = Column(_free("Value", taken), types.pop() if len(types) == 1 else Type.STRING)
    columns = tuple(column for column in (*stage.keys, time, rule, value) if column is not None)
    legs = [_leg(stage, each, columns, time, rule, value) for each in stage.rules]
    if len(legs) == 1:
        return CorrelatedEvents(legs[0], stage.keys, time, rule, value)
    refs = tuple(ir.ColumnRef(c.name, c.type, c.nullable) for c in columns)
    union = q.Union(tuple(q.Leg(leg, refs) for leg in legs), columns, span=stage.span)
    return CorrelatedEvents(union, stage.keys, time, rule, value)


def _leg(
    stage: Correlate, each: CorrelatedRule, columns: tuple[Column, ...], time: Column, rule: Column | None, value: Column | None
) -> q.Rel:
    made = [q.Named(column.name, _as(key, column.type)) for column, key in zip(stage.keys, each.keys, strict=True)]
    made.append(q.Named(time.name, _as(each.time, Type.DATETIME)))
    if rule is not None:
        made.append(q.Named(rule.name, ir.Literal(each.name, Type.STRING)))
    if value is not None and each.value is not None:
        made.append(q.Named(value.name, _as(each.value, value.type)))
    projected = q.Project(each.input, tuple(made), columns, span=stage.span)
    happened = ir.Call("isnotnull", (ir.ColumnRef(time.name, time.type),), Type.BOOL)
    return q.Filter(projected, happened)


_CONVERSIONS = {Type.STRING: "tostring", Type.DATETIME: "todatetime", Type.REAL: "todouble", Type.LONG: "tolong"}


def _as(node: ir.Expr, type_: Type) -> ir.Expr:
    """Rules whose fields differ in type meet as text."""
    if node.type is type_ or Type.UNKNOWN in (node.type, type_) or type_ not in _CONVERSIONS:
        return node
    return ir.Call(_CONVERSIONS[type_], (node,), type_)


def _free(stem: str, taken: set[str]) -> str:
    name, number = f"_{stem}", 1
    while name.lower() in taken:
        number += 1
        name = f"_{stem}{number}"
    return name
