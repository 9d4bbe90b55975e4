"""What a query means, apart from how it is written: for comparing a query with what was written of it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import ruleconv
from ruleconv import translation
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.schema import Schema

_UNCOMPARED = {"notes", "nullable"}


def bound(text: str, schema: Schema | None = None) -> q.Query:
    return translation.bound(text, source="kql", schema=schema)[0]


def written(text: str, schema: Schema | None = None) -> str:
    return ruleconv.translate(text, source="kql", to="kql", schema=schema).text


def meaning(query: q.Query) -> object:
    """The IR without the names of lets and of nested rows, and without what says nothing: an extend by columns as they are, the operator
    of the project family, the grouping of ``and``, the width of a whole number's constant."""
    return _plain(query, {let.name: f"let{number}" for number, let in enumerate(query.lets)})


def _plain(node: object, lets: dict[str, str]) -> object:
    match node:
        case tuple():
            return tuple(_plain(part, lets) for part in node)
        case q.LetRef():
            return ("LetRef", lets.get(node.name, ""), tuple(c.name for c in node.columns))
        case q.Let():
            return (lets[node.name], _plain(node.rel, lets), node.materialized)
        case q.Extend():
            new = tuple(v for v in node.values if not (isinstance(v.value, ir.ColumnRef) and v.value.name == v.name))
            return ("Extend", _plain(node.input, lets), _plain(new, lets)) if new else _plain(node.input, lets)
        case q.Project():
            return ("Project", _plain(node.input, lets), _plain(node.values, lets))
        case q.Apply() | q.PartitionBy():
            return _fields(node, lets, {"context"})
        case q.Union(legs=(only,), withsource=None):
            return _plain(only.input, lets)
        case ir.And() | ir.Or():
            return (type(node).__name__, *(_plain(term, lets) for term in _terms(node)))
        case ir.Literal(type=Type.INT):
            return _plain(replace(node, type=Type.LONG), lets)
        case Column():
            return (node.name, node.type)
    return _fields(node, lets, set()) if is_dataclass(node) else node


def _fields(node: object, lets: dict[str, str], without: set[str]) -> object:
    shown = (f.name for f in fields(node) if f.compare and f.name not in without | _UNCOMPARED)  # type: ignore[arg-type]
    return (type(node).__name__, *((name, _plain(getattr(node, name), lets)) for name in shown))


def _terms(node: ir.And | ir.Or) -> list[ir.Expr]:
    found: list[ir.Expr] = []
    for term in node.terms:
        found += _terms(term) if type(term) is type(node) else [term]  # type: ignore[arg-type]
    return found
