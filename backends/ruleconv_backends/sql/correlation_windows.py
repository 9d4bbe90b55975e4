"""The windows of a correlation: the events of the group from ``timespan`` before an event up to it.

Postgres has neither COUNT(DISTINCT ..) nor percentiles as window functions; there the window's values come as an array, and a subselect
counts in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from ruleconv.ir.correlated import CorrelatedEvents
from ruleconv.ir.correlation import Correlate, CorrelationKind, Threshold
from ruleconv.ir.expr import Comparison
from ruleconv.ir.types import Column, Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation
from ruleconv_backends.sql.value import SqlValue

_COMPARISONS: dict[Comparison, type[exp.Expression]] = {
    Comparison.EQ: exp.EQ,
    Comparison.NE: exp.NEQ,
    Comparison.LT: exp.LT,
    Comparison.LE: exp.LTE,
    Comparison.GT: exp.GT,
    Comparison.GE: exp.GTE,
}
_WINDOW = "w"


@dataclass(frozen=True)
class Events:
    """The events of a correlation while they get columns. ``scope``: which of them are looked at;
    ``tests``: what the moments have to pass; ``output``: the relation's columns for
    those of the stage; ``past``: the column that counts the group's events up to this one."""

    relation: Relation
    made: CorrelatedEvents
    timespan: int
    scope: list[exp.Expression] = field(default_factory=list)
    tests: list[exp.Expression] = field(default_factory=list)
    output: tuple[str, ...] = ()
    past: str = ""

    @property
    def time(self) -> Column:
        return self.made.time

    @property
    def names(self) -> list[str]:
        """The columns that each later SELECT keeps."""
        return [column.name for column in (*self.made.keys, self.made.time)]

    def node(self, column: Column) -> exp.Expression:
        return self.relation.columns[column.name].node.copy()

    def free(self, stem: str) -> str:
        """A name for a column that no column of the user's has."""
        taken = {column.name.lower() for column in self.made.keys}
        name, number = f"_{stem}", 1
        while name.lower() in taken:
            number += 1
            name = f"_{stem}{number}"
        return name


def select(relation: Relation, columns: Mapping[str, SqlValue], windows: Sequence[exp.Window]) -> Relation:
    """A derived table with these columns, and the windows that they name."""
    query, sql_names = replace(relation, columns=dict(columns), star=()).build_named(inner=True)
    if windows:
        query.set("windows", [window.copy() for window in windows])
    item = exp.Subquery(this=query, alias=exp.TableAlias(this=names.identifier("t")))
    made = {name: replace(value, node=names.column(sql_names[name])) for name, value in columns.items()}
    return Relation(relation.dialect, item, made, tuple(made))


def over(function: exp.Expression, relation: Relation, at: Events) -> exp.Window:
    """Of the group's events up to this one and those of its moment, in time."""
    window = exp.Window(this=function, over="OVER", order=_by_time(relation, at))
    keys = _partition(relation, at)
    if keys:
        window.set("partition_by", keys)
    return window


def whole_past(relation: Relation, at: Events) -> exp.Window:
    return over(exp.Count(this=exp.Star()), relation, at)


def windowed(relations: Relations, stage: Correlate, at: Events) -> Events:
    """Each event with its window's first event and its window's value; ``tests`` say where the condition holds."""
    relation = at.relation
    first, last, past, following = at.free("First"), at.time.name, at.free("Past"), at.free("Next")
    columns = {name: relation.columns[name] for name in at.names}
    earliest = exp.Anonymous(this="FIRST_VALUE", expressions=[at.node(at.time)])  # MIN() is computed anew for each row
    columns[first] = SqlValue(_named(earliest), Type.DATETIME, False)
    if not stage.at_each_event:
        lead = exp.Anonymous(this="LEAD", expressions=[at.node(at.time)])
        columns[following] = SqlValue(over(lead, relation, at), Type.DATETIME)
    if stage.least_events is not None and stage.value is not None:
        columns[past] = SqlValue(whole_past(relation, at), Type.LONG, False)
    measures = _measures(stage, at)
    columns |= measures
    inner = select(relation, columns, [_window(relation, at)])
    output = [column.name for column in stage.keys] + [first, last]
    tests: list[exp.Expression] = []
    scope = [] if stage.at_each_event else [_is_full(inner, first, following, at.timespan)]
    if stage.kind is CorrelationKind.TEMPORAL:
        tests += _rules_seen(relations, stage, {name: inner.columns[name] for name in measures})
    else:
        name = next(iter(measures))
        value = _value(stage, at, inner.columns[name])
        if value is not inner.columns[name]:
            kept = {n: v for n, v in inner.columns.items() if n not in (name, following)}
            inner, scope = select(replace(inner, where=scope), {**kept, name: value}, []), []
        tests += [_compared(inner.columns[name].node, threshold) for threshold in stage.thresholds]
        output += [name] if stage.value is not None else []
    return replace(at, relation=inner, scope=scope, tests=tests, output=tuple(output), past=past)


