"""Tabular operators on one table: filters, projections, aggregations, orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ruleconv.kql.tree.node import Node

if TYPE_CHECKING:
    from ruleconv.kql.tree import Expr, Name, Parameter


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Where(Node):
    predicate: Expr
    keyword: str = "where"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Extend(Node):
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Project(Node):
    """``project``, ``project-away``, ``project-keep``, ``project-rename``."""

    keyword: str
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ReorderItem(Node):
    value: Expr
    order: str = ""
    """``asc``, ``desc``, ``granny-asc``, ``granny-desc`` or nothing."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ProjectReorder(Node):
    items: tuple[ReorderItem, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Summarize(Node):
    parameters: tuple[Parameter, ...]
    aggregates: tuple[Expr, ...]
    keys: tuple[Expr, ...]
    has_by: bool = False


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Distinct(Node):
    parameters: tuple[Parameter, ...]
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Count(Node):
    as_name: Name | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Take(Node):
    keyword: str
    count: Expr
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Sample(Node):
    count: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SampleDistinct(Node):
    count: Expr
    value: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Ordered(Node):
    """``value asc nulls first``; ``order`` and ``nulls`` are empty when not written."""

    value: Expr
    order: str = ""
    nulls: str = ""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Sort(Node):
    keyword: str
    keys: tuple[Ordered, ...]
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Top(Node):
    count: Expr
    keys: tuple[Ordered, ...]
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class TopNestedLevel(Node):
    count: Expr | None
    value: Expr
    others: Expr | None
    by: Ordered


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class TopNested(Node):
    levels: tuple[TopNestedLevel, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class TopHitters(Node):
    count: Expr
    value: Expr
    by: Expr | None
