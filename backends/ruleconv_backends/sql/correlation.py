"""``Correlate``: what several events mean together, as window functions over the events of each group.

Each event carries what its window holds (a derived table); a WHERE keeps the events with which the condition holds; a GROUP BY makes one
row of each group. Semantics: docs/semantics.md, S30 to S34.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ruleconv.ir.correlated import events
from ruleconv.ir.correlation import Correlate, CorrelationKind, Occurrences
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.correlation_order import chained
from ruleconv_backends.sql.correlation_windows import Events, over, select, windowed
from ruleconv_backends.sql.logic import negation
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation, conjunction, is_constant
from ruleconv_backends.sql.stages import lowers_stage
from ruleconv_backends.sql.value import SqlValue


@lowers_stage(Correlate)
def correlate(relations: Relations, stage: Correlate, _: Relation | None) -> Relation:
    """The groups, or the events with which the condition holds or begins to hold."""
    at = _events(relations, stage)
    moments = chained(stage, at) if stage.kind is CorrelationKind.TEMPORAL_ORDERED else windowed(relations, stage, at)
    if stage.occurrences is Occurrences.GROUPS:
        return _groups(stage, moments)
    if stage.occurrences is Occurrences.ONSETS:
        if stage.kind is CorrelationKind.TEMPORAL_ORDERED:
            return _beginnings(stage, moments)
        moments = _onsets(stage, moments)
    columns = {column.name: moments.relation.columns[name] for column, name in zip(stage.columns, moments.output, strict=True)}
    return replace(moments.relation, columns=columns, where=[*moments.relation.where, *moments.scope, *moments.tests], star=())


def _events(relations: Relations, stage: Correlate) -> Events:
    """The rules' events. They get a SELECT of their own when what the windows go by is more than a column."""
    made = events(stage)
    relation = relations.relation(made.rel).unordered()
    used = [relation.columns[c.name].node for c in (*made.keys, made.time, made.rule, made.value) if c is not None]
    if relation.is_grouped or relation.windowed or relation.limit is not None or not all(isinstance(node, exp.Column) for node in used):
        relation = relation.sealed(keep_order=False)
    return Events(relation, made, stage.timespan)


def _groups(stage: Correlate, moments: Events) -> Relation:
    """One row of all the moments of a group. Without keys there is a row only when there is a moment."""
    relation = moments.relation
    at = dict(zip([column.name for column in stage.columns], moments.output, strict=True))
    group = [relation.columns[column.name].node for column in stage.keys]
    columns = {column.name: relation.columns[column.name] for column in stage.keys}
    columns[stage.first.name] = _of_all("MIN", relation.columns[at[stage.first.name]])
    columns[stage.last.name] = _of_all("MAX", relation.columns[at[stage.last.name]])
    if stage.value is not None:
        columns[stage.value.name] = _value(stage, moments)
    having: list[exp.Expression] = [] if group else [exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number("0"))]
    group = [node for node in group if not is_constant(node)]
    where = [*relation.where, *moments.scope, *moments.tests]
    return Relation(
        relation.dialect,
        relation.source,
        columns,
        where=where,
        group=group,
        having=having,
        unique=[frozenset(column.name for column in stage.keys)],
    )


def _beginnings(stage: Correlate, moments: Events) -> Relation:
    """Sequences that begin with the same event are one, which is there as soon as the first of them ends."""
    relation = moments.relation
    columns = {column.name: relation.columns[name] for column, name in zip(stage.columns, moments.output, strict=True)}
    group = [value.node for name, value in columns.items() if name != stage.last.name]
    columns[stage.last.name] = _of_all("MIN", columns[stage.last.name])
    return Relation(relation.dialect, relation.source, columns, where=[*relation.where, *moments.tests], group=group)


def _of_all(function: str, value: SqlValue) -> SqlValue:
    return SqlValue(exp.Max(this=value.node) if function == "MAX" else exp.Min(this=value.node), value.type, value.nullable)


def _value(stage: Correlate, moments: Events) -> SqlValue:
    """What was counted. Of enough events: how many there are from the first to the last of these windows (S32)."""
    value = moments.relation.columns[moments.output[-1]]
    if stage.least_events is None:
        return _of_all("MIN" if stage.takes_smallest else "MAX", value)
    past = moments.relation.columns[moments.past].node
    before = exp.Min(this=exp.Sub(this=past.copy(), expression=value.node.copy()))
    return SqlValue(exp.Sub(this=exp.Max(this=past.copy()), expression=before), Type.LONG, False)


def _onsets(stage: Correlate, moments: Events) -> Events:
    """The moments before which the condition did not hold, or held for events that are gone from the window."""
    relation = moments.relation
    holds = SqlValue(conjunction(moments.tests), Type.BOOL)
    judged = replace(relation, where=[*relation.where, *moments.scope])
    inner = select(judged, {**relation.columns, moments.free("Holds"): holds}, [])
    flag, time = inner.columns[moments.free("Holds")].node, inner.columns[moments.time.name].node
    before = over(exp.Anonymous(this="LAG", expressions=[flag.copy()]), inner, moments)
    when = over(exp.Anonymous(this="LAG", expressions=[time.copy()]), inner, moments)
    near = exp.GTE(this=when, expression=exp.Sub(this=time.copy(), expression=names.interval(stage.timespan)))
    going_on = exp.Coalesce(this=exp.And(this=before, expression=near), expressions=[exp.Boolean(this=False)])
    begins = SqlValue(conjunction([exp.Coalesce(this=flag.copy(), expressions=[exp.Boolean(this=False)]), negation(going_on)]), Type.BOOL)
    name = moments.free("Begins")
    outer = select(inner, {**inner.columns, name: begins}, [])
    return replace(moments, relation=outer, scope=[], tests=[outer.columns[name].node])
