"""Expressions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ruleconv.ir.types import Type
from ruleconv.kql.tree.node import Node
from ruleconv.text import NOWHERE, Span

if TYPE_CHECKING:
    from ruleconv.kql.tree import Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Literal(Node):
    """A constant; ``value`` as in ``ir.expr.Literal``, ``text`` as written. A bare ``null`` inside dynamic is part of the dynamic."""

    value: object
    type: Type
    text: str


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Name(Node):
    """A column, table, let, function without parentheses, ``$left``, ``$right``; ``quoted``: ``['my name']``."""

    name: str
    quoted: bool = False


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Wildcard(Node):
    """``*`` alone, or a name with ``*`` in it, where a list takes them."""

    pattern: str


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Path(Node):
    """``base.name``, also ``base.['name']``, ``cluster('c').database('d').T`` (with a Call in its base), ``database('d').T*``."""

    base: Expr
    member: Name | Call | Wildcard


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Index(Node):
    """``base[key]``."""

    base: Expr
    key: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Call(Node):
    """``name(args)``. An argument may be a NamedExpr (``b=1``), a Wildcard, a Pipeline."""

    name: str
    args: tuple[Expr, ...]
    name_span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class NamedExpr(Node):
    """``name = value`` or ``(a, b) = value``."""

    names: tuple[Name, ...]
    value: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Unary(Node):
    """``-x``, ``+x``."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Binary(Node):
    """Arithmetic, comparison, ``and``/``or``, string operators with one right side (``has``, ``!contains_cs``, ``matches regex``, ``:``).

    A run of more than 64 ``and`` or ``or`` is a balanced tree (they are associative), so that no walk recurses deep.
    """

    op: str
    left: Expr
    right: Expr
    op_span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class InList(Node):
    """``in``, ``!in``, ``in~``, ``!in~``, ``has_any``, ``has_all`` with what stands in the parentheses."""

    op: str
    subject: Expr
    items: tuple[Expr, ...]
    op_span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Between(Node):
    """``subject between (low .. high)``, ``!between``."""

    negated: bool
    subject: Expr
    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Parenthesized(Node):
    """``(inner)``; a Pipeline inside makes it a table."""

    inner: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class TypeOf(Node):
    """``typeof(long)``, ``typeof(a:long, *)``: one type, or a schema (``columns``; ``open`` when it has a ``*``)."""

    type: Type | None
    columns: tuple[ColumnDeclaration, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ColumnDeclaration(Node):
    """``name:type`` of a datatable, an externaldata, a parse pattern, a function's tabular parameter."""

    name: Name
    type: Type


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Parameter(Node):
    """An option: ``kind=inner``, ``hint.strategy=shuffle``, ``withsource=T``, ``with_itemindex=i``, ``bin=legacy``."""

    name: str
    value: Expr
