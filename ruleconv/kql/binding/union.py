"""``union``: columns by name over all legs; where types differ, one column a type.

Source: https://learn.microsoft.com/kusto/query/union-operator; names as Microsoft's parser has them.
"""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, functions, openness, tables
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.naming import unified
from ruleconv.kql.binding.operators import fits
from ruleconv.kql.binding.parameters import flag, word
from ruleconv.kql.binding.registry import bind_table, operator
from ruleconv.kql.binding.scope import NO_INPUT, Bound, FunctionValue, Scope, failed
from ruleconv.kql.binding.session import Context

MAX_LEGS = 100


@operator(tree.Union)
def union(at: Context, node: tree.Union, table: Bound) -> Bound:
    session = at.session
    fuzzy = flag(node.parameters, "isfuzzy")
    legs: list[tuple[Bound, str]] = []
    if table is not NO_INPUT:
        legs.append((table, label(table, 0)))
    absent: list[str] = []
    for leg in node.legs:
        found = bind_leg(at, leg, fuzzy)
        if fuzzy and not found:
            absent.append(session.source.text[leg.span.start : leg.span.end])
        for bound, name in found:
            legs.append((bound, name or label(bound, len(legs))))
    if not legs:
        # Not an error of the query: the workspace may well have tables that the schema does not.
        session.report(findings.no_table_of_union(node.span))
        return failed(node.span)
    if len(legs) > MAX_LEGS:
        raise Unsupported(f"a union of {len(legs)} tables", node.span, "name the tables that matter")
    inner = word(node.parameters, "kind") == "inner"
    made = combined(node, legs, word(node.parameters, "withsource", "with_source"), inner, fuzzy)
    return replace(made, rel=replace(made.rel, absent=tuple(absent))) if absent and isinstance(made.rel, q.Union) else made


def combined(node: tree.Node, legs: list[tuple[Bound, str]], withsource: str | None, inner: bool, fuzzy: bool) -> Bound:
    """The union stage of bound legs."""
    legs = [(_typed(bound, legs), name) for bound, name in legs]
    outputs = unified(bound.columns for bound, _ in legs)
    if inner:
        common = [{(c.name, c.type) for c in bound.columns} for bound, _ in legs]
        outputs = [o for o in outputs if all((o[1], o[2]) in columns for columns in common)]
    written: list[q.Leg] = []
    missing: set[str] = set()
    may_be_null: set[str] = set()
    for bound, name in legs:
        own = {(c.name, c.type): c for c in bound.columns}
        sources: list[ir.ColumnRef | None] = []
        for column, source, kind in outputs:
            found = own.get((source, kind))
            sources.append(ir.ColumnRef(found.name, found.type, found.nullable) if found else None)
            if found is None:
                missing.add(column.name)
            elif found.nullable:
                may_be_null.add(column.name)
        written.append(q.Leg(bound.rel, tuple(sources), name))
    columns = [replace(c, nullable=c.name in missing or c.name in may_be_null) for c, _, _ in outputs]
    if withsource is not None:
        columns.insert(0, Column(withsource, Type.STRING, False))
        written = [replace(leg, sources=(None, *leg.sources)) for leg in written]
    origins = tuple(dict.fromkeys(o for bound, _ in legs for o in bound.origins))
    rel = q.Union(tuple(written), tuple(columns), withsource, inner, fuzzy, node.span)
    return Bound(rel, origins)


def _typed(table: Bound, legs: list[tuple[Bound, str]]) -> Bound:
    """A column whose type is not known takes the type that it has in another leg."""
    loose = [c for c in table.columns if c.type is Type.UNKNOWN]
    known = {c.name: c.type for bound, _ in legs for c in bound.columns if c.type is not Type.UNKNOWN} if loose else {}
    values = [q.Named(c.name, as_type(ir.ColumnRef(c.name, c.type, c.nullable), known[c.name])) for c in loose if c.name in known]
    if not values:
        return table
    columns = tuple(replace(c, type=known[c.name]) if c.type is Type.UNKNOWN and c.name in known else c for c in table.columns)
    return replace(table, rel=q.Extend(table.rel, tuple(values), columns))


def label(table: Bound, number: int) -> str:
    """What ``withsource`` shows for a leg: a stored table's name, else ``union_argN`` (a let has no name there: the emulator's answer)."""
    return table.rel.table if isinstance(table.rel, q.Source) else f"union_arg{number}"


def bind_leg(at: Context, node: tree.Expr, fuzzy: bool) -> list[tuple[Bound, str]]:
    """The table, or the tables of a pattern, with the names that ``withsource`` shows."""
    inner = node
    while isinstance(inner, tree.Parenthesized):
        inner = inner.inner
    if isinstance(inner, tree.Wildcard):
        return _matching(at, inner)
    if fuzzy and (name := _absent(at, inner)) is not None:
        at.session.note("KQL002", f"the table {name} is not in the schema, and the union does without it (isfuzzy)", inner.span)
        return []
    return [(bind_table(at, inner), "")]


def _absent(at: Context, node: tree.Expr) -> str | None:
    """The table at a leg's head when nothing is known of it: a fuzzy union leaves the leg out."""
    while isinstance(node, tree.Pipeline | tree.Parenthesized):
        node = node.source if isinstance(node, tree.Pipeline) else node.inner
    if not isinstance(node, tree.Name) or at.scope.find(node.name) is not None or openness.is_open_name(node.name):
        return None
    return None if node.name in at.session.schema else node.name


def _matching(at: Context, node: tree.Wildcard) -> list[tuple[Bound, str]]:
    """The tables and views that a pattern stands for."""
    if node.pattern == "*":
        raise Unsupported("a union of all tables", node.span, "name the tables")
    found = [(tables.stored(at, name, node.span), name) for name in at.session.schema.names if fits(node.pattern, name)]
    for view in views(at.scope):
        if fits(node.pattern, view.name):
            call = tree.Call(view.name, (), name_span=node.span, span=node.span)
            found.append((functions.call_table(at, view, call), view.name))
    if not found:
        at.session.report(findings.unknown_table(node.pattern, node.span))
    return found


def views(scope: Scope) -> list[FunctionValue]:
    """The functions that were declared with ``view``."""
    found = []
    for name in dict.fromkeys(scope.all_names()):
        meaning = scope.find(name)
        if isinstance(meaning, FunctionValue) and meaning.declaration.view and not meaning.declaration.parameters:
            found.append(meaning)
    return found
