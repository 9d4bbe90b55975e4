"""Correlations: what several events mean together within a time span.

Source: the Sigma correlation rules specification 2.1 (SigmaHQ/sigma-specification, specification/sigma-correlation-rules-specification.md);
what it leaves open is decided in docs/semantics.md, S30 to S34.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ruleconv.ir.expr import Comparison, Expr, Not
from ruleconv.ir.types import Column
from ruleconv.ir.walk import walk
from ruleconv.text import NOWHERE, Span

if TYPE_CHECKING:
    from ruleconv.ir.query import Rel


class CorrelationKind(StrEnum):
    """The specification's correlation types, and pySigma's ``value_median``."""

    EVENT_COUNT = "event_count"
    VALUE_COUNT = "value_count"
    TEMPORAL = "temporal"
    TEMPORAL_ORDERED = "temporal_ordered"
    VALUE_SUM = "value_sum"
    VALUE_AVG = "value_avg"
    VALUE_PERCENTILE = "value_percentile"
    VALUE_MEDIAN = "value_median"

    @property
    def is_temporal(self) -> bool:
        return self in (CorrelationKind.TEMPORAL, CorrelationKind.TEMPORAL_ORDERED)


class Occurrences(StrEnum):
    """What a row of the output is."""

    GROUPS = "groups"
    """A group in which the condition holds at least once: what a rule on its own gives."""
    MOMENTS = "moments"
    """An event with which the condition holds: what a correlation of correlations looks for in time."""
    ONSETS = "onsets"
    """An event with which it begins to hold: what a correlation of correlations counts."""


@dataclass(frozen=True, slots=True)
class CorrelatedRule:
    """One rule that a correlation refers to. ``keys`` are its values for the correlation's group-by fields, in their order, with aliases
    resolved; ``time`` is when its event happened; ``value`` what a ``value_*`` correlation counts. All are expressions of ``input``, which
    may itself hold a ``Correlate`` (a chained correlation, whose event happens at its last event's time). No two have the same ``name``."""

    name: str
    input: Rel
    keys: tuple[Expr, ...]
    time: Expr
    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    op: Comparison
    number: float


@dataclass(frozen=True, slots=True)
class Correlate:
    """The groups in which, within some window of ``timespan`` ticks that ends at one of the events, the condition holds (S30).

    ``thresholds`` (all must hold) are of the count, the number of distinct values, the sum, the average, the median or the ``percentile``,
    and for a temporal correlation of the number of different rules; without any, it asks for an event of every rule, or for what
    ``condition`` says: a predicate over columns (BOOL) with the rules' names, each true when the window has an event of that rule.
    ``steps`` (temporal_ordered): names of rules, in the order in which an event of one of each must follow.

    Output: one row a group, or what ``occurrences`` says: the group-by columns, the first and the last event's time, and (when there is
    one column more) the value. ``columns`` names them; S32 says which events and which value these are.
    """

    kind: CorrelationKind
    rules: tuple[CorrelatedRule, ...]
    timespan: int
    thresholds: tuple[Threshold, ...]
    columns: tuple[Column, ...]
    percentile: float | None = None
    condition: Expr | None = None
    steps: tuple[tuple[str, ...], ...] = ()
    occurrences: Occurrences = Occurrences.GROUPS
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def keys(self) -> tuple[Column, ...]:
        return self.columns[: len(self.rules[0].keys)]

    @property
    def first(self) -> Column:
        return self.columns[len(self.keys)]

    @property
    def last(self) -> Column:
        return self.columns[len(self.keys) + 1]

    @property
    def value(self) -> Column | None:
        at = len(self.keys) + 2
        return self.columns[at] if at < len(self.columns) else None

    @property
    def at_each_event(self) -> bool:
        """Whether one more event can only make the condition truer, so that it is looked at with each event. Any other is looked at in
        windows to which no event could be added (S31)."""
        if self.kind is CorrelationKind.TEMPORAL_ORDERED:
            return True
        if self.condition is not None:
            return not _negates(self.condition)
        averages = (CorrelationKind.VALUE_AVG, CorrelationKind.VALUE_PERCENTILE, CorrelationKind.VALUE_MEDIAN)
        return self.kind not in averages and all(t.op in (Comparison.GT, Comparison.GE) for t in self.thresholds)

    @property
    def least_events(self) -> int | None:
        """Of an event_count that only asks for enough events: how many these are."""
        if self.kind is not CorrelationKind.EVENT_COUNT or not self.at_each_event:
            return None
        return max(1, *(math.floor(t.number) + 1 if t.op is Comparison.GT else math.ceil(t.number) for t in self.thresholds))

    @property
    def takes_smallest(self) -> bool:
        """Whether the value that the output shows is the smallest (an upper bound was asked for) and not the greatest."""
        return bool(self.thresholds) and all(t.op in (Comparison.LT, Comparison.LE) for t in self.thresholds)


def _negates(node: Expr) -> bool:
    return any(isinstance(part, Not) for part in walk(node))
