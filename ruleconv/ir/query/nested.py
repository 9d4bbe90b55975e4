"""Stages over dynamic values, and over the rows of one key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ruleconv.ir.expr import ColumnRef, Expr
from ruleconv.ir.types import Column, Type
from ruleconv.text import NOWHERE, Span

if TYPE_CHECKING:
    from ruleconv.ir.query import Rel


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
