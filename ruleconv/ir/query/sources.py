"""Where rows come from: tables, lets, rows written in the query."""

from __future__ import annotations

from dataclasses import dataclass, field

from ruleconv.ir.expr import Expr
from ruleconv.ir.types import Column
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
