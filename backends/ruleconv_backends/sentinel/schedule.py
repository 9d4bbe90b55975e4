"""When a rule runs and how far it looks back: ``queryFrequency`` and ``queryPeriod`` (S45).

Limits: https://learn.microsoft.com/azure/sentinel/scheduled-rules-overview: five minutes to 14 days each, a period no shorter than the
frequency, and a query that looks back two days or more runs once an hour at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ruleconv.ir import expr as ir
from ruleconv.ir.correlation import Correlate
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.ir.fold import timespan
from ruleconv.ir.query import Query
from ruleconv.ir.types import Type
from ruleconv.ir.walk import nodes
from ruleconv.rulefile.duration import DAY, HOUR, MINUTE, short
from ruleconv.rulefile.metadata import Metadata

MINIMUM, MAXIMUM = 5 * MINUTE, 14 * DAY
LONG = 2 * DAY
FOREVER = 3660 * DAY
"""Who asks for more has set no limit: an aggregation without a timeframe is a correlation over a hundred years."""
_STARTS = {"startofday": DAY, "startofweek": 7 * DAY, "startofmonth": 31 * DAY, "startofyear": 366 * DAY}
"""How much earlier than its argument the start may be."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """In ticks."""

    frequency: int
    period: int
    notes: tuple[Note, ...] = ()


def schedule(query: Query, metadata: Metadata) -> Schedule:
    """As the rule says; else so that each window of a correlation, and all that ``ago(..)`` asks for, is within a run's sight."""
    window = _window(query) or metadata.timespan or 0
    if metadata.frequency is not None:
        frequency = metadata.frequency
    else:
        # Where both do not fit, the rule runs as often as it takes to see each window in whole.
        frequency = min(max(window, MINIMUM), DAY, max(MAXIMUM - window, HOUR)) if window else HOUR
    # A window that ends right before a run must not have begun before what the next run sees.
    wanted = max(window + frequency if window else 0, looks_back(query))
    return _within(frequency, metadata.period or max(frequency, wanted), 0 if metadata.period else wanted)


def _within(frequency: int, period: int, wanted: int) -> Schedule:
    frequency = min(max(_minutes(frequency), MINIMUM), MAXIMUM)
    period = min(max(_minutes(period), frequency), MAXIMUM)
    if period >= LONG:
        frequency = max(frequency, HOUR)
    if period >= wanted:
        return Schedule(frequency, period)
    asked = "all events, however old" if wanted > FOREVER else f"the events of {short(wanted)}"
    message = f"the rule asks for {asked}, a run sees those of {short(period)}"
    return Schedule(frequency, period, (Note("SEW008", Effect.NARROWS, message),))


def _minutes(ticks: int) -> int:
    """Rounded up to whole ones."""
    return -(-ticks // MINUTE) * MINUTE


def _window(query: Query) -> int:
    """The longest span of a correlation; the events of a chained one lie within the sum of both spans."""
    longest = 0
    stack: list[tuple[object, int]] = [(query, 0)]
    while stack:
        node, outer = stack.pop()
        for each in _outermost(node):
            longest = max(longest, outer + each.timespan)
            stack.extend((rule.input, outer + each.timespan) for rule in each.rules)
    return longest


def _outermost(root: object) -> Iterator[Correlate]:
    """The correlations below a node that stand in no other."""
    inner: set[int] = set()
    for node in nodes(root):
        if isinstance(node, Correlate) and id(node) not in inner:
            inner.update(id(each) for rule in node.rules for each in nodes(rule.input) if isinstance(each, Correlate))
            yield node


def looks_back(query: Query) -> int:
    """How far before the run's time the earliest moment lies that the query compares with: ``ago(7d)``, ``startofday(now() - 1d)``."""
    return max((reach for node in nodes(query) if (reach := _reach(node)) is not None), default=0)


def _reach(node: object) -> int | None:
    """The distance of a moment from now; None for another value."""
    match node:
        case ir.Call("ago", (span,)):
            return _ticks(span)
        case ir.Call("now", args):
            offset = _ticks(args[0]) if args else 0
            return None if offset is None else -offset
        case ir.Call(name, (moment, *_)) if name in _STARTS and (reach := _reach(moment)) is not None:
            return reach + _STARTS[name]
        case ir.Arithmetic(ir.Operator.SUB | ir.Operator.ADD as op, moment, span) if (reach := _reach(moment)) is not None:
            ticks = _ticks(span)
            return reach if ticks is None else reach + (ticks if op is ir.Operator.SUB else -ticks)
    return None


def _ticks(span: ir.Expr) -> int | None:
    """The value of a constant timespan."""
    match span:
        case ir.Literal(int(value), Type.TIMESPAN):
            return value
        case ir.Negate(operand):
            inner = _ticks(operand)
            return None if inner is None else -inner
        case ir.Arithmetic():
            folded = timespan(span)
            return None if folded is None else _ticks(folded)
    return None
