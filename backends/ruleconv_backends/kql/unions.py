"""``union``, and what the binder makes a union of: ``search in (..)``."""

from __future__ import annotations

import re

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Type
from ruleconv.ir.walk import nodes
from ruleconv.kql import tree
from ruleconv.kql.binding.naming import unified
from ruleconv.text import Span
from ruleconv_backends.kql import names, operands, pipelines
from ruleconv_backends.kql.writer import Writer

_PATTERN = re.compile(r"\w*(?:\*\w*)+")


def union(w: Writer, rel: q.Union) -> tuple[tree.Expr, list[tree.TabularOperator]]:
    """The union as a source, and what has to follow it."""
    inputs = [_untyped(leg.input) for leg in rel.legs]
    parameters: list[tree.Parameter] = []
    if rel.inner:
        parameters.append(names.option("kind", "inner"))
    own_labels = rel.withsource is not None and any(leg.label != _label(leg.input, n) for n, leg in enumerate(rel.legs))
    if rel.withsource is not None and not own_labels:
        parameters.append(names.naming("withsource", rel.withsource))
    if rel.fuzzy:
        parameters.append(tree.Parameter("isfuzzy", operands.literal(ir.Literal(True, Type.BOOL))))
    legs = [pipelines.argument(w, made) for made in inputs]
    if not own_labels:
        legs = _by_pattern(w, inputs, legs)
    after: list[tree.TabularOperator] = []
    if own_labels and rel.withsource is not None:
        legs = [
            tree.Parenthesized(pipelines.piped(_inner(leg), _labelled(rel.withsource, of.label)))
            for leg, of in zip(legs, rel.legs, strict=True)
        ]
        after.append(tree.ProjectReorder((tree.ReorderItem(names.name(rel.withsource)),)))
    _check(rel)
    if len(legs) == 1 and not parameters:
        only = _inner(legs[0])
        return (only.source, [*only.operators, *after]) if isinstance(only, tree.Pipeline) else (only, after)
    legs += _absent(w, rel)
    return tree.Union(tuple(parameters), tuple(legs)), after


def _absent(w: Writer, rel: q.Union) -> list[tree.Expr]:
    """The legs over unknown tables as they stood, if they name no let."""
    from ruleconv.kql.parse import parse

    found: list[tree.Expr] = []
    lets: set[str] = set()
    if rel.absent and w.source is not None:
        lets = {statement.name.name for statement in parse(w.source).statements if isinstance(statement, tree.Let)}
    for text in rel.absent:
        leg = w.syntax_of(text)
        if leg is None or {n.name for n in nodes(leg) if isinstance(n, tree.Name | tree.Call)} & lets:
            w.note("KQW001", Effect.NARROWS, "a leg of the union is left out: it reads a table that is not known", rel.span)
        else:
            found.append(leg)
    return found


def _by_pattern(w: Writer, inputs: list[q.Rel], legs: list[tree.Expr]) -> list[tree.Expr]:
    """One ``T*`` for the tables that it stood for."""
    found: list[tree.Expr] = []
    last: Span | None = None
    for rel, leg in zip(inputs, legs, strict=True):
        pattern = w.text_of(rel.span) if isinstance(rel, q.Source) else ""
        if not _PATTERN.fullmatch(pattern):
            found.append(leg)
        elif rel.span != last:
            found.append(tree.Wildcard(pattern))
        last = rel.span
    return found


def _inner(leg: tree.Expr) -> tree.Expr:
    return leg.inner if isinstance(leg, tree.Parenthesized) else leg


def _labelled(column: str, text: str) -> tree.Extend:
    return tree.Extend((tree.NamedExpr((names.name(column),), operands.literal(ir.Literal(text, Type.STRING))),))


def _label(rel: q.Rel, number: int) -> str:
    """What ``withsource`` shows for a leg."""
    return rel.table if isinstance(rel, q.Source) else f"union_arg{number}"


def _untyped(rel: q.Rel) -> q.Rel:
    """Without the stage in which the binder gives an open column the type that it has in another leg."""
    if isinstance(rel, q.Extend) and all(_is_typing(value) for value in rel.values):
        return rel.input
    return rel


def _is_typing(value: q.Named) -> bool:
    cast = value.value
    return (
        isinstance(cast, ir.Cast) and isinstance(cast.operand, ir.ColumnRef)
        and cast.operand.type is Type.UNKNOWN and cast.operand.name == value.name
    )  # fmt: skip


def _check(rel: q.Union) -> None:
    """Kusto names a union's columns by their names and types: anything else is said by the legs."""
    outputs = unified(leg.input.columns for leg in rel.legs)
    if rel.inner:
        common = [{(c.name, c.type) for c in leg.input.columns} for leg in rel.legs]
        outputs = [o for o in outputs if all((o[1], o[2]) in columns for columns in common)]
    wanted = [c.name for c in rel.columns]
    if rel.withsource is not None:
        wanted = wanted[1:]
    if [c.name for c, _, _ in outputs] != wanted:
        raise Unsupported("a union whose columns have other names than its legs'", rel.span, "project the legs to the same columns")
