"""The plain tabular operators: where, extend, the project family, summarize, distinct, sort, top, take, count and their like."""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.ir.walk import walk
from ruleconv.kql import tree
from ruleconv.kql.binding import column_names, expressions, findings, literals, projections
from ruleconv.kql.binding.convert import as_type, nullable
from ruleconv.kql.binding.naming import Projection
from ruleconv.kql.binding.registry import bind, operator
from ruleconv.kql.binding.scope import Bound, Row, TableValue
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import is_error


def over(at: Context, table: Bound) -> Context:
    """The context of an expression over the table's rows."""
    return replace(at, row=Row(table), aggregates=False, inside_aggregate=False, sorted=table.sorted, right=None)


@operator(tree.Where)
def where(at: Context, node: tree.Where, table: Bound) -> Bound:
    predicate = expressions.predicate(over(at, table), node.predicate)
    return replace(table, rel=q.Filter(table.rel, predicate, node.span))


@operator(tree.Extend)
def extend(at: Context, node: tree.Extend, table: Bound) -> Bound:
    row = over(at, table)
    projection = projections.start(row, table)
    for item in node.values:
        projections.project_item(row, projection, item, "extend")
    return extended(table, projection, node)


def extended(table: Bound, projection: Projection, node: tree.Node) -> Bound:
    """The stage that adds what is new in the projection."""
    if not projection.fresh:
        return table
    return replace(table, rel=q.Extend(table.rel, projection.fresh, projection.columns, node.span))


@operator(tree.Serialize)
def serialize(at: Context, node: tree.Serialize, table: Bound) -> Bound:
    row = replace(over(at, table), sorted=True)
    projection = projections.start(row, table)
    for item in node.values:
        projections.project_item(row, projection, item)
    return replace(table, rel=q.Serialize(table.rel, projection.fresh, projection.columns, node.span), sorted=True)


# ---------------------------------------------------------------- the project family
@operator(tree.Project)
def project(at: Context, node: tree.Project, table: Bound) -> Bound:
    row = over(at, table)
    match node.keyword:
        case "project-away" | "project-keep":
            return _by_pattern(row, node, table)
        case "project-rename":
            projection = projections.start(row, table, declared=True)
            for item in node.values:
                _rename(row, projection, item)
            return _projected(row, node, table, projection, q.ProjectKind.RENAME)
        case _:
            projection = Projection(at.session.report)
            for item in node.values:
                projections.project_item(row, projection, item)
            rel = q.Project(table.rel, projection.named, projection.columns, span=node.span)
            return replace(table, rel=rel, origins=())


def _rename(at: Context, projection: Projection, item: tree.Expr) -> None:
    if not isinstance(item, tree.NamedExpr) or len(item.names) != 1:
        at.session.report(findings.misplaced("project-rename needs new = old", item.span))
        return
    value = bind(at, item.value)
    if isinstance(value, ir.ColumnRef):
        projection.rename(value.name, item.names[0].name, item.names[0].span)
    elif not is_error(value):
        at.session.report(findings.column_expected(item.value.span))


def _by_pattern(at: Context, node: tree.Project, table: Bound) -> Bound:
    """``project-away``, ``project-keep``: by names and patterns, in the input's order."""
    chosen: set[str] = set()
    for item in node.values:
        chosen.update(matching(at, item))
    keep = node.keyword == "project-keep"
    projection = Projection(at.session.report)
    for column in at.row or ():
        if (column.name in chosen) is keep:
            projection.add(projections.input_item(column))
    kind = q.ProjectKind.KEEP if keep else q.ProjectKind.AWAY
    result = _projected(at, node, table, projection, kind)
    return replace(result, origins=()) if keep else result


def _projected(at: Context, node: tree.Node, table: Bound, projection: Projection, kind: q.ProjectKind) -> Bound:
    text = at.session.source.text[node.span.start : node.span.end]
    written = text[len(kind.value) :].strip() if text.startswith(kind.value) else ""
    return replace(table, rel=q.Project(table.rel, projection.named, projection.columns, kind, written, node.span))


def matching(at: Context, item: tree.Expr) -> list[str]:
    """The input columns that a name or a pattern stands for."""
    assert at.row is not None
    if isinstance(item, tree.Wildcard):
        found = [name for name in at.row.columns if fits(item.pattern, name)]
        if not found and not at.row.origins:
            at.session.report(findings.unknown_column(item.pattern, item.span))
        return found
    if isinstance(item, tree.Name) and at.row.origins and item.name not in at.row.columns:
        return [item.name]
    value = bind(at, item)
    if isinstance(value, ir.ColumnRef):
        return [value.name]
    if not is_error(value):
        at.session.report(findings.column_expected(item.span))
    return []


def fits(pattern: str, name: str) -> bool:
    """Whether the name has the pattern's form; ``*`` stands for anything."""
    first, *others = pattern.split("*")
    if not others:
        return pattern == name
    last = others.pop()
    if not name.startswith(first) or len(name) < len(first) + len(last) or not name.endswith(last):
        return False
    at, end = len(first), len(name) - len(last)
    for piece in others:
        found = name.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@operator(tree.ProjectReorder)
