"""Stages of the IR. Each holds its input and the columns of its output, in Kusto's order and with Kusto's names.

A ``Query`` is the whole: tabular lets in order, then the stage whose rows are the result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from ruleconv.ir.correlation import Correlate
from ruleconv.ir.expr import Expr
from ruleconv.ir.query.columns import (
    Aggregate,
    Distinct,
    Extend,
    Filter,
    Limit,
    NestedLevel,
    Project,
    ProjectKind,
    SampleDistinct,
    Serialize,
    Sort,
    SortKey,
    TopNested,
)
from ruleconv.ir.query.nested import (
    Apply,
    Expand,
    Expanded,
    PartitionBy,
)
from ruleconv.ir.query.parsing import (
    Capture,
    Delimiter,
    Parse,
    ParseKeyValue,
    ParseKind,
    Piece,
    Skip,
)
from ruleconv.ir.query.series import (
    MakeSeries,
    Plugin,
    Scan,
    ScanStep,
    Series,
)
from ruleconv.ir.query.sources import (
    External,
    LetRef,
    Named,
    RangeRows,
    Rows,
    Source,
)
from ruleconv.ir.query.tables import (
    Join,
    JoinColumn,
    JoinKind,
    Leg,
    Side,
    Union,
)
from ruleconv.ir.types import Column
from ruleconv.text import NOWHERE, Span

__all__ = [
    "Aggregate",
    "Apply",
    "Capture",
    "Correlate",
    "Delimiter",
    "Distinct",
    "Expand",
    "Expanded",
    "Extend",
    "External",
    "Filter",
    "Join",
    "JoinColumn",
    "JoinKind",
    "Leg",
    "Let",
    "LetRef",
    "Limit",
    "MakeSeries",
    "Named",
    "NestedLevel",
    "Parse",
    "ParseKeyValue",
    "ParseKind",
    "PartitionBy",
    "Piece",
    "Plugin",
    "Project",
    "ProjectKind",
    "Query",
    "RangeRows",
    "Rel",
    "Rows",
    "SampleDistinct",
    "Scalar",
    "Scan",
    "ScanStep",
    "Serialize",
    "Series",
    "Side",
    "Skip",
    "Sort",
    "SortKey",
    "Source",
    "TopNested",
    "Union",
]

Rel: TypeAlias = (
    Source
    | LetRef
    | Rows
    | RangeRows
    | External
    | Filter
    | Extend
    | Project
    | Aggregate
    | Distinct
    | Join
    | Union
    | Sort
    | Limit
    | Serialize
    | Expand
    | Apply
    | PartitionBy
    | Parse
    | ParseKeyValue
    | MakeSeries
    | TopNested
    | SampleDistinct
    | Plugin
    | Scan
    | Correlate
)


@dataclass(frozen=True, slots=True)
class Let:
    """A tabular let that is used: one CTE. ``materialized``: ``materialize(..)`` or a use that must not be evaluated twice."""

    name: str
    rel: Rel
    materialized: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar let, whose value (this very object, unless it is a constant) stands wherever its name stood."""

    name: str
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Query:
    """A bound query. ``open``: the result's columns are not all known."""

    lets: tuple[Let, ...]
    body: Rel
    open: bool = False
    render: str | None = None
    notes: tuple[tuple[str, str, Span], ...] = ()
    """What the binder has to say that is no error: (code, message, span), for example an unknown table that was taken as open."""
    scalars: tuple[Scalar, ...] = field(default=(), compare=False)
    """For a writer of KQL, which may name them again."""

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.body.columns
