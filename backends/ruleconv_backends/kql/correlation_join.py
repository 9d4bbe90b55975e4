"""Temporal correlations in KQL: the rules' events joined on the group-by columns, as far apart in time as the correlation allows."""

from __future__ import annotations

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.correlated import events_of, free
from ruleconv.ir.correlation import Correlate, CorrelatedRule
from ruleconv.ir.types import Column, Type
from ruleconv_backends.kql.correlation_pipe import Pipe, aggregate
from ruleconv_backends.kql.correlation_rows import Moments


def together(stage: Correlate) -> Moments:
    """An event of each rule, the latest not too long after the earliest."""
    names = _Names(stage, len(stage.rules))
    pipe = names.leg((stage.rules[0],), 0)
    for at, rule in enumerate(stage.rules[1:], 1):
        pipe = pipe.join(names.leg((rule,), at), names.keys)
        times = [pipe[name] for name in names.times[: at + 1]]
        apart = ir.Arithmetic(ir.Operator.SUB, _of("max_of", times), _of("min_of", times), Type.TIMESPAN)
        pipe = pipe.where(ir.Compare(ir.Comparison.LE, apart, ir.Literal(stage.timespan, Type.TIMESPAN)))
    times = [pipe[name] for name in names.times]
    first, last = names.free("First"), names.free("Last")
    if len(times) == 1:
        return Moments(pipe, names.times[0], names.times[0])
    pipe = pipe.keep([c.name for c in stage.keys], [(first, _of("min_of", times)), (last, _of("max_of", times))])
    return Moments(pipe, first, last)


def in_order(stage: Correlate) -> Moments:
    """An event of each step, none before that of the step before it. Of all that end with one event, the one that began last."""
    by_name = {rule.name: rule for rule in stage.rules}
    names = _Names(stage, len(stage.steps))
    pipe = names.leg(tuple(by_name[name] for name in stage.steps[0]), 0)
    begin = names.times[0]
    for at, step in enumerate(stage.steps[1:], 1):
        pipe = pipe.join(names.leg(tuple(by_name[name] for name in step), at), names.keys)
        latest = ir.Arithmetic(ir.Operator.ADD, pipe[begin], ir.Literal(stage.timespan, Type.TIMESPAN), Type.DATETIME)
        pipe = pipe.where(ir.Between(pipe[names.times[at]], pipe[names.times[at - 1]], latest))
    last = names.times[-1]
    if begin == last:
        return Moments(pipe, begin, last)
    first = names.free("First")
    pipe = pipe.summarize([(first, aggregate("max", Type.DATETIME, pipe[begin]))], [*(c.name for c in stage.keys), last])
    return Moments(pipe, first, last)


def beginnings(stage: Correlate) -> Moments:
    """Sequences that begin with the same event are one, which is there as soon as the first of them ends."""
    found = in_order(stage)
    ended = free("Ended", {column.name.lower() for column in found.pipe.columns})
    pipe = found.pipe
    keys = [column.name for column in stage.keys]
    pipe = pipe.summarize([(ended, aggregate("min", Type.DATETIME, pipe[found.last]))], [*keys, found.first])
    return Moments(pipe, found.first, ended)


class _Names:
    """The names of the events' times, and the columns to join on: a constant one where the correlation has no group-by."""

    def __init__(self, stage: Correlate, count: int) -> None:
        self.stage = stage
        self.taken = {column.name.lower() for column in stage.columns}
        self.times = [self.free(f"Time{at}") for at in range(1, count + 1)] if count > 1 else [self.free("Time")]
        self.keys = [column.name for column in stage.keys] or [self.free("Group")]

    def free(self, name: str) -> str:
        return free(name, self.taken)

    def leg(self, rules: tuple[CorrelatedRule, ...], at: int) -> Pipe:
        """The events of a rule, or of several that stand for one another."""
        time = Column(self.times[at], Type.DATETIME, False)
        rels = [events_of(self.stage, rule, time, timeless=len(self.times) > 1) for rule in rules]
        pipe = Pipe(rels[0])
        if len(rels) > 1:
            refs = tuple(pipe[column.name] for column in pipe.columns)
            pipe = Pipe(q.Union(tuple(q.Leg(rel, refs) for rel in rels), pipe.columns, span=self.stage.span))
        return pipe if self.stage.keys else pipe.extend([(self.keys[0], ir.Literal(1, Type.LONG))])


def _of(function: str, times: list[ir.ColumnRef]) -> ir.Expr:
    return times[0] if len(times) == 1 else ir.Call(function, tuple(times), Type.DATETIME)
