"""How sqlglot prints our SQL: its own dialects, with the readable form of a few nodes and with nodes of our own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.generator import Generator

from ruleconv_backends.sql.nodes import InNetwork, JsonGet, JsonGetText

_AROUND_ARROWS = (exp.Paren, exp.Alias, exp.Cast, exp.Select, exp.Anonymous, exp.Coalesce, exp.Lower, exp.Tuple, exp.Group, exp.Ordered)
_SHORT = 80


def _arrow(generator: Generator, node: JsonGet | JsonGetText) -> str:
    """In parentheses but where none are needed: DuckDB's arrows bind more loosely than anything else, Postgres' like any operator."""
    return _with_parentheses(node, generator.binary(node, "->" if isinstance(node, JsonGet) else "->>"))


def _with_parentheses(node: JsonGet | JsonGetText, text: str) -> str:
    parent = node.parent
    first_step = isinstance(parent, (JsonGet, JsonGetText)) and parent.this is node
    return text if parent is None or first_step or isinstance(parent, _AROUND_ARROWS) else f"({text})"


def _arrow_postgres(generator: Generator, node: JsonGet | JsonGetText) -> str:
    """``#> '{0}'`` for an index: ``-> 0`` takes a scalar for an array of one (where a key follows, that does no harm)."""
    parent, index = node.parent, node.expression
    number = index.this if isinstance(index, exp.Neg) else index
    by_key = isinstance(parent, (JsonGet, JsonGetText)) and parent.this is node and parent.expression.is_string
    if by_key or not isinstance(number, exp.Literal) or number.is_string:
        return _arrow(generator, node)
    path = exp.Literal.string(f"{{{generator.sql(index)}}}")
    text = f"{generator.sql(node, 'this')} {'#>' if isinstance(node, JsonGet) else '#>>'} {generator.sql(path)}"
    return _with_parentheses(node, text)


def _extract(generator: Generator, node: exp.JSONExtract) -> str:
    """DuckDB: the function's own name. Its arrow next to a lambda is read as a lambda."""
    return f"JSON_EXTRACT({generator.sql(node, 'this')}, {generator.sql(node, 'expression')})"


def _cast(generator: Generator, node: exp.Cast) -> str:
    """``TIMESTAMP '2024-01-01 00:00:00'`` for a cast of a literal."""
    if isinstance(node.this, exp.Literal) and node.this.is_string and node.to.this is exp.DataType.Type.TIMESTAMP:
        return f"TIMESTAMP '{node.this.name}'"
    return generator.cast_sql(node)


def _not(generator: Generator, node: exp.Not) -> str:
    """``(x) IS NOT TRUE``, ``x IS NOT NULL``: the forms that people write."""
    test = node.this
    if isinstance(test, exp.Is) and isinstance(test.expression, (exp.Boolean, exp.Null)):
        return f"{generator.sql(test, 'this')} IS NOT {generator.sql(test, 'expression')}"
    return generator.not_sql(node)


def _paren(generator: Generator, node: exp.Paren) -> str:
    """What is short stays on its line. The inside is printed once: to print it again for the long form doubles the work at every level."""
    text = generator.sql(node, "this")
    if len(text) <= _SHORT and "\n" not in text:
        return f"({text})"
    return f"({generator.seg(generator.indent(text), sep='')}{generator.seg(')', sep='')}"


def _in_network(generator: Generator, node: InNetwork) -> str:
    return generator.binary(node, "<<=")


_OURS: dict[type[exp.Expr], Callable[..., str]] = {
    InNetwork: _in_network,
    JsonGet: _arrow,
    JsonGetText: _arrow,
    exp.Cast: _cast,
    exp.Not: _not,
    exp.Paren: _paren,
}
_DUCKDB: dict[type[exp.Expr], Callable[..., str]] = {exp.JSONExtract: _extract}
_POSTGRES: dict[type[exp.Expr], Callable[..., str]] = {JsonGet: _arrow_postgres, JsonGetText: _arrow_postgres}


@cache
def printing(name: str) -> type[Dialect]:
    """sqlglot's dialect of that name with our nodes. Each is imported when it is first asked for: a cold start needs one."""
    base = getattr(import_module(f"sqlglot.dialects.{name}"), {"postgres": "Postgres", "duckdb": "DuckDB"}[name])
    ours = {**_OURS, **(_DUCKDB if name == "duckdb" else _POSTGRES)}

    def generator(self: Dialect, **options: Any) -> Generator:
        # Not a Generator subclass with TRANSFORMS of its own: the compiled build (ruleconv[fast]) makes no instance of one.
        made: Generator = base.generator(self, **options)
        made._dispatch = {**made._dispatch, **ours}
        return made

    return type(f"Ruleconv{base.__name__}", (base,), {"generator": generator})
