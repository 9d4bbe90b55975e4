"""Correlations in KQL by rows: so many rows back in the order of time, or each event with all events of its window."""

from __future__ import annotations

from dataclasses import dataclass

from ruleconv.ir import expr as ir
from ruleconv.ir.correlated import CorrelatedEvents, events, free
from ruleconv.ir.correlation import Correlate, CorrelationKind
from ruleconv.ir.types import Type
from ruleconv_backends.kql.correlation_pipe import Pipe, Values, after, aggregate, before, differs, is_null, number, same


@dataclass(frozen=True, slots=True)
class Moments:
    """Rows that may be moments of the condition: those that pass ``tests``. ``first``, ``last``, ``value``: columns of ``pipe``;
    ``total``: the value of all moments of a group, where that is not the greatest or smallest of theirs."""

    pipe: Pipe
    first: str
    last: str
    tests: tuple[ir.Expr, ...] = ()
    value: str = ""
    total: ir.Expr | None = None


def back(stage: Correlate) -> Moments:
    """Enough events: the event that many rows back is of the same group, and not too long ago."""
    made = events(stage, prefix="", timeless=True)
    keys, time, count = [column.name for column in stage.keys], made.time.name, stage.least_events or 1
    pipe = Pipe(made.rel).sort([*keys, time])
    taken = {column.name.lower() for column in (*stage.columns, *made.columns)}
    first, row = free("First", taken), free("Row", taken)
    values: list[tuple[str, ir.Expr]] = [(first, before(pipe[time], count - 1) if count > 1 else pipe[time])]
    if stage.value is not None:
        values.append((row, ir.WindowCall("row_number", (), Type.LONG)))
    pipe = pipe.extend(values)
    tests: list[ir.Expr] = [same(pipe[key], before(pipe[key], count - 1)) for key in keys] if count > 1 else []
    span = ir.Arithmetic(ir.Operator.SUB, pipe[time], pipe[first], Type.TIMESPAN)
    tests.append(ir.Compare(ir.Comparison.LE, span, ir.Literal(stage.timespan, Type.TIMESPAN)))
    total: ir.Expr | None = None
    if stage.value is not None:
        rows = (aggregate("max", Type.LONG, pipe[row]), aggregate("min", Type.LONG, pipe[row]))
        total = ir.Arithmetic(ir.Operator.ADD, ir.Arithmetic(ir.Operator.SUB, *rows, Type.LONG), number(count), Type.LONG)
    return Moments(pipe, first, time, tuple(tests), total=total)


def joined(stage: Correlate, made: CorrelatedEvents, named: Pipe, keys: tuple[str, ...]) -> Moments:
    """``named``: the events, under a name; ``keys``: the group-by columns, or a constant one."""
    time = made.time.name
    taken = {column.name.lower() for column in (*stage.columns, *named.columns)}
    seen, first, value = free("Seen", taken), free("First", taken), free("Value" if made.value is None else "Result", taken)
    rest = [column.name for column in (made.rule, made.value) if column is not None]
    window = named.project([*((name, named[name]) for name in (*keys, *rest)), (seen, named[time])])
    pipe = named.distinct([*keys, time]).join(window, keys)
    earliest = ir.Arithmetic(ir.Operator.SUB, pipe[time], ir.Literal(stage.timespan, Type.TIMESPAN), Type.DATETIME)
    pipe = pipe.where(ir.Between(pipe[seen], earliest, pipe[time]))
    measures, tests = _measures(stage, made, pipe, value)
    pipe = pipe.summarize([(first, aggregate("min", Type.DATETIME, pipe[seen])), *measures], [*keys, time])
    if stage.kind is CorrelationKind.VALUE_MEDIAN:
        pipe = pipe.extend([(value, _median(pipe[measures[0][0]]))])
    if not stage.at_each_event:
        pipe = pipe.sort([*keys, time]).where(_is_full(pipe, keys, time, first, stage.timespan))
    return Moments(pipe, first, time, tuple(test(pipe) for test in tests), value=value)