def project_reorder(at: Context, node: tree.ProjectReorder, table: Bound) -> Bound:
    row = over(at, table)
    projection = Projection(at.session.report)
    assert row.row is not None
    for item in node.items:
        if isinstance(item.value, tree.Wildcard):
            names = ordered_names(matching(row, item.value), item.order)
        else:
            names = matching(row, item.value)
        for name in names:
            column = row.row.columns.get(name)
            if column is not None:
                projection.add(projections.input_item(column), do_not_repeat=True)
    for column in row.row:
        projection.add(projections.input_item(column), do_not_repeat=True)
    return _projected(row, node, table, projection, q.ProjectKind.REORDER)


def ordered_names(names: list[str], order: str) -> list[str]:
    """The names in the order that ``asc``, ``desc``, ``granny-asc`` or ``granny-desc`` asks for."""
    if not order:
        return names
    key = _granny if order.startswith("granny") else str.casefold
    return sorted(names, key=key, reverse=order.endswith("desc"))


def _granny(name: str) -> list[tuple[int, int, str]]:
    """A sort key by which ``x9`` comes before ``x10``."""
    pieces: list[tuple[int, int, str]] = []
    at = 0
    while at < len(name):
        end = at
        digits = name[at].isdigit()
        while end < len(name) and name[end].isdigit() is digits:
            end += 1
        pieces.append((0, int(name[at:end]), "") if digits and name[at:end].isascii() else (1, 0, name[at:end].casefold()))
        at = end
    return pieces


# ---------------------------------------------------------------- summarize and its like
@operator(tree.Summarize)
def summarize(at: Context, node: tree.Summarize, table: Bound) -> Bound:
    row = over(at, table)
    projection = Projection(at.session.report)
    for item in node.keys:
        projections.project_item(row, projection, item)
    keys = projection.named
    for item_ in projection.items:
        not_dynamic(at, item_.value, node.keys)
        if item_.source is not None:
            projection.away.add(item_.source)
    inside = replace(row, aggregates=True, keys=frozenset(i.value.name for i in projection.items if isinstance(i.value, ir.ColumnRef)))
    for item in node.aggregates:
        projections.project_item(inside, projection, item, "summarize")
    aggregates = projection.named[len(keys) :]
    rel = q.Aggregate(table.rel, keys, aggregates, projection.columns, node.span)
    star = any(_has_star(item) for item in node.aggregates)
    return Bound(rel, table.origins if star else ())


def _has_star(item: tree.Expr) -> bool:
    """``arg_max(t, *)``: all columns of an open table come through, those too that are asked for later."""
    value = item.value if isinstance(item, tree.NamedExpr) else item
    return isinstance(value, tree.Call) and any(isinstance(a, tree.Wildcard) for a in value.args)


def not_dynamic(at: Context, value: ir.Expr, items: tuple[tree.Expr, ...]) -> None:
    """Rows cannot be grouped or compared by a dynamic value."""
    if value.type is Type.DYNAMIC:
        span = value.span if value.span.end else items[0].span
        at.session.report(findings.not_allowed_type(value.type, span))


@operator(tree.Distinct)
def distinct(at: Context, node: tree.Distinct, table: Bound) -> Bound:
    row = over(at, table)
    projection = Projection(at.session.report)
    for item in node.values:
        projections.project_item(row, projection, item)
    for item_ in projection.items:
        not_dynamic(at, item_.value, node.values)
    if row.row is not None and row.row.origins and any(isinstance(v, tree.Wildcard) for v in node.values):
        return replace(table, rel=q.Distinct(table.rel, projection.named, projection.columns, node.span), sorted=False)
    return Bound(q.Distinct(table.rel, projection.named, projection.columns, node.span))


@operator(tree.Count)
def count(at: Context, node: tree.Count, table: Bound) -> Bound:
    column = Column(node.as_name.name if node.as_name else "Count", Type.LONG, False)
    value = q.Named(column.name, ir.AggregateCall("count", (), Type.LONG, node.span))
    return Bound(q.Aggregate(table.rel, (), (value,), (column,), node.span))


# ---------------------------------------------------------------- order and number of rows
@operator(tree.Sort)
def sort(at: Context, node: tree.Sort, table: Bound) -> Bound:
    row = over(at, table)
    keys = tuple(sort_key(row, key) for key in node.keys)
    for key, written in zip(keys, node.keys, strict=True):
        not_dynamic(at, key.value, (written.value,))
    return replace(table, rel=q.Sort(table.rel, keys, node.span), sorted=True)


def sort_key(at: Context, node: tree.Ordered) -> q.SortKey:
    """Descending unless ``asc`` is written; nulls stand last then, first with ``asc``."""
    value = bind(at, node.value)
    descending = node.order != "asc"
    nulls_first = node.nulls == "first" if node.nulls else not descending
    return q.SortKey(value, descending, nulls_first)


