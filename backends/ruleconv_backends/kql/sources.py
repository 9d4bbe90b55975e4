"""Where rows come from: tables, lets, rows that are written, plugins."""

from __future__ import annotations

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv.kql import spell, tree
from ruleconv.kql.binding.tabular import CROSS_SERVICE
from ruleconv_backends.kql import implicit, names, operands
from ruleconv_backends.kql.precedence import call
from ruleconv_backends.kql.writer import Writer

_OPEN_PLUGINS = frozenset({"bag_unpack", "pivot"})
"""Plugins whose columns come from the data, unless they are written."""


def stored(w: Writer, rel: q.Source) -> tree.Expr:
    """A table, or the call of a function of the workspace."""
    if not rel.function:
        return tree.Name(rel.table, True) if rel.table in CROSS_SERVICE else names.name(rel.table)
    args: list[tree.Expr] = []
    for key, value in rel.arguments:
        written = w.expr(w, value)
        args.append(tree.NamedExpr((names.name(key),), written) if key else written)
    return tree.Call(rel.function, tuple(args))


def let(w: Writer, rel: q.LetRef) -> tree.Expr:
    written = w.lets.get(rel.name)
    if written is None:
        raise Unsupported("a name for rows that change from row to row", rel.span, "write them where they are used")
    w.used.add(written)
    return names.name(written)


# ---------------------------------------------------------------- rows that are written
def rows(w: Writer, rel: q.Rows) -> tree.Expr:
    """``print`` for a single row (unless a datatable was written), else ``datatable``."""
    plain = all(isinstance(cell, ir.Literal) for row in rel.rows for cell in row)
    if len(rel.rows) == 1 and not (plain and w.text_of(rel.span).startswith("datatable")):
        return _print(w, rel)
    if not plain:
        if not rel.rows:
            raise AssertionError
        return tree.Union((), tuple(tree.Parenthesized(_print(w, q.Rows(rel.columns, (row,), rel.span))) for row in rel.rows))
    cells = tuple(_cell(cell) for row in rel.rows for cell in row)
    return tree.DataTable(tuple(names.declaration(c) for c in rel.columns), cells)


def _cell(cell: ir.Expr) -> tree.Expr:
    assert isinstance(cell, ir.Literal)
    return operands.literal(cell)


def _print(w: Writer, rel: q.Rows) -> tree.Print:
    items: list[tree.Expr] = []
    with w.over(()):
        for number, (column, cell) in enumerate(zip(rel.columns, rel.rows[0], strict=True)):
            value = w.expr(w, cell)
            items.append(value if column.name == f"print_{number}" else tree.NamedExpr((names.name(column.name),), value))
    return tree.Print(tuple(items))


def range_rows(w: Writer, rel: q.RangeRows) -> tree.Range:
    """``range x from start to stop step step``; the binder widens its numbers."""
    with w.over(()):
        parts = [w.expr(w, implicit.bare(part) if _widened(part) else part) for part in (rel.start, rel.stop, rel.step)]
    return tree.Range(names.name(rel.column.name), *parts)


def _widened(part: ir.Expr) -> bool:
    return isinstance(part, ir.Cast) and part.type.is_numeric and (part.operand.type.is_numeric or part.operand.type is Type.DYNAMIC)


def external(w: Writer, rel: q.External) -> tree.Expr:
    """``externaldata``; the name of the let that holds it."""
    if rel.name not in w.lets:
        return external_data(w, rel)
    w.used.add(rel.name)
    return names.name(rel.name)


def external_data(w: Writer, rel: q.External) -> tree.ExternalData:
    """With the properties (format ...) that were written."""
    written = w.syntax_at(rel.span)
    properties = written.properties if isinstance(written, tree.ExternalData) else ()
    uris = tuple(spell.literal(uri, Type.STRING) for uri in rel.uris)
    return tree.ExternalData(tuple(names.declaration(c) for c in rel.columns), uris, properties)


# ---------------------------------------------------------------- plugins
def evaluate(w: Writer, rel: q.Plugin) -> tree.Evaluate:
    """``evaluate plugin(..)``, with its columns where only the query says them."""
    args = list(rel.args)
    if rel.name == "pivot" and rel.input is not None and len(args) > 2 and _is_rest(rel, args):
        args = args[:2]
    if rel.name == "pivot" and len(args) == 2 and isinstance(args[1], ir.AggregateCall) and args[1].function == "count":
        args = args[:1]
    schema = None
    if rel.name in _OPEN_PLUGINS and not rel.open:
        schema = tree.TypeOf(None, tuple(names.declaration(c) for c in rel.columns))
    return tree.Evaluate((), call(rel.name, *(w.expr(w, a) for a in args)), schema)


def _is_rest(rel: q.Plugin, args: list[ir.Expr]) -> bool:
    """Whether the pivot's keys are all columns that it does not use otherwise."""
    used = {a.name for a in (args[0], *getattr(args[1], "args", ())[:1]) if isinstance(a, ir.ColumnRef)}
    assert rel.input is not None
    rest = [c.name for c in rel.input.columns if c.name not in used]
    return rest == [a.name for a in args[2:] if isinstance(a, ir.ColumnRef)]
