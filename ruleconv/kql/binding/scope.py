"""What names mean at a place: columns of the rows at hand, and lets, parameters and functions around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from ruleconv.ir.expr import Expr
from ruleconv.ir.query import Rel, Rows
from ruleconv.ir.types import Column
from ruleconv.kql import tree
from ruleconv.text import Span


@dataclass(frozen=True, slots=True)
class Origin:
    """An open source of rows (a table that the schema lacks, a plugin): columns that are used but not listed are asked of it."""

    key: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound table: its stage, and where columns that it does not list may come from. ``sorted``: its rows have an order."""

    rel: Rel
    origins: tuple[Origin, ...] = ()
    sorted: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.rel.columns

    @property
    def open(self) -> bool:
        return bool(self.origins)


class Row:
    """The columns that an expression sees. ``token`` tells apart the rows of nested queries."""

    __slots__ = ("columns", "origins", "token")

    def __init__(self, table: Bound, token: object = None) -> None:
        self.columns: dict[str, Column] = {c.name: c for c in table.columns}
        self.origins = table.origins
        self.token = token if token is not None else self

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns.values())


@dataclass(slots=True)
class Value:
    """A scalar parameter, or a let that is bound already. ``row``: whose columns its expression speaks of, None where of none.
    ``size``: how many nodes each use puts in."""

    expr: Expr
    row: object = None
    size: int = 1


@dataclass(slots=True)
class TableValue:
    """A tabular parameter, an ``as`` name, a row context."""

    table: Bound


@dataclass(slots=True)
class LetValue:
    """A let, bound when it is first used. ``scope`` is what was known where it stands."""

    name: str
    value: tree.Expr
    scope: Scope
    span: Span
    used: bool = False
    binding: bool = False
    scalar: Value | None = None
    table: Bound | None = None
    tabular: bool | None = None


@dataclass(slots=True)
class FunctionValue:
    """A function of a let."""

    name: str
    declaration: tree.FunctionDeclaration
    scope: Scope
    span: Span
    used: bool = False


@dataclass(slots=True)
class StepValue:
    """A step of ``scan``: ``s.column`` is the state after its last match."""

    name: str
    columns: dict[str, Column]


Meaning: TypeAlias = Value | TableValue | LetValue | FunctionValue | StepValue


@dataclass(slots=True)
class Scope:
    """Names of lets, parameters and steps; inner ones hide outer ones."""

    parent: Scope | None = None
    names: dict[str, Meaning] = field(default_factory=dict)

    def find(self, name: str) -> Meaning | None:
        at: Scope | None = self
        while at is not None:
            found = at.names.get(name)
            if found is not None:
                return found
            at = at.parent
        return None

    def child(self) -> Scope:
        return Scope(self)

    def copy(self) -> Scope:
        """The names as they are now: later declarations are not seen."""
        return Scope(self.parent, dict(self.names))

    def all_names(self) -> list[str]:
        found: list[str] = []
        at: Scope | None = self
        while at is not None:
            found += at.names
            at = at.parent
        return found


NO_INPUT = Bound(Rows((), ()))
"""The input of an operator that stands first in its pipeline."""


def failed(span: Span) -> Bound:
    """Stands for a table that was reported: any column may be asked of it."""
    return Bound(Rows((), (), span), (Origin("failed:"),))
