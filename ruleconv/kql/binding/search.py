"""``search``: rows in which a term stands in any column. It becomes a union of the tables and a filter over all of its columns.

Source: https://learn.microsoft.com/kusto/query/search-operator
"""

from __future__ import annotations

import re
from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import expressions, findings, operators, predicates, tables, union
from ruleconv.kql.binding.convert import as_text, as_type
from ruleconv.kql.binding.parameters import word
from ruleconv.kql.binding.registry import operator
from ruleconv.kql.binding.scope import Bound, Row
from ruleconv.kql.binding.session import Context
from ruleconv.text import Span

TABLE = "$table"


@operator(tree.Search)
def search(at: Context, node: tree.Search, table: Bound) -> Bound:
    fold = word(node.parameters, "kind") not in ("case_sensitive",)
    if node.tables:
        source = in_tables(at, node, node.tables, TABLE)
    elif table is tables.NO_INPUT:
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
            terms = tuple(search_predicate(at, part, fold) for part in parts)
            return ir.And(terms, node.span) if node.op == "and" else ir.Or(terms, node.span)
        case tree.Binary(op=":"):
            return _column_term(at, node, fold)
        case tree.Binary(left=tree.Wildcard()):
            return any_column(at, node)
        case tree.Wildcard():
            return ir.Literal(True, Type.BOOL, node.span)
        case tree.Literal(type=Type.STRING) | tree.Name():
            value = expressions.bind(at, node)
            if isinstance(value, ir.Literal) and value.type is Type.STRING:
                return _any_column(at, lambda column: term(column, value, fold, node.span), node.span)
            if value.type not in (Type.BOOL, Type.UNKNOWN):
                at.session.report(findings.wrong_type((Type.BOOL,), value.type, node.span))
            return as_type(value, Type.BOOL)
    return expressions.predicate(at, node)


def any_column(at: Context, node: tree.Binary) -> ir.Expr:
    """``* has "x"``: the test of some column."""
    if at.row is None:
        at.session.report(findings.misplaced("there are no columns here", node.left.span))
        return expressions.error(node.span)
    if at.row.origins:
        raise Unsupported("a search of all columns of a table whose columns are not all known", node.span, "name the columns")
    right = expressions.bind(at, node.right)
    return _any_column(
        at, lambda value: expressions.binary(at, node.op, _for_operator(node.op, value), right, node.span, node.op_span), node.span
    )


def _for_operator(op: str, value: ir.Expr) -> ir.Expr:
    return as_text(value) if op in predicates.STRING_OPERATORS else value


def _column_term(at: Context, node: tree.Binary, fold: bool) -> ir.Expr:
    """``column:"term"``."""
    pattern = expressions.bind(at, node.right)
    if not isinstance(pattern, ir.Literal) or pattern.type is not Type.STRING:
        raise Unsupported("a search for a value that is computed", node.right.span)
    if isinstance(node.left, tree.Wildcard):
        return _any_column(at, lambda column: term(column, pattern, fold, node.span), node.span)
    return term(expressions.bind(at, node.left), pattern, fold, node.span)


def _any_column(at: Context, test: object, span: Span) -> ir.Expr:
    assert callable(test)
    row: Row | None = at.row
    at.session.spend(len(row.columns) if row is not None else 0, span)
    terms = tuple(test(ir.ColumnRef(c.name, c.type, c.nullable, span)) for c in row or ())
    if not terms:
        return ir.Literal(False, Type.BOOL, span)
    return terms[0] if len(terms) == 1 else ir.Or(terms, span)


def term(column: ir.Expr, pattern: ir.Literal, fold: bool, span: Span) -> ir.Expr:
    """Whether the column has the term; ``*`` at its ends loosens the borders, inside it stands for anything."""
    text = str(pattern.value)
    subject = as_text(column)
    if text in ("*", ""):
        return ir.Literal(True, Type.BOOL, span)
    start, end = text.startswith("*"), text.endswith("*")
    inner = text[start : len(text) - end]
    if "*" in inner:
        regex = ".*?".join(re.escape(part) for part in inner.split("*"))
        regex = ("" if start else r"(?:^|[^0-9A-Za-z])") + regex + ("" if end else r"(?:$|[^0-9A-Za-z])")
        return ir.Match(subject, (ir.Literal(("(?i)" if fold else "") + regex, Type.STRING, span),), ir.How.REGEX, False, span=span)
    how = {
        (False, False): ir.How.TERM,
        (True, False): ir.How.TERM_SUFFIX,
        (False, True): ir.How.TERM_PREFIX,
        (True, True): ir.How.CONTAINS,
    }[start, end]
    return ir.Match(subject, (ir.Literal(inner, Type.STRING, span),), how, fold, span=span)
