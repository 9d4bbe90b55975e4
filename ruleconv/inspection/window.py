"""How far back a rule looks."""

from __future__ import annotations

from collections.abc import Iterable

from ruleconv.inspection import show
from ruleconv.inspection.model import Indicator, Role, TimeWindow
from ruleconv.inspection.places import one_line
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.correlation import Correlate
from ruleconv.ir.fold import timespan
from ruleconv.ir.types import Type
from ruleconv.ir.walk import nodes
from ruleconv.rulefile.metadata import Metadata


def of(metadata: Metadata, query: q.Query | None, indicators: Iterable[Indicator]) -> TimeWindow:
    """From the rule's own words, else from its query: the longest ``ago`` of a predicate, a correlation's timespan."""
    bounds = dict.fromkeys(_bound(each) for each in indicators if each.role is Role.TIME)
    frequency = show.timespan(metadata.frequency) if metadata.frequency else ""
    period, origin = 0, ""
    if metadata.period:
        period, origin = metadata.period, "queryPeriod"
    elif metadata.timespan:
        period, origin = metadata.timespan, "timespan"
    elif query is not None:
        found, correlated = _longest(query)
        period, origin = (correlated, "timespan") if correlated else (found, "predicate" if found else "")
    return TimeWindow(show.timespan(period) if period else "", frequency, origin, tuple(bounds))


def _bound(each: Indicator) -> str:
    values = " .. ".join(value.text for value in each.values)
    return one_line(f"{each.field} {each.operator} {f'({values})' if len(each.values) > 1 else values}")


def _longest(query: q.Query) -> tuple[int, int]:
    """Of every ``ago(..)`` within a predicate, and of a correlation, in ticks."""
    longest, correlated = 0, 0
    for node in nodes((*(let.rel for let in query.lets), query.body)):
        if isinstance(node, q.Filter):
            for part in nodes(node.predicate):
                if isinstance(part, ir.Call) and part.function == "ago" and part.args:
                    longest = max(longest, _ticks(part.args[0]))
                elif isinstance(part, ir.Arithmetic) and part.op is ir.Operator.SUB and part.type is Type.DATETIME:
                    left = part.left
                    if isinstance(left, ir.Call) and left.function == "now":
                        longest = max(longest, _ticks(part.right))
        elif isinstance(node, Correlate):
            correlated = max(correlated, node.timespan)
    return longest, correlated


def _ticks(node: ir.Expr) -> int:
    if isinstance(node, ir.Arithmetic):
        node = timespan(node) or node
    return node.value if isinstance(node, ir.Literal) and node.type is Type.TIMESPAN and isinstance(node.value, int) else 0
