"""Filters on aggregates as the thresholds of a Sigma correlation.

Source: the Sigma correlation rules specification 2.1, "Types"; and the page of each aggregate in the Kusto documentation.
"""

from __future__ import annotations

from dataclasses import dataclass

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.correlation import CorrelationKind
from ruleconv.ir.types import Type
from ruleconv.text import Span

WORDS = {
    ir.Comparison.LT: "lt",
    ir.Comparison.LE: "lte",
    ir.Comparison.GT: "gt",
    ir.Comparison.GE: "gte",
    ir.Comparison.EQ: "eq",
    ir.Comparison.NE: "neq",
}
_DISTINCT = {"dcount": False, "count_distinct": False, "dcountif": True, "count_distinctif": True}
_VALUES = {
    "sum": (CorrelationKind.VALUE_SUM, False),
    "sumif": (CorrelationKind.VALUE_SUM, True),
    "avg": (CorrelationKind.VALUE_AVG, False),
    "avgif": (CorrelationKind.VALUE_AVG, True),
}
_UPWARD = (ir.Comparison.GT, ir.Comparison.GE)


@dataclass(frozen=True, slots=True)
class Metric:
    """What is counted of a group's events. ``value``: the expression whose values count, over the columns before the summarize.
    ``only``: a further filter on the events that count."""

    kind: CorrelationKind
    value: ir.Expr | None = None
    only: ir.Expr | None = None
    percentile: int | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    metric: Metric
    op: ir.Comparison
    number: int | float
    span: Span

    @property
    def word(self) -> str:
        return WORDS[self.op]

    @property
    def grows(self) -> bool:
        """A window with more events holds it if one with fewer does."""
        return self.op in _UPWARD and self.metric.kind in (CorrelationKind.EVENT_COUNT, CorrelationKind.VALUE_COUNT)


def threshold(node: ir.Expr) -> Threshold:
    """A comparison of one aggregate with a number. Raises Unsupported for other filters on aggregates."""
    if not isinstance(node, ir.Compare):
        raise Unsupported("this filter on aggregates", node.span, "a correlation compares one count, sum or average with a number")
    left, right, op = node.left, node.right, node.op
    if isinstance(left, ir.Literal):
        left, right, op = right, left, op.mirrored
    number = _number(right)
    if number is None:
        raise Unsupported("a comparison of an aggregate with something else than a number", node.span)
    metric = _metric(left)
    if metric.only is not None and not (op in _UPWARD and number >= (0 if op is ir.Comparison.GT else 1)):
        # A group in which nothing counts is a row of the query, but no group of the correlation.
        raise Unsupported("a threshold that a group without such events passes", node.span, "filter before the summarize")
    return Threshold(metric, op, number, node.span)


def exists(node: ir.Expr) -> ir.Expr | None:
    """The filter on events that says the same as one on ``max`` or ``min``: some event is above, or below."""
    match node:
        case ir.Compare(left=ir.AggregateCall(function="max", args=(value,)), op=ir.Comparison.GT | ir.Comparison.GE, right=ir.Literal()):
            return ir.Compare(node.op, value, node.right, span=node.span)
        case ir.Compare(left=ir.AggregateCall(function="min", args=(value,)), op=ir.Comparison.LT | ir.Comparison.LE, right=ir.Literal()):
            return ir.Compare(node.op, value, node.right, span=node.span)
        case _:
            return None


def _number(node: ir.Expr) -> int | float | None:
    if isinstance(node, ir.Cast):
        return _number(node.operand)
    if isinstance(node, ir.Call) and node.function in ("toint", "tolong", "todouble") and len(node.args) == 1:
        found = _number(node.args[0])
        return found if found is None or node.function == "todouble" else int(found)
    if not isinstance(node, ir.Literal) or node.type not in (Type.INT, Type.LONG, Type.REAL, Type.DECIMAL) or node.value is None:
        return None
    made = float(str(node.value))
    if made != made or abs(made) > 1 << 53:
        return None
    return int(made) if made.is_integer() else made


def _metric(node: ir.Expr) -> Metric:
    match node:
        case ir.Cast(operand=inner) | ir.Call(function="tolong" | "toint" | "todouble", args=(inner,)) if inner.type.is_numeric:
            return _metric(inner)
        case ir.AggregateCall(function="count"):
            return Metric(CorrelationKind.EVENT_COUNT)
        case ir.AggregateCall(function="countif", args=(only,)):
            return Metric(CorrelationKind.EVENT_COUNT, only=only)
        case ir.AggregateCall(function=name, args=(value, *rest)) if name in _DISTINCT:
            return Metric(CorrelationKind.VALUE_COUNT, value, rest[0] if _DISTINCT[name] and rest else None)
        case ir.Call(function="array_length", args=(ir.AggregateCall(function="make_set", args=(value, *_)),)):
            return Metric(CorrelationKind.VALUE_COUNT, value)
        case ir.AggregateCall(function=name, args=(value, *rest)) if name in _VALUES:
            kind, filtered = _VALUES[name]
            return Metric(kind, value, rest[0] if filtered and rest else None)
        case ir.AggregateCall(function="percentile", args=(value, ir.Literal(value=int() as percent))):
            return Metric(CorrelationKind.VALUE_PERCENTILE, value, percentile=percent)
        case ir.AggregateCall(function=name):
            raise Unsupported(
                f"a filter on {name}()", node.span, "a correlation knows counts, distinct counts, sums, averages and percentiles"
            )
        case _:
            raise Unsupported("a filter on a value computed from aggregates", node.span, "compare the aggregate itself with a number")
