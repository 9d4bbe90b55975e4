"""Stages over several tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ruleconv.ir.expr import ColumnRef, Expr
from ruleconv.ir.types import Column
from ruleconv.text import NOWHERE, Span

if TYPE_CHECKING:
    from ruleconv.ir.query import Rel


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
