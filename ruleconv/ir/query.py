"""Stages of the IR. Each holds its input and the columns of its output, in Kusto's order and with Kusto's names.

A ``Query`` is the whole: tabular lets in order, then the stage whose rows are the result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from ruleconv.ir.correlation import Correlate
from ruleconv.ir.expr import ColumnRef, Expr
from ruleconv.ir.types import Column, Type
from ruleconv.text import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Named:
    """An output column and the expression that gives it."""

    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Source:
    """A stored table. ``open``: its columns are not all known; ``columns`` then lists those that the query uses.

    ``function``, ``arguments``: the function of the workspace that gives the rows, and its arguments with their names ("": by position).
    """

    table: str
    columns: tuple[Column, ...]
    open: bool = False
    span: Span = field(default=NOWHERE, compare=False)
    function: str = field(default="", compare=False)
    arguments: tuple[tuple[str, Expr], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class LetRef:
    """The rows of a tabular ``let`` of this query (``Query.lets``), of an ``as`` name, or the row context of ``mv-apply``,
    ``partition`` and ``fork``."""

    name: str
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Rows:
    """``datatable`` and ``print``: rows written in the query. Cells may be expressions (``print``) but see no column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Expr, ...], ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class RangeRows:
    """``range x from start to stop step step``: inclusive of stop when it is hit."""

    column: Column
    start: Expr
    stop: Expr
    step: Expr
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self.column,)


@dataclass(frozen=True, slots=True)
class External:
    """``externaldata``: rows that stand at a URL. ``name`` is the let that holds it, else ``externaldata_N``."""

    name: str
    columns: tuple[Column, ...]
    uris: tuple[str, ...]
    span: Span = field(default=NOWHERE, compare=False)


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


class JoinKind(StrEnum):
    INNERUNIQUE = "innerunique"
    INNER = "inner"
    LEFTOUTER = "leftouter"
    RIGHTOUTER = "rightouter"
    FULLOUTER = "fullouter"
    LEFTANTI = "leftanti"
    LEFTSEMI = "leftsemi"
    RIGHTANTI = "rightanti"
    RIGHTSEMI = "rightsemi"
    CROSS = "cross"


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class JoinColumn:
    """An output column and the input column that it takes its value from."""

    name: str
    side: Side
    source: ColumnRef


@dataclass(frozen=True, slots=True)
class Join:
    """``join`` and (``lookup=True``) ``lookup``. ``keys``: an expression of the left, one of the right. A null key matches a null
    key (S23)."""

    left: Rel
    right: Rel
    kind: JoinKind
    keys: tuple[tuple[Expr, Expr], ...]
    output: tuple[JoinColumn, ...]
    columns: tuple[Column, ...]
    lookup: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of a union. ``sources[i]`` is the leg's own column for output column i, or None where it has none.
    ``label`` is what ``withsource`` shows."""

    input: Rel
    sources: tuple[ColumnRef | None, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Union:
    """All rows of all legs. The column named ``withsource`` (if any) holds the leg's label.

    ``absent``: the text of legs over tables that are not known, which a fuzzy union does without.
    """

    legs: tuple[Leg, ...]
    columns: tuple[Column, ...]
    withsource: str | None = None
    inner: bool = False
    fuzzy: bool = False
    span: Span = field(default=NOWHERE, compare=False)
    absent: tuple[str, ...] = field(default=(), compare=False)


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
class Expanded:
    """One column of ``mv-expand``: ``value`` (DYNAMIC) is spread; the elements are cast to ``type``."""

    name: str
    value: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Expand:
    """``mv-expand``: several columns go in parallel, padded with null; a null value gives one row, an empty array none.

    ``kind_array``: a bag gives ``[key, value]`` pairs and not one-entry bags. ``limit``: rows per input row.
    """

    input: Rel
    values: tuple[Expanded, ...]
    columns: tuple[Column, ...]
    kind_array: bool = False
    item_index: str | None = None
    limit: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Apply:
    """``mv-apply``: for every row of ``input``, ``body`` runs over the expanded elements.

    In ``body``, ``LetRef(context)`` is the expanded rows of the one input row: all the input's columns, and the expanded ones.
    The output is the input's columns (expanded ones replaced or away), then the body's: ``columns`` says which, and
    ``from_body`` names those (of ``columns``) that the body gives.
    """

    input: Rel
    values: tuple[Expanded, ...]
    context: str
    body: Rel
    columns: tuple[Column, ...]
    from_body: frozenset[str]
    item_index: str | None = None
    limit: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class PartitionBy:
    """``partition by key (body)``: ``body`` runs over the rows of every key apart; ``LetRef(context)`` is them."""

    input: Rel
    key: ColumnRef
    context: str
    body: Rel
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)


class ParseKind(StrEnum):
    SIMPLE = "simple"
    RELAXED = "relaxed"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Skip:
    """``*`` in a parse pattern."""


@dataclass(frozen=True, slots=True)
class Delimiter:
    text: str


@dataclass(frozen=True, slots=True)
class Capture:
    """A column of a parse pattern."""

    name: str
    type: Type


Piece: TypeAlias = Skip | Delimiter | Capture


@dataclass(frozen=True, slots=True)
class Parse:
    """``parse`` and (``keep_matching=True``) ``parse-where``."""

    input: Rel
    subject: Expr
    kind: ParseKind
    flags: str
    pieces: tuple[Piece, ...]
    columns: tuple[Column, ...]
    keep_matching: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ParseKeyValue:
    """``parse-kv``."""

    input: Rel
    subject: Expr
    keys: tuple[Capture, ...]
    pair_delimiter: str
    kv_delimiter: str
    quotes: tuple[tuple[str, str], ...]
    escape: str
    greedy: bool
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)


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


@dataclass(frozen=True, slots=True)
class SampleDistinct:
    input: Rel
    count: Expr
    value: Named
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
