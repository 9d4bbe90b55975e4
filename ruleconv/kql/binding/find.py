"""``find``: rows of several tables that fulfil a predicate, with the columns that are asked for.

Source: https://learn.microsoft.com/kusto/query/find-operator
"""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.ir.walk import nodes
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, operators, search
from ruleconv.kql.binding.convert import as_type, nullable
from ruleconv.kql.binding.parameters import word
from ruleconv.kql.binding.registry import operator
from ruleconv.kql.binding.scope import NO_INPUT, Bound
from ruleconv.kql.binding.session import Context


@operator(tree.Find)
def find(at: Context, node: tree.Find, table: Bound) -> Bound:
    label = word(node.parameters, "withsource") or "source_"
    if node.tables:
        source = search.in_tables(at, node, node.tables, label)
    elif table is NO_INPUT:
        raise Unsupported("find over all tables", node.span, "name the tables: find in (T1, T2) where ...")
    else:
        raise Unsupported("find after a pipe", node.span, "use where")
    if source.open:
        raise Unsupported("find over a table whose columns are not all known", node.span)
    _one_type_each(source, node)
    inner = Bound(q.Rows(tuple(c for c in source.columns if c.name != label), ()))
    row = replace(operators.over(at, inner), search=True)
    predicate = search.search_predicate(row, node.predicate, True)
    filtered = q.Filter(source.rel, predicate, node.span)
    values = [q.Named(label, ir.ColumnRef(label, Type.STRING, False))]
    if node.project:
        values += _projected(row, node)
    else:
        values += _smart(source, node, label)
    if node.project_away:
        if any(isinstance(item, tree.Wildcard) and item.pattern == "*" for item in node.project_away):
            values = values[:1]
        else:
            away = {name for item in node.project_away for name in operators.matching(row, item)}
            values = [value for value in values if value.name not in away]
    columns = tuple(Column(v.name, v.value.type, nullable(v.value)) for v in values)
    return Bound(q.Project(filtered, tuple(values), columns, span=node.span))


def _one_type_each(source: Bound, node: tree.Find) -> None:
    """Refuses a column that is named here and has several types in the tables: Kusto then evaluates the predicate for each type in which
    it is valid ("Notes" of the page), which one union with a column for each type does not say."""
    assert isinstance(source.rel, q.Union)
    types: dict[str, set[Type]] = {}
    for leg in source.rel.legs:
        for column in leg.input.columns:
            types.setdefault(column.name, set()).add(column.type)
    for name in nodes((node.predicate, node.project, node.project_away)):
        if isinstance(name, tree.Name) and len(types.get(name.name, ())) > 1:
            raise Unsupported(f"find by {name.name}, which has different types in the tables", name.span, "search each table with where")


def _projected(at: Context, node: tree.Find) -> list[q.Named]:
    values = []
    for item in node.project:
        name, type_ = (item.name, item.type) if isinstance(item, tree.ColumnDeclaration) else (item, None)
        if not isinstance(name, tree.Name):
            raise Unsupported("pack() in find", item.span, "name the columns")
        column = at.row.columns.get(name.name) if at.row is not None else None
        if column is None:
            at.session.report(findings.unknown_column(name.name, name.span))
            continue
        value: ir.Expr = ir.ColumnRef(column.name, column.type, column.nullable, name.span)
        values.append(q.Named(name.name, as_type(value, type_) if type_ is not None else value))
    return values


def _smart(source: Bound, node: tree.Find, label: str) -> list[q.Named]:
    """The default columns, where no column has to be packed: those of a single table."""
    rel = source.rel
    assert isinstance(rel, q.Union)
    first = {c.name for c in rel.legs[0].input.columns}
    if any({c.name for c in leg.input.columns} != first for leg in rel.legs):
        raise Unsupported("find that packs columns into a bag", node.span, "name the columns: project A, B")
    return [q.Named(c.name, ir.ColumnRef(c.name, c.type, c.nullable)) for c in source.columns if c.name != label]