def _measures(stage: Correlate, at: Events) -> dict[str, SqlValue]:
    """What the window functions give: one value, or (temporal) whether each rule has an event."""
    if stage.kind is CorrelationKind.TEMPORAL:
        assert at.made.rule is not None
        found = {}
        for number, each in enumerate(stage.rules, 1):
            test = exp.EQ(this=at.node(at.made.rule), expression=names.string(each.name))
            flag = exp.Anonymous(this="BOOL_OR", expressions=[test])
            found[at.free(f"Seen{number}")] = SqlValue(_named(flag), Type.BOOL, False)
        return found
    if stage.kind is CorrelationKind.EVENT_COUNT:
        return {at.free("Count"): SqlValue(_named(exp.Count(this=exp.Star())), Type.LONG, False)}
    assert at.made.value is not None
    value = at.node(at.made.value)
    if stage.kind is CorrelationKind.VALUE_SUM:
        return {at.free("Sum"): SqlValue(_named(exp.Sum(this=value)), Type.REAL)}
    if stage.kind is CorrelationKind.VALUE_AVG:
        return {at.free("Average"): SqlValue(_named(exp.Avg(this=value)), Type.REAL)}
    if at.relation.dialect == "postgres":
        array = exp.Anonymous(this="ARRAY_AGG", expressions=[value])
        return {at.free("Values"): SqlValue(_named(array), Type.UNKNOWN)}
    if stage.kind is CorrelationKind.VALUE_COUNT:
        distinct = exp.Count(this=exp.Distinct(expressions=[value]))
        return {at.free("Values"): SqlValue(_named(distinct), Type.LONG, False)}
    return {at.free("Percentile"): SqlValue(_named(_percentile(stage, value)), Type.REAL)}


def _percentile(stage: Correlate, value: exp.Expression) -> exp.Expression:
    """DuckDB's. The median of an even number of values lies between the two in the middle; any other percentile is one of the values."""
    if stage.kind is CorrelationKind.VALUE_MEDIAN:
        return exp.Anonymous(this="MEDIAN", expressions=[value])
    return exp.Anonymous(this="QUANTILE_DISC", expressions=[value, _share(stage)])


def _share(stage: Correlate) -> exp.Expression:
    assert stage.percentile is not None
    return names.number(stage.percentile / 100)


def _value(stage: Correlate, at: Events, value: SqlValue) -> SqlValue:
    """On Postgres, what is in the array of the window's values."""
    if value.type is not Type.UNKNOWN:
        return value
    item = names.column("value", "v")
    if stage.kind is CorrelationKind.VALUE_COUNT:
        measure: exp.Expression = exp.Count(this=exp.Distinct(expressions=[item]))
    else:
        order = exp.Order(expressions=[exp.Ordered(this=item, nulls_first=False)])
        median = stage.kind is CorrelationKind.VALUE_MEDIAN
        share = names.number(0.5) if median else _share(stage)
        function = exp.Anonymous(this="PERCENTILE_CONT" if median else "PERCENTILE_DISC", expressions=[share])
        measure = exp.WithinGroup(this=function, expression=order)
    rows = exp.Unnest(
        expressions=[value.node.copy()],
        alias=exp.TableAlias(this=names.identifier("v"), columns=[names.identifier("value")]),
    )
    query = exp.Select(expressions=[measure]).from_(rows, copy=False)
    count = stage.kind is CorrelationKind.VALUE_COUNT
    return SqlValue(exp.Subquery(this=query), Type.LONG if count else Type.REAL, not count)


def _rules_seen(relations: Relations, stage: Correlate, seen: Mapping[str, SqlValue]) -> list[exp.Expression]:
    """The condition of a temporal correlation."""
    if stage.condition is not None:
        by_rule = dict(zip([each.name for each in stage.rules], seen.values(), strict=True))
        with relations.lowering.over(by_rule):
            return [relations.lowering.holds(stage.condition)]
    flags = [value.node for value in seen.values()]
    if not stage.thresholds:
        return flags
    one, none = exp.Literal.number("1"), exp.Literal.number("0")
    total: exp.Expression | None = None
    for flag in flags:
        case = exp.Case(ifs=[exp.If(this=flag.copy(), true=one.copy())], default=none.copy())
        total = case if total is None else exp.Add(this=total, expression=case)
    assert total is not None
    return [_compared(total, threshold) for threshold in stage.thresholds]


def _is_full(inner: Relation, first: str, following: str, timespan: int) -> exp.Expression:
    """The next event of the group is too late to be in one window with the first one of this (S31)."""
    node = inner.columns[following].node
    end = exp.Add(this=inner.columns[first].node.copy(), expression=names.interval(timespan))
    return exp.Or(this=exp.Is(this=node.copy(), expression=exp.Null()), expression=exp.GT(this=node.copy(), expression=end))


def _compared(value: exp.Expression, threshold: Threshold) -> exp.Expression:
    whole = float(threshold.number).is_integer()
    number = names.integer(int(threshold.number)) if whole else names.number(threshold.number)
    return _COMPARISONS[threshold.op](this=value.copy(), expression=number)


def _named(function: exp.Expression) -> exp.Window:
    return exp.Window(this=function, over="OVER", alias=exp.Identifier(this=_WINDOW, quoted=False))


def _window(relation: Relation, at: Events) -> exp.Window:
    """``w``: the events of the timespan that ends with this event."""
    spec = exp.WindowSpec(kind="RANGE", start=names.interval(at.timespan), start_side="PRECEDING", end="CURRENT ROW")
    window = exp.Window(this=exp.Identifier(this=_WINDOW, quoted=False), order=_by_time(relation, at), spec=spec)
    keys = _partition(relation, at)
    if keys:
        window.set("partition_by", keys)
    return window


def _by_time(relation: Relation, at: Events) -> exp.Order:
    return exp.Order(expressions=[exp.Ordered(this=relation.columns[at.time.name].node.copy(), nulls_first=False)])


def _partition(relation: Relation, at: Events) -> list[exp.Expression]:
    return [relation.columns[column.name].node.copy() for column in at.made.keys]