def _measures(stage: Correlate, made: CorrelatedEvents, pipe: Pipe, value: str) -> tuple[Values, list[_Test]]:
    """What is computed of the window, and the tests of it."""
    if stage.condition is not None:
        assert made.rule is not None
        names = {rule.name: free(f"Count{at}", {c.name.lower() for c in pipe.columns}) for at, rule in enumerate(stage.rules, 1)}
        counts = [
            (names[rule.name], aggregate("countif", Type.LONG, same(pipe[made.rule.name], ir.Literal(rule.name, Type.STRING))))
            for rule in stage.rules
        ]
        return counts, [_Test(condition=stage.condition, names=names)]
    tests = [_Test(value, threshold.op, threshold.number) for threshold in stage.thresholds]
    tests = tests or [_Test(value, ir.Comparison.GE, len(stage.rules))]
    counted = pipe[made.value.name] if made.value is not None else None
    match stage.kind:
        case CorrelationKind.TEMPORAL:
            assert made.rule is not None
            return [(value, aggregate("count_distinct", Type.LONG, pipe[made.rule.name]))], tests
        case CorrelationKind.EVENT_COUNT:
            return [(value, aggregate("count", Type.LONG))], tests
    assert counted is not None
    match stage.kind:
        case CorrelationKind.VALUE_COUNT:
            return [(value, aggregate("count_distinct", Type.LONG, counted))], tests
        case CorrelationKind.VALUE_SUM:
            return [(value, aggregate("sum", Type.REAL, counted))], tests
        case CorrelationKind.VALUE_AVG:
            return [(value, aggregate("avg", Type.REAL, counted))], tests
        case CorrelationKind.VALUE_PERCENTILE:
            return [(value, aggregate("percentile", Type.REAL, counted, number(stage.percentile or 0)))], tests
        case _:
            every = aggregate("make_list", Type.DYNAMIC, counted)
            sorted_values = ir.Call("array_sort_asc", (every,), Type.DYNAMIC)
            return [(free("Values", {c.name.lower() for c in pipe.columns}), sorted_values)], tests


@dataclass(frozen=True, slots=True)
class _Test:
    """Of a column that the window has by then."""

    column: str = ""
    op: ir.Comparison = ir.Comparison.GE
    number: float = 0
    condition: ir.Expr | None = None
    names: dict[str, str] | None = None

    def __call__(self, pipe: Pipe) -> ir.Expr:
        if self.condition is not None:
            return _seen(self.condition, pipe, self.names or {})
        return ir.Compare(self.op, pipe[self.column], number(self.number))


def _seen(condition: ir.Expr, pipe: Pipe, names: dict[str, str]) -> ir.Expr:
    """The condition over the numbers of the rules' events."""
    match condition:
        case ir.And(terms=terms):
            return ir.And(tuple(_seen(term, pipe, names) for term in terms))
        case ir.Or(terms=terms):
            return ir.Or(tuple(_seen(term, pipe, names) for term in terms))
        case ir.Not(term=ir.ColumnRef(name=name)):
            return ir.Compare(ir.Comparison.EQ, pipe[names[name]], number(0))
        case ir.Not(term=term):
            return ir.Not(_seen(term, pipe, names))
        case ir.ColumnRef(name=name):
            return ir.Compare(ir.Comparison.GT, pipe[names[name]], number(0))
        case _:
            raise AssertionError(condition)


def _median(values: ir.ColumnRef) -> ir.Expr:
    """The value in the middle, or between the two in the middle."""
    count = ir.Call("array_length", (values,), Type.LONG)
    less = ir.Arithmetic(ir.Operator.SUB, count, number(1), Type.LONG)
    halves = [ir.Arithmetic(ir.Operator.DIV, each, number(2), Type.LONG) for each in (less, count)]
    lower, upper = (ir.Call("todouble", (ir.Access(values, half),), Type.REAL) for half in halves)
    total = ir.Arithmetic(ir.Operator.ADD, lower, upper, Type.REAL)
    return ir.Arithmetic(ir.Operator.DIV, total, number(2), Type.REAL)


def _is_full(pipe: Pipe, keys: tuple[str, ...], time: str, first: str, timespan: int) -> ir.Expr:
    """The next event of the group is too late to be in one window with the first one of this (S31)."""
    following = after(pipe[time])
    span = ir.Arithmetic(ir.Operator.SUB, following, pipe[first], Type.TIMESPAN)
    late = ir.Compare(ir.Comparison.GT, span, ir.Literal(timespan, Type.TIMESPAN))
    others = [differs(pipe[key], after(pipe[key])) for key in keys]
    return ir.Or((is_null(following), *others, late))
