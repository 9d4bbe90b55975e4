"""Functions whose SQL needs more than a template: where they register."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from sqlglot import exp

from ruleconv.ir.expr import AggregateCall, Call
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

Lowerer: TypeAlias = "Callable[[Lowering, Call, list[SqlValue]], exp.Expression | SqlValue]"
"""(the lowering with its dialect and helpers, the call, its arguments already lowered) -> the node. A bare node has the call's
type and may be null as the catalogue's record says."""
AggregateLowerer: TypeAlias = "Callable[[Lowering, AggregateCall, list[SqlValue], exp.Expression | None], exp.Expression | SqlValue]"
"""As ``Lowerer``, with the filter of a conditional aggregate (``sumif``), to be used as FILTER (WHERE ..); None where there is none."""

FUNCTIONS: dict[tuple[str, str], Lowerer] = {}
AGGREGATES: dict[tuple[str, str], AggregateLowerer] = {}
BOTH = ("postgres", "duckdb")


def lowers(*names: str, dialects: tuple[str, ...] = BOTH) -> Callable[[Lowerer], Lowerer]:
    """Registers the lowering of these catalogue functions for these dialects."""

    def register(lowerer: Lowerer) -> Lowerer:
        for name in names:
            for dialect in dialects:
                FUNCTIONS[name, dialect] = lowerer
        return lowerer

    return register


def lowers_aggregate(*names: str, dialects: tuple[str, ...] = BOTH) -> Callable[[AggregateLowerer], AggregateLowerer]:
    """Registers the lowering of these aggregates for these dialects."""

    def register(lowerer: AggregateLowerer) -> AggregateLowerer:
        for name in names:
            for dialect in dialects:
                AGGREGATES[name, dialect] = lowerer
        return lowerer

    return register
