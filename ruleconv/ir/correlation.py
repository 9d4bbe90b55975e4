"""Correlations: what several events mean together within a time span.

Source: the Sigma correlation rules specification 2.1 (SigmaHQ/sigma-specification, specification/sigma-correlation-rules-specification.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ruleconv.ir.expr import Comparison, Expr
from ruleconv.ir.types import Column
from ruleconv.text import NOWHERE, Span

if TYPE_CHECKING:
    from ruleconv.ir.query import Rel


class CorrelationKind(StrEnum):
    """The specification's correlation types."""

    EVENT_COUNT = "event_count"
    VALUE_COUNT = "value_count"
    TEMPORAL = "temporal"
    TEMPORAL_ORDERED = "temporal_ordered"
    VALUE_SUM = "value_sum"
    VALUE_AVG = "value_avg"
    VALUE_PERCENTILE = "value_percentile"


@dataclass(frozen=True, slots=True)
class CorrelatedRule:
    """One rule that a correlation refers to. ``keys`` are its values for the correlation's group-by fields, in their order, with aliases
    resolved; ``time`` is when its event happened; ``value`` what a ``value_*`` correlation counts. All are expressions of ``input``, which
    may itself hold a ``Correlate`` (a chained correlation, whose event happens at its last event's time)."""

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
    """The groups in which, within some window of ``timespan`` ticks that ends at one of the events, the condition holds.

    Output: one row a group (no keys: at most one row): the group-by columns, then those that ``columns`` names after them.
    ``thresholds`` (all must hold) are of the count, the number of distinct values, the sum, the average or the ``percentile``;
    a temporal correlation without any asks for an event of every rule.
    """

    kind: CorrelationKind
    rules: tuple[CorrelatedRule, ...]
    timespan: int
    thresholds: tuple[Threshold, ...]
    columns: tuple[Column, ...]
    percentile: float | None = None
    span: Span = field(default=NOWHERE, compare=False)
