"""Two tables joined on a key, and on the distance of their events' times: a temporal correlation.

Source: the Sigma correlation rules specification 2.1, "Temporal Proximity" and "Temporal Ordered Proximity".
"""

from __future__ import annotations

from dataclasses import dataclass

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.correlation import CorrelationKind
from ruleconv.ir.types import Type
from ruleconv.text import Span
from ruleconv_backends.sigma.times import is_time

_ORDER = frozenset({ir.Comparison.LT, ir.Comparison.LE, ir.Comparison.GT, ir.Comparison.GE})


@dataclass
class Temporal:
    """The join. ``keys``: over the columns of the left flow, and of the right. ``low``, ``high``: what its filters say of the right event's
    time less the left one's, in ticks. ``strict``: a limit itself does not count."""

    name: str
    keys: tuple[tuple[ir.Expr, ir.Expr], ...]
    span: Span
    unique: bool
    low: int | None = None
    high: int | None = None
    strict: bool = False

    @property
    def kind(self) -> CorrelationKind | None:
        """Ordered where one event comes first, unordered where the window lies around it; None where the filters say something else."""
        if self.low is None or self.high is None or self.low >= self.high:
            return None
        if self.low == 0 or self.high == 0:
            return CorrelationKind.TEMPORAL_ORDERED
        return CorrelationKind.TEMPORAL if self.low == -self.high else None

    @property
    def timespan(self) -> int:
        assert self.low is not None
        assert self.high is not None
        return max(self.high, -self.low)

    @property
    def right_first(self) -> bool:
        return self.high == 0

    def take(self, node: ir.Expr, left: ir.Expr, right: ir.Expr) -> bool:
        """Whether a filter is about the distance of the two times; it then counts. ``left``, ``right``: the filter over each side's own
        columns, in which the other's are lost."""
        bounds = _bounds(node, left, right)
        for op, ticks in bounds:
            if op in (ir.Comparison.GE, ir.Comparison.GT):
                self.low = ticks if self.low is None else max(self.low, ticks)
            else:
                self.high = ticks if self.high is None else min(self.high, ticks)
            self.strict = self.strict or op in (ir.Comparison.GT, ir.Comparison.LT)
        return bool(bounds)

    def refusal(self) -> Unsupported:
        hint = "two events within a time span are a temporal correlation: where RightTime between (LeftTime .. LeftTime + 1h)"
        return Unsupported(self.name, self.span, hint)


_Bounds = list[tuple[ir.Comparison, int]]


def _bounds(node: ir.Expr, left: ir.Expr, right: ir.Expr) -> _Bounds:
    match node, left, right:
        case ir.Between(negated=False), ir.Between(), ir.Between() if None not in (ends := (_span(node.low), _span(node.high))):
            sides = node.subject, left.subject, right.subject
            found = [_of_difference(op, end or 0, *sides) for op, end in zip((ir.Comparison.GE, ir.Comparison.LE), ends, strict=True)]
            return [bound for bounds in found for bound in bounds] if all(found) else []
        case ir.Between(negated=False), ir.Between(), ir.Between():
            low = _compared(node.subject, left.subject, right.subject, node.low, left.low, right.low)
            high = _compared(node.subject, left.subject, right.subject, node.high, left.high, right.high)
            if low is None or high is None:
                return []
            # Of left - right, both ends turn around.
            return [_bound(ir.Comparison.GE, *low), _bound(ir.Comparison.LE, *high)]
        case ir.Compare(op=op), ir.Compare(), ir.Compare() if op in _ORDER:
            if (ticks := _span(node.right)) is not None:
                return _of_difference(op, ticks, node.left, left.left, right.left)
            if (ticks := _span(node.left)) is not None:
                return _of_difference(op.mirrored, ticks, node.right, left.right, right.right)
            times = _compared(node.left, left.left, right.left, node.right, left.right, right.right)
            return [] if times is None else [_bound(op, *times)]
        case _:
            return []


def _of_difference(op: ir.Comparison, ticks: int, node: ir.Expr, left: ir.Expr, right: ir.Expr) -> _Bounds:
    """``right - left < 1h``, ``abs(right - left) < 1h``."""
    match node, left, right:
        case ir.Call(function="abs", args=(inner,)), ir.Call(args=(on_left,)), ir.Call(args=(on_right,)):
            if op not in (ir.Comparison.LE, ir.Comparison.LT) or not _of_difference(op, ticks, inner, on_left, on_right):
                return []
            return [(op.mirrored, -ticks), (op, ticks)]
        case ir.Arithmetic(op=ir.Operator.SUB, type=Type.TIMESPAN), ir.Arithmetic(), ir.Arithmetic():
            found = _compared(node.left, left.left, right.left, node.right, left.right, right.right)
            return [] if found is None else [_bound(op, found[0], found[1] + ticks)]
        case _:
            return []


def _bound(op: ir.Comparison, right_side: bool, ticks: int) -> tuple[ir.Comparison, int]:
    return (op, ticks) if right_side else (op.mirrored, -ticks)


def _compared(a: ir.Expr, a_left: ir.Expr, a_right: ir.Expr, b: ir.Expr, b_left: ir.Expr, b_right: ir.Expr) -> tuple[bool, int] | None:
    """For two expressions that are the times of the two events (one of them more or less a length of time): whether the first is the right
    event's, and the ticks that are added to the second less those added to the first."""
    one, other = _moved(a, a_left, a_right), _moved(b, b_left, b_right)
    if one is None or other is None or one[0] is other[0]:
        return None
    return one[0], other[1] - one[1]


def _moved(node: ir.Expr, left: ir.Expr, right: ir.Expr) -> tuple[bool, int] | None:
    """Whose time (the right event's?), and how many ticks later."""
    match node, left, right:
        case ir.Arithmetic(op=ir.Operator.ADD | ir.Operator.SUB as op, right=ir.Literal() as by), ir.Arithmetic(), ir.Arithmetic():
            inner, ticks = _moved(node.left, left.left, right.left), _span(by)
            if inner is None or ticks is None:
                return None
            return inner[0], inner[1] + (ticks if op is ir.Operator.ADD else -ticks)
        case ir.ColumnRef(), _, _:
            if is_time(left) is is_time(right):
                return None
            return is_time(right), 0
        case _:
            return None


def _span(node: ir.Expr) -> int | None:
    return node.value if isinstance(node, ir.Literal) and node.type is Type.TIMESPAN and isinstance(node.value, int) else None
