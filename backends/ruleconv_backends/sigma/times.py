"""Filters on the time of an event: not a detection's business, but that of whoever runs the rule."""

from __future__ import annotations

from dataclasses import dataclass

from ruleconv.ir import expr as ir
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Type
from ruleconv.ir.walk import walk
from ruleconv.rulefile.duration import DAY, short
from ruleconv.text import Span
from ruleconv_backends.sigma.losses import Losses

TIME_COLUMNS = ("TimeGenerated", "Timestamp")
"""When an event happened: of Log Analytics (https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns) and Defender XDR."""
_BINS = {"startofday": DAY}


@dataclass(frozen=True, slots=True)
class TimeFilter:
    """``look_back``: how far back from now the filter reaches, in ticks, where it is nothing but that."""

    span: Span
    look_back: int | None


def is_time(node: ir.Expr) -> bool:
    """The time of the event itself."""
    if isinstance(node, ir.Call) and node.function == "ingestion_time":
        return True
    return isinstance(node, ir.ColumnRef) and node.name in TIME_COLUMNS and node.type in (Type.DATETIME, Type.UNKNOWN)


def time_filter(node: ir.Expr) -> TimeFilter | None:
    """What a conjunct says of the event's time, None for one that says something else."""
    match node:
        case ir.Compare(left=left, right=right) if is_time(left) and _constant(right):
            return TimeFilter(node.span, look_back_of(right) if node.op in (ir.Comparison.GT, ir.Comparison.GE) else None)
        case ir.Compare(left=left, right=right) if is_time(right) and _constant(left):
            return TimeFilter(node.span, look_back_of(left) if node.op in (ir.Comparison.LT, ir.Comparison.LE) else None)
        case ir.Between(subject=about, negated=False) if is_time(about) and _constant(node.low) and _constant(node.high):
            return TimeFilter(node.span, look_back_of(node.low) if _is_now(node.high) else None)
        case _:
            return None


def _constant(node: ir.Expr) -> bool:
    return not any(isinstance(part, (ir.ColumnRef, ir.AggregateCall, ir.WindowCall)) for part in walk(node))


def _is_now(node: ir.Expr) -> bool:
    return isinstance(node, ir.Call) and node.function == "now" and not node.args


def look_back_of(node: ir.Expr) -> int | None:
    """How many ticks before now a moment lies, of ``ago(1d)`` and ``now() - 1d``."""
    match node:
        case ir.Call(function="ago", args=(ir.Literal(value=int() as ticks),)):
            return ticks
        case ir.Arithmetic(op=ir.Operator.SUB, left=left, right=ir.Literal(value=int() as ticks, type=Type.TIMESPAN)) if _is_now(left):
            return ticks
        case _:
            return None


def look_back(filters: list[TimeFilter]) -> int | None:
    """How far back all of them together reach."""
    spans = [each.look_back for each in filters if each.look_back is not None and each.look_back > 0]
    return min(spans) if spans else None


def note(filters: list[TimeFilter], period: int | None, losses: Losses) -> None:
    """The time filters are no part of the rule. ``period``: what Sentinel looks back, if that is known."""
    for each in filters:
        if each.look_back is not None and period is not None and each.look_back >= period:
            message = f"the look-back of {short(each.look_back)} is that of the schedule, which a Sigma rule leaves to who runs it"
            losses.note("SIW002", Effect.EXACT, message, each.span)
        elif each.look_back is not None:
            message = f"a Sigma rule has no look-back: run it over the last {short(each.look_back)}"
            losses.note("SIW002", Effect.WIDENS, message, each.span)
        else:
            losses.note("SIW002", Effect.WIDENS, "a Sigma rule does not ask when an event happened", each.span)


def bin_of(node: ir.Expr) -> int | None:
    """The width, in ticks, of the bins into which a grouping key puts the event's time; None for another key."""
    match node:
        case ir.Call(function="bin", args=(about, ir.Literal(value=int() as ticks, type=Type.TIMESPAN))) if is_time(about) and ticks > 0:
            return ticks
        case ir.Call(function=name, args=(about,)) if name in _BINS and is_time(about):
            return _BINS[name]
        case _:
            return None
