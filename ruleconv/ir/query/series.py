"""Series, plugins and scans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ruleconv.ir.expr import Expr
from ruleconv.ir.types import Column
from ruleconv.text import NOWHERE, Span

if TYPE_CHECKING:
    from ruleconv.ir.query import Rel
    from ruleconv.ir.query.sources import Named


@dataclass(frozen=True, slots=True)
class Series:
    """One aggregate of ``make-series``; ``default`` fills the empty bins."""

    name: str
    value: Expr
    default: Expr


@dataclass(frozen=True, slots=True)
class MakeSeries:
    """``make-series``: an array for every series and the axis, one row for every key. ``stop`` is exclusive; start or stop None:
    from the data."""

    input: Rel
    series: tuple[Series, ...]
    axis: Named
    start: Expr | None
    stop: Expr | None
    step: Expr
    keys: tuple[Named, ...]
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Plugin:
    """``evaluate name(..)``. ``columns`` where they are known (an explicit schema, ``typeof``), or what the plugin always gives."""

    input: Rel | None
    name: str
    args: tuple[Expr, ...]
    columns: tuple[Column, ...]
    open: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ScanStep:
    """A step of ``scan``: condition and assignments; ``output``: all, last or none. Columns of another step's state are
    ``ColumnRef("step.column")``."""

    name: str
    optional: bool
    output: str
    condition: Expr
    assignments: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    input: Rel
    match_id: str | None
    declared: tuple[Named, ...]
    steps: tuple[ScanStep, ...]
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)
