"""``search``: rows in which a term stands in any column. It becomes a union of the tables and a filter over all of its columns.

Source: https://learn.microsoft.com/kusto/query/search-operator
"""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import expressions, findings, operators, terms, union
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.parameters import word
from ruleconv.kql.binding.registry import bind, operator
from ruleconv.kql.binding.scope import NO_INPUT, Bound
from ruleconv.kql.binding.session import Context

TABLE = "$table"


@operator(tree.Search)
def search(at: Context, node: tree.Search, table: Bound) -> Bound:
    fold = word(node.parameters, "kind") not in ("case_sensitive",)
    if node.tables:
        source = in_tables(at, node, node.tables, TABLE)
    elif table is NO_INPUT:
        raise Unsupported("search over all tables", node.span, "name the tables: search in (T1, T2) ...")
    else:
        source = _labelled(table, node)
    if source.open:
        raise Unsupported("search over a table whose columns are not all known", node.span, "filter on its columns with where")
    inner = Bound(q.Rows(tuple(c for c in source.columns if c.name != TABLE), ()))
    predicate = search_predicate(replace(operators.over(at, inner), search=True), node.predicate, fold)
    return Bound(q.Filter(source.rel, predicate, node.span))


def in_tables(at: Context, node: tree.Node, legs: tuple[tree.Expr, ...], label: str) -> Bound:
    """The tables of an ``in (...)`` list as one union."""
    found: list[tuple[Bound, str]] = []
    for leg in legs:
        found += [(bound, name or union.label(bound, len(found))) for bound, name in union.bind_leg(at, leg, False)]
    return union.combined(node, found, label, False, False)


def _labelled(table: Bound, node: tree.Node) -> Bound:
    """The piped rows with the column that names their table."""
    name = ir.Literal(_table_of(table.rel), Type.STRING, node.span)
    columns = (Column(TABLE, Type.STRING, False), *table.columns)
    values = (q.Named(TABLE, name), *(q.Named(c.name, ir.ColumnRef(c.name, c.type, c.nullable)) for c in table.columns))
    return replace(table, rel=q.Project(table.rel, values, columns, span=node.span))


def _table_of(rel: q.Rel) -> str:
    while isinstance(rel, q.Filter | q.Sort | q.Limit | q.Extend | q.Project):
        rel = rel.input
    return rel.table if isinstance(rel, q.Source) else "search_arg0"


# ---------------------------------------------------------------- the predicate
def search_predicate(at: Context, node: tree.Expr, fold: bool) -> ir.Expr:
    """A predicate in which a lone text is searched in all columns, and ``*`` stands for any column."""
    while isinstance(node, tree.Parenthesized):
        node = node.inner
    match node:
        case tree.Binary(op="and" | "or"):
            parts: list[tree.Expr] = [node.left, node.right]
            sides = tuple(search_predicate(at, part, fold) for part in parts)
            return ir.And(sides, node.span) if node.op == "and" else ir.Or(sides, node.span)
        case tree.Binary(op=":"):
            return _column_term(at, node, fold)
        case tree.Binary(left=tree.Wildcard()):
            return terms.any_column(at, node)
        case tree.Wildcard():
            return ir.Literal(True, Type.BOOL, node.span)
        case tree.Literal(type=Type.STRING) | tree.Name():
            value = bind(at, node)
            if isinstance(value, ir.Literal) and value.type is Type.STRING:
                return terms.some_column(at, lambda column: terms.term(column, value, fold, node.span), node.span)
            if value.type not in (Type.BOOL, Type.UNKNOWN):
                at.session.report(findings.wrong_type((Type.BOOL,), value.type, node.span))
            return as_type(value, Type.BOOL)
    return expressions.predicate(at, node)


def _column_term(at: Context, node: tree.Binary, fold: bool) -> ir.Expr:
    """``column:"term"``."""
    pattern = bind(at, node.right)
    if not isinstance(pattern, ir.Literal) or pattern.type is not Type.STRING:
        raise Unsupported("a search for a value that is computed", node.right.span)
    if isinstance(node.left, tree.Wildcard):
        return terms.some_column(at, lambda column: terms.term(column, pattern, fold, node.span), node.span)
    return terms.term(bind(at, node.left), pattern, fold, node.span)
