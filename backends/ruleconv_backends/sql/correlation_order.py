"""``temporal_ordered``: an event of each step, one after the other, from first to last within the time span.

Each event of step i knows when the latest sequence that ends with it began: the latest beginning that any earlier event of step i-1
knows. One running maximum a step; no join, however many events there are.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ruleconv.ir.correlation import Correlate
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.correlation_windows import Events, over, select
from ruleconv_backends.sql.value import SqlValue


def chained(stage: Correlate, at: Events) -> Events:
    """The events of the last step, with the beginning of the latest sequence that ends with them."""
    assert at.made.rule is not None
    rule, time, start = at.made.rule, at.time, at.free("Start")
    relation = at.relation
    begin = exp.Case(ifs=[exp.If(this=_of_step(at, stage.steps[0]), true=at.node(time))])
    last = len(stage.steps) - 1
    for number, step in enumerate(stage.steps[1:], 1):
        earlier = begin if number == 1 else relation.columns[start].node.copy()
        latest = over(exp.Max(this=earlier), relation, at)
        begin = exp.Case(ifs=[exp.If(this=_of_step(replace(at, relation=relation), step), true=latest)])
        kept = [*at.names, rule.name] if number < last else at.names
        columns = {**{name: relation.columns[name] for name in kept}, start: SqlValue(begin, Type.DATETIME)}
        relation = select(relation, columns, [])
    if last == 0:
        relation = select(relation, {**{name: relation.columns[name] for name in at.names}, start: SqlValue(begin, Type.DATETIME)}, [])
    moment = relation.columns[time.name].node
    earliest = exp.Sub(this=moment.copy(), expression=names.interval(stage.timespan))
    test = exp.GTE(this=relation.columns[start].node.copy(), expression=earliest)
    return replace(at, relation=relation, tests=[test], output=(*(column.name for column in stage.keys), start, time.name))


def _of_step(at: Events, step: tuple[str, ...]) -> exp.Expression:
    assert at.made.rule is not None
    rule = at.node(at.made.rule)
    if len(step) == 1:
        return exp.EQ(this=rule, expression=names.string(step[0]))
    return exp.In(this=rule, expressions=[names.string(name) for name in step])
