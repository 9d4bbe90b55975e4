"""What a pipeline begins with, and the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ruleconv.kql.tree.node import Node

if TYPE_CHECKING:
    from ruleconv.kql.tree import ColumnDeclaration, Expr, Name, Parameter, TabularOperator


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Pipeline(Node):
    """``source | operator | operator``. A source alone is just itself, except in ``partition by key { T }``: there, no operators."""

    source: Expr
    operators: tuple[TabularOperator, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class DataTable(Node):
    columns: tuple[ColumnDeclaration, ...]
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ExternalData(Node):
    columns: tuple[ColumnDeclaration, ...]
    uris: tuple[Expr, ...]
    properties: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Print(Node):
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Range(Node):
    name: Name
    start: Expr
    stop: Expr
    step: Expr
