"""Names in the text, and the names that Kusto gives to columns whose expression has none."""

from __future__ import annotations

from ruleconv.ir import query as q
from ruleconv.ir.types import Column
from ruleconv.kql import spell, tree
from ruleconv.kql.binding import column_names
from ruleconv.kql.binding.scope import Bound, Row, Scope
from ruleconv.kql.binding.session import Context, Session
from ruleconv.schema import Schema
from ruleconv.text import Source


def session() -> Session:
    """A binder's session that knows no table: for asking the binder what it makes of bound parts."""
    return Session(Schema(), Source(""))


def name(text: str) -> tree.Name:
    return spell.name(text)


def default(row: tuple[Column, ...], node: tree.Expr, *, aggregates: bool = False) -> str | None:
    """The name that Kusto gives the column of this expression, or None where it is ``ColumnN``."""
    at = Context(session(), Scope(), Row(Bound(q.Rows(row, ()))), aggregates=aggregates)
    return column_names.result_name(at, node)


def named(text: str, value: tree.Expr) -> tree.Expr:
    """``name = value``; a column under its own name stands alone."""
    if isinstance(value, tree.Name) and value.name == text:
        return value
    return tree.NamedExpr((name(text),), value)


def declaration(column: Column) -> tree.ColumnDeclaration:
    return tree.ColumnDeclaration(name(column.name), column.type)


def option(key: str, word: str) -> tree.Parameter:
    """``kind=inner``: an option whose value is one of Kusto's words."""
    return tree.Parameter(key, tree.Name(word))


def naming(key: str, column: str) -> tree.Parameter:
    """``withsource=T``: an option whose value is the name of a column."""
    return tree.Parameter(key, name(column))
