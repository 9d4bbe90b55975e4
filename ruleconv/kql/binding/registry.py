"""Which function binds which node: expressions, tables and tabular operators.

The parts of an expression are expressions and tables, those of a table are tables and expressions: whoever binds a part asks here, and so
imports none of the modules that ask it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from ruleconv.ir import expr as ir
from ruleconv.kql import tree
from ruleconv.kql.binding import findings
from ruleconv.kql.binding.scope import Bound, failed
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import error

ExpressionBinder: TypeAlias = Callable[[Context, Any], ir.Expr]
TableBinder: TypeAlias = Callable[[Context, Any], Bound]
OperatorBinder: TypeAlias = Callable[[Context, Any, Bound], Bound]

EXPRESSIONS: dict[type[tree.Node], ExpressionBinder] = {}
TABLES: dict[type[tree.Node], TableBinder] = {}
"""Both by the node's class. The context of a table has its scope and no row."""

OPERATORS: dict[type[tree.Node], OperatorBinder] = {}
"""By the node's class. The context has the operator's scope and no row; the last argument is the input."""

_Expression = TypeVar("_Expression", bound=Callable[..., ir.Expr])
_Table = TypeVar("_Table", bound=Callable[..., Bound])
_Operator = TypeVar("_Operator", bound=OperatorBinder)


def bind(at: Context, node: tree.Expr) -> ir.Expr:
    """The value of an expression."""
    binder = EXPRESSIONS.get(type(node))
    if binder is None:
        at.session.report(findings.scalar_expected(node.span))
        return error(node.span)
    return binder(at, node)


def bind_table(at: Context, node: tree.Expr) -> Bound:
    """The rows of an expression."""
    binder = TABLES.get(type(node))
    if binder is None:
        at.session.report(findings.table_expected(node.span))
        return failed(node.span)
    return binder(Context(at.session, at.scope), node)


def expression(*kinds: type[tree.Node]) -> Callable[[_Expression], _Expression]:
    """Registers the function for expressions of these nodes."""

    def register(function: _Expression) -> _Expression:
        EXPRESSIONS.update(dict.fromkeys(kinds, function))
        return function

    return register


def table(*kinds: type[tree.Node]) -> Callable[[_Table], _Table]:
    """Registers the function for tables of these nodes."""

    def register(function: _Table) -> _Table:
        TABLES.update(dict.fromkeys(kinds, function))
        return function

    return register


def operator(*kinds: type[tree.Node]) -> Callable[[_Operator], _Operator]:
    """Registers the function for these operators."""

    def register(function: _Operator) -> _Operator:
        OPERATORS.update(dict.fromkeys(kinds, function))
        return function

    return register
