"""``Correlate`` in KQL's own operators.

KQL has no window aggregates. Enough events are found by looking that many rows back (``prev``); rules that must meet by joins of their
events in time; anything else by a join of the events with those of their window. All are exact: an event without a time passes no test
of a time. Semantics: docs/semantics.md, S30 to S34.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.correlated import events, free
from ruleconv.ir.correlation import Correlate, CorrelationKind, Occurrences
from ruleconv.ir.types import Column, Type
from ruleconv_backends.kql import correlation_join, correlation_rows
from ruleconv_backends.kql.correlation_pipe import Pipe, aggregate, before, same

DUMMY = "Group"


def without_correlations(query: q.Query) -> q.Query:
    """The same query with other stages in place of its correlations."""
    if not any(isinstance(node, Correlate) for node in _stages(query)):
        return query
    plain = _Plain([let.name for let in query.lets])
    lets = [replace(let, rel=plain.rel(let.rel)) for let in query.lets]
    body = plain.rel(query.body)
    return replace(query, lets=(*lets, *plain.lets), body=body)


def _stages(query: q.Query) -> list[object]:
    """Every stage, by a walk with a stack."""
    found: list[object] = []
    waiting: list[object] = [query.body, *(let.rel for let in query.lets)]
    while waiting:
        at = waiting.pop()
        found.append(at)
        if isinstance(at, q.Union):
            waiting.extend(leg.input for leg in at.legs)
        elif isinstance(at, Correlate):
            waiting.extend(rule.input for rule in at.rules)
        else:
            waiting.extend(getattr(at, name) for name in ("input", "left", "right") if is_dataclass(getattr(at, name, None)))
    return found


@dataclass
class _Plain:
    taken: list[str]
    lets: list[q.Let] = field(default_factory=list)

    def rel(self, rel: Any) -> Any:
        """The stage, and those below it, without correlations."""
        if isinstance(rel, Correlate):
            rules = tuple(replace(rule, input=self.rel(rule.input)) for rule in rel.rules)
            return self.written(replace(rel, rules=rules))
        if isinstance(rel, q.Union):
            return replace(rel, legs=tuple(replace(leg, input=self.rel(leg.input)) for leg in rel.legs))
        inner = {
            f.name: self.rel(getattr(rel, f.name)) for f in fields(rel) if f.name in ("input", "left", "right") and getattr(rel, f.name)
        }
        return replace(rel, **inner) if inner else rel

    def written(self, stage: Correlate) -> q.Rel:
        if stage.occurrences is Occurrences.ONSETS:
            return _output(stage, self._onsets(stage))
        if stage.kind is CorrelationKind.TEMPORAL_ORDERED:
            return _output(stage, correlation_join.in_order(stage))
        if stage.kind is CorrelationKind.TEMPORAL and not stage.thresholds and stage.condition is None:
            return _output(stage, correlation_join.together(stage))
        if stage.least_events is not None:
            looked = correlation_rows.back(stage)
            return _output(stage, replace(looked, pipe=looked.pipe.where(*looked.tests)))
        looked = self._windows(stage)
        return _output(stage, replace(looked, pipe=looked.pipe.where(*looked.tests)))

    def _windows(self, stage: Correlate) -> correlation_rows.Moments:
        """By a join of the events with themselves, so they get a name."""
        made = events(stage, prefix="", timeless=True)
        rel, keys = made.rel, tuple(column.name for column in stage.keys)
        if not keys:
            dummy = Column(free(DUMMY, {column.name.lower() for column in (*stage.columns, *made.columns)}), Type.LONG, False)
            rel = Pipe(rel).extend([(dummy.name, ir.Literal(1, Type.LONG))]).rel
            keys = (dummy.name,)
        name = free("Events", {each.lower() for each in self.taken})
        self.taken.append(name)
        self.lets.append(q.Let(name, rel, span=stage.span))
        return correlation_rows.joined(stage, made, Pipe(q.LetRef(name, rel.columns)), keys)

    def _onsets(self, stage: Correlate) -> correlation_rows.Moments:
        """The moments with which the condition begins to hold."""
        if stage.kind is CorrelationKind.TEMPORAL_ORDERED:
            return correlation_join.beginnings(stage)
        moments = correlation_rows.back(stage) if stage.least_events is not None else self._windows(stage)
        test = moments.tests[0] if len(moments.tests) == 1 else ir.And(moments.tests)
        keys = [column.name for column in stage.keys]
        pipe = moments.pipe.extend([("Holds", test)])
        pipe = pipe if stage.least_events is not None else pipe.sort([*keys, moments.last])
        since = ir.Arithmetic(ir.Operator.SUB, pipe[moments.last], before(pipe[moments.last]), Type.TIMESPAN)
        near = ir.Compare(ir.Comparison.LE, since, ir.Literal(stage.timespan, Type.TIMESPAN))
        held = ir.Compare(ir.Comparison.EQ, before(pipe["Holds"]), ir.Literal(True, Type.BOOL))
        going_on = [same(pipe[key], before(pipe[key])) for key in keys]
        test = ir.Case(((ir.And((*going_on, held, near)), ir.Literal(False, Type.BOOL)),), pipe["Holds"], Type.BOOL)
        pipe = pipe.extend([("Begins", test)])
        return replace(moments, pipe=pipe.where(pipe["Begins"]))


def _output(stage: Correlate, moments: correlation_rows.Moments) -> q.Rel:
    """The moments themselves, or one row of all those of a group."""
    pipe, keys = moments.pipe, [column.name for column in stage.keys]
    first, last = pipe[moments.first], pipe[moments.last]
    if stage.occurrences is not Occurrences.GROUPS:
        return pipe.keep(keys, [(stage.first.name, first), (stage.last.name, last)]).rel
    values: list[tuple[str, ir.Expr]] = [
        (stage.first.name, aggregate("min", Type.DATETIME, first)),
        (stage.last.name, aggregate("max", Type.DATETIME, last)),
    ]
    if stage.value is not None:
        value = moments.total or aggregate("min" if stage.takes_smallest else "max", stage.value.type, pipe[moments.value])
        values.append((stage.value.name, value))
    if keys:
        return pipe.summarize(values, keys).rel
    # Without keys there is always a row; one of no moments says nothing.
    made = pipe.summarize(values, ())
    return made.where(ir.Call("isnotnull", (made[stage.last.name],), Type.BOOL)).rel
