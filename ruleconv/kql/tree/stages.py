"""Tabular operators on several tables, on nested values and texts, and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ruleconv.kql.tree.node import Node

if TYPE_CHECKING:
    from ruleconv.kql.tree import (
        Call,
        ColumnDeclaration,
        Expr,
        Literal,
        Name,
        Ordered,
        Parameter,
        Pipeline,
        TabularOperator,
        TypeOf,
        Wildcard,
    )


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Join(Node):
    """``join`` and ``lookup`` (``keyword``). ``on`` holds names and ``$left.a == $right.b`` comparisons (``and`` split up)."""

    keyword: str
    parameters: tuple[Parameter, ...]
    right: Expr
    on: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Union(Node):
    """As source or as operator (then the input is the first leg)."""

    parameters: tuple[Parameter, ...]
    legs: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class MvExpandItem(Node):
    """``name = value to typeof(type)``."""

    name: Name | None
    value: Expr
    to: TypeOf | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class MvExpand(Node):
    keyword: str
    parameters: tuple[Parameter, ...]
    items: tuple[MvExpandItem, ...]
    limit: Expr | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class MvApply(Node):
    parameters: tuple[Parameter, ...]
    items: tuple[MvExpandItem, ...]
    limit: Expr | None
    body: SubPipeline


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SubPipeline(Node):
    """Operators without a source: the body of ``mv-apply``, ``partition``, ``fork``, ``facet``. ``statements``: lets before it."""

    operators: tuple[TabularOperator, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Parse(Node):
    """``parse``, ``parse-where``. ``pattern``: Wildcard ``*``, Literal strings, Names and ColumnDeclarations."""

    keyword: str
    parameters: tuple[Parameter, ...]
    subject: Expr
    pattern: tuple[Wildcard | Literal | Name | ColumnDeclaration | Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ParseKv(Node):
    subject: Expr
    keys: tuple[ColumnDeclaration, ...]
    properties: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SeriesItem(Node):
    value: Expr
    default: Expr | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class MakeSeries(Node):
    parameters: tuple[Parameter, ...]
    items: tuple[SeriesItem, ...]
    axis: Expr
    start: Expr | None
    stop: Expr | None
    step: Expr
    keys: tuple[Expr, ...]
    in_range: bool = False
    """The old form ``on t in range(start, stop, step)``, whose stop is inclusive."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Search(Node):
    """As source or as operator. ``tables``: the ``in (..)`` list."""

    parameters: tuple[Parameter, ...]
    tables: tuple[Expr, ...]
    predicate: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Find(Node):
    parameters: tuple[Parameter, ...]
    tables: tuple[Expr, ...]
    predicate: Expr
    project: tuple[Expr, ...] = ()
    """Names and ColumnDeclarations; ``pack(*)`` is a Call."""
    project_smart: bool = False
    project_away: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Evaluate(Node):
    parameters: tuple[Parameter, ...]
    call: Call
    schema: TypeOf | None = None
    """``: (a:long, *)`` after the call."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Invoke(Node):
    call: Call


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Serialize(Node):
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ScanStep(Node):
    name: Name
    optional: bool
    output: str
    condition: Expr
    assignments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ScanDeclaration(Node):
    column: ColumnDeclaration
    default: Expr | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Scan(Node):
    parameters: tuple[Parameter, ...]
    order: tuple[Ordered, ...]
    partition: tuple[Expr, ...]
    declared: tuple[ScanDeclaration, ...]
    steps: tuple[ScanStep, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Partition(Node):
    """``partition by key (body)`` or ``partition by key { query }``."""

    parameters: tuple[Parameter, ...]
    key: Expr
    body: SubPipeline | Pipeline


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class As(Node):
    name: Name
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class GetSchema(Node):
    keyword: str = "getschema"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Render(Node):
    chart: str
    properties: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Reduce(Node):
    parameters: tuple[Parameter, ...]
    value: Expr
    properties: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Consume(Node):
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Fork(Node):
    branches: tuple[tuple[Name | None, SubPipeline], ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Facet(Node):
    values: tuple[Expr, ...]
    body: SubPipeline | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class OtherOperator(Node):
    """An operator that is read but not modelled (``make-graph``, ``graph-match`` ...): its words, for a refusal by name."""

    keyword: str
    text: str
