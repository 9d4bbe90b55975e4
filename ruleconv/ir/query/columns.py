"""Stages that choose rows and columns, and group and order them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ruleconv.ir.expr import Expr
from ruleconv.ir.types import Column
from ruleconv.text import NOWHERE, Span

if TYPE_CHECKING:
    from ruleconv.ir.query import Rel
    from ruleconv.ir.query.sources import Named


@dataclass(frozen=True, slots=True)
class Filter:
    """Keeps the rows whose predicate is true (not null)."""

    input: Rel
    predicate: Expr
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.input.columns


@dataclass(frozen=True, slots=True)
class Extend:
    """Adds columns, or replaces those of the same name in place. The values see the input's columns only."""

    input: Rel
    values: tuple[Named, ...]
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)


class ProjectKind(StrEnum):
    PROJECT = "project"
    AWAY = "project-away"
    KEEP = "project-keep"
    RENAME = "project-rename"
    REORDER = "project-reorder"


@dataclass(frozen=True, slots=True)
class Project:
    """Exactly these columns in this order, whatever operator of the family was written (``kind``, ``written``: for the KQL writer)."""

    input: Rel
    values: tuple[Named, ...]
    columns: tuple[Column, ...]
    kind: ProjectKind = ProjectKind.PROJECT
    written: str = field(default="", compare=False)
    """The operator's own arguments as text, where ``kind`` is not PROJECT (``a*, b``)."""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """``summarize``, ``count``: output is the keys, then the aggregates. No key and no row: one row of defaults.

    No aggregates: distinct keys. An aggregate's ``value`` is an expression over ``AggregateCall`` (``round(avg(x), 2)``);
    outside the AggregateCall it sees constants only.
    """

    input: Rel
    keys: tuple[Named, ...]
    aggregates: tuple[Named, ...]
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Distinct:
    input: Rel
    values: tuple[Named, ...]
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class SortKey:
    value: Expr
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True)
class Sort:
    input: Rel
    keys: tuple[SortKey, ...]
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.input.columns


@dataclass(frozen=True, slots=True)
class Limit:
    """``take``, ``limit``, ``sample`` (``random=True``), and the second half of ``top``."""

    input: Rel
    count: Expr
    random: bool = False
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.input.columns


@dataclass(frozen=True, slots=True)
class Serialize:
    """Fixes the present order; ``values`` (window functions among them) are added as by ``Extend``."""

    input: Rel
    values: tuple[Named, ...]
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class SampleDistinct:
    input: Rel
    count: Expr
    value: Named
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class NestedLevel:
    """One ``of`` of ``top-nested``. ``count`` None: all values. ``others``: label of the row that sums the rest up, or None."""

    count: Expr | None
    value: Named
    others: Expr | None
    aggregate: Named
    descending: bool


@dataclass(frozen=True, slots=True)
class TopNested:
    input: Rel
    levels: tuple[NestedLevel, ...]
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)