@operator(tree.Top)
def top(at: Context, node: tree.Top, table: Bound) -> Bound:
    row = over(at, table)
    number = row_count(row, node.count)
    keys = tuple(sort_key(row, key) for key in node.keys)
    ordered = q.Sort(table.rel, keys, node.span)
    return replace(table, rel=q.Limit(ordered, number, span=node.span), sorted=True)


@operator(tree.Take)
def take(at: Context, node: tree.Take, table: Bound) -> Bound:
    return replace(table, rel=q.Limit(table.rel, row_count(over(at, table), node.count), span=node.span))


@operator(tree.Sample)
def sample(at: Context, node: tree.Sample, table: Bound) -> Bound:
    return replace(table, rel=q.Limit(table.rel, row_count(over(at, table), node.count), True, node.span), sorted=False)


def row_count(at: Context, node: tree.Expr) -> ir.Expr:
    """A number of rows: an integer that no row decides. ``at`` has the input's row: Microsoft's parser lets a column stand here, so it
    is no mistake of the query's, but a number that differs from row to row means nothing."""
    value = bind(at, node)
    by_column = any(isinstance(part, ir.ColumnRef) for part in walk(value))
    if value.type not in (Type.INT, Type.LONG, Type.UNKNOWN):
        say = at.session.doubt if value.type is Type.DYNAMIC and not by_column else at.session.report
        say(findings.wrong_type((Type.INT, Type.LONG), value.type, node.span))
    elif by_column:
        raise Unsupported("a number of rows that a column gives", node.span, "write a number")
    if value.type in (Type.DYNAMIC, Type.UNKNOWN) and not is_error(value):
        return as_type(value, Type.LONG)
    return value


@operator(tree.SampleDistinct)
def sample_distinct(at: Context, node: tree.SampleDistinct, table: Bound) -> Bound:
    row = over(at, table)
    number = row_count(row, node.count)
    value = bind(row, node.value)
    not_dynamic(at, value, (node.value,))
    name = column_names.result_name(row, node.value) or "Column1"
    column = Column(name, value.type, nullable(value))
    return Bound(q.SampleDistinct(table.rel, number, q.Named(name, value), (column,), node.span))


# ---------------------------------------------------------------- names, looks and the rest
@operator(tree.As)
def as_name(at: Context, node: tree.As, table: Bound) -> Bound:
    reference = at.session.add_let(node.name.name, table.rel, node.span)
    named = replace(table, rel=reference)
    at.scope.names[node.name.name] = TableValue(named)
    return named


@operator(tree.Render)
def render(at: Context, node: tree.Render, table: Bound) -> Bound:
    at.session.render = node.chart
    return table


@operator(tree.Consume)
def consume(at: Context, node: tree.Consume, table: Bound) -> Bound:
    raise Unsupported("consume", node.span, "it has no rows: leave it out")


@operator(tree.GetSchema)
def get_schema(at: Context, node: tree.GetSchema, table: Bound) -> Bound:
    """The input's columns as rows: known without reading it."""
    if table.open:
        raise Unsupported("getschema of a table whose columns are not all known", node.span)
    names = ("ColumnName", "ColumnOrdinal", "DataType", "ColumnType")
    types = (Type.STRING, Type.LONG, Type.STRING, Type.STRING)
    rows = []
    for number, column in enumerate(table.columns):
        cells = (column.name, number, _CLR[column.type], column.type.value)
        rows.append(tuple(ir.Literal(cell, type_, node.span) for cell, type_ in zip(cells, types, strict=True)))
    columns = tuple(Column(name, type_, False) for name, type_ in zip(names, types, strict=True))
    return Bound(q.Rows(columns, tuple(rows), node.span))


_CLR = {
    Type.BOOL: "System.SByte",
    Type.INT: "System.Int32",
    Type.LONG: "System.Int64",
    Type.REAL: "System.Double",
    Type.DECIMAL: "System.Data.SqlTypes.SqlDecimal",
    Type.STRING: "System.String",
    Type.DATETIME: "System.DateTime",
    Type.TIMESPAN: "System.TimeSpan",
    Type.GUID: "System.Guid",
    Type.DYNAMIC: "System.Object",
    Type.UNKNOWN: "System.Object",
}


@operator(tree.Reduce, tree.Fork, tree.Facet)
def refused(at: Context, node: tree.Reduce | tree.Fork | tree.Facet, table: Bound) -> Bound:
    raise Unsupported(type(node).__name__.lower(), node.span, "one query gives one table")


@operator(tree.OtherOperator)
def other(at: Context, node: tree.OtherOperator, table: Bound) -> Bound:
    raise Unsupported(f"the operator {node.keyword}", node.span)


def constant(at: Context, node: tree.Expr) -> ir.Expr:
    """An expression that no row decides."""
    value = bind(Context(at.session, at.scope), node)
    if not literals.is_constant(value) and not isinstance(value, ir.ScalarQuery):
        at.session.report(findings.needs_constant(node.span))
    return value
