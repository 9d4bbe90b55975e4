"""Statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ruleconv.ir.types import Type
from ruleconv.kql.tree.node import Node

if TYPE_CHECKING:
    from ruleconv.kql.tree import Expr, Name, Statement, TypeOf


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class FunctionParameter(Node):
    """``name:type = default``, or tabular: ``T:(a:long, *)`` (``schema``)."""

    name: Name
    type: Type | None
    schema: TypeOf | None = None
    default: Expr | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class FunctionDeclaration(Node):
    """``(x:long) { statements; expression }``; ``view``: written with ``view``."""

    parameters: tuple[FunctionParameter, ...]
    statements: tuple[Statement, ...]
    body: Expr | None
    view: bool = False


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Let(Node):
    name: Name
    value: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SetOption(Node):
    name: Name
    value: Expr | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class DeclareParameters(Node):
    """``declare query_parameters(x:long = 1)``."""

    parameters: tuple[FunctionParameter, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class OtherStatement(Node):
    """``declare pattern``, ``alias database``, ``restrict access to``: read, and refused by name."""

    keyword: str
    text: str


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ExpressionStatement(Node):
    """A query (Pipeline) or a bare scalar expression."""

    value: Expr
