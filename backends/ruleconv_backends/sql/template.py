"""SQL templates of the catalogue: parsed once by sqlglot, filled with argument nodes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp

from ruleconv_backends.sql.nodes import JsonGet, JsonGetText


@lru_cache(maxsize=2048)
def _parsed(template: str, dialect: str) -> exp.Expression:
    parsed = sqlglot.parse_one(template, dialect=dialect)
    assert isinstance(parsed, exp.Expression)
    return parsed


@lru_cache(maxsize=2048)
def uses(template: str, dialect: str) -> Mapping[str, int]:
    """How often each parameter (without its underscore) stands in the template."""
    count: dict[str, int] = {}
    for node in _parsed(template, dialect).find_all(exp.Column):
        if _is_parameter(node):
            name = node.name[1:]
            count[name] = count.get(name, 0) + 1
    return count


def _is_parameter(node: exp.Expression) -> bool:
    return isinstance(node, exp.Column) and not node.table and node.name.startswith("_") and not node.this.args.get("quoted")


def parenthesised(node: exp.Expression) -> exp.Expression:
    """The node, in parentheses unless it binds tighter than any operator."""
    if isinstance(
        node,
        (
            JsonGet,
            JsonGetText,
            exp.Paren,
            exp.Literal,
            exp.Column,
            exp.Boolean,
            exp.Null,
            exp.Cast,
            exp.Subquery,
            exp.Anonymous,
            exp.Case,
            exp.Interval,
        ),
    ):
        return node
    if isinstance(node, exp.Func) and not isinstance(node, (exp.Binary, exp.Connector)):
        return node
    return exp.Paren(this=node)


def operand(node: exp.Expression) -> exp.Expression:
    """The node as a side of a comparison: arithmetic binds tighter and needs no parentheses."""
    return node if isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod)) else parenthesised(node)


@lru_cache(maxsize=2048)
def _own_names(template: str, dialect: str) -> frozenset[str]:
    """The names that the template gives by itself: aliases of its subselects, parameters of its lambdas."""
    found: set[str] = set()
    for node in _parsed(template, dialect).walk():
        if isinstance(node, exp.Alias):
            found.add(node.alias)
        elif isinstance(node, exp.TableAlias):
            found.update([node.name, *(column.name for column in node.columns)])
        elif isinstance(node, exp.Lambda):
            found.update(parameter.name for parameter in node.expressions)
    return frozenset(name.lower() for name in found if name)


def _set_apart(root: exp.Expression, own: frozenset[str], arguments: Mapping[str, exp.Expression]) -> None:
    """Gives those of the template's own names that a column in an argument has too (one called x) another one: else they would capture it.

    Names of columns are always quoted, and a template's own never are.
    """
    columns = (column for value in arguments.values() for column in value.find_all(exp.Column))
    used = {part.name.lower() for column in columns for part in column.parts if part.args.get("quoted")}
    clashes = own & used
    if not clashes:
        return
    for node in root.find_all(exp.Identifier):
        name = node.name
        if name.lower() in clashes:
            while name.lower() in used:
                name += "_"
            node.set("this", name)


def fill(template: str, dialect: str, arguments: Mapping[str, exp.Expression]) -> exp.Expression:
    """The template's node with ``_name`` replaced by (copies of) ``arguments[name]``."""
    root = _parsed(template, dialect).copy()
    if _is_parameter(root):
        return arguments[root.name[1:]].copy()
    own = _own_names(template, dialect)
    if own:
        _set_apart(root, own, arguments)
    for node in list(root.find_all(exp.Column)):
        if _is_parameter(node):
            value = arguments[node.name[1:]].copy()
            loose = isinstance(node.parent, (exp.Func, exp.Paren, exp.Tuple, exp.Array)) and not isinstance(
                node.parent, (exp.Binary, exp.Case, exp.Cast)
            )
            node.replace(value if loose else parenthesised(value))
    return root
