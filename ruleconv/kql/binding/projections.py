"""One item of extend, project, summarize, print: its expression bound, its column named and put among the others."""

from __future__ import annotations

from ruleconv import catalogue
from ruleconv.catalogue.model import Naming
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import aggregates, expressions, findings
from ruleconv.kql.binding.convert import nullable
from ruleconv.kql.binding.naming import Item, Projection
from ruleconv.kql.binding.scope import Bound, Row
from ruleconv.kql.binding.session import Context

_CONVERSIONS = frozenset(
    {"tobool", "todatetime", "todecimal", "todouble", "toreal", "toguid", "toint", "tolong", "tostring", "totimespan", "parse_json"}
)


def start(at: Context, table: Bound, *, declared: bool = False) -> Projection:
    """A projection that begins with the input's columns."""
    projection = Projection(at.session.report)
    row = at.row if at.row is not None else Row(table)
    for column in row:
        projection.add(input_item(column), do_not_repeat=True)
        if declared:
            projection.declared.add(column.name)
    return projection


def input_item(column: Column) -> Item:
    return Item(column.name, ir.ColumnRef(column.name, column.type, column.nullable), column, column.name, False)


def computed(name: str, value: ir.Expr, source: str | None = None) -> Item:
    may_be_null = nullable(value)
    return Item(name, value, Column(name, value.type, may_be_null), source)


def project_item(
    at: Context, projection: Projection, item: tree.Expr, style: str = "project", *, default: str = "", away: bool = False
) -> None:
    """Adds the column (or columns) of an item. ``style``: project, extend, summarize or print. ``default``: the name of an item
    that has none. ``away``: an input column that is shown is not added again later."""
    replacing = style == "extend"
    if isinstance(item, tree.NamedExpr):
        _named(at, projection, item, style)
        return
    if isinstance(item, tree.Wildcard):
        if item.pattern == "*" and at.row is not None and not at.aggregates:
            for column in at.row:
                projection.add(input_item(column), replace=True)
        else:
            at.session.report(findings.misplaced("a wildcard cannot stand here", item.span))
        return
    several = aggregates.several(at, item)
    if several is not None:
        if style == "print" and default and len(several) == 1:
            projection.add(computed(default, several[0].value))
            return
        for part in several:
            projection.add(part)
        return
    value = expressions.bind(at, item)
    shown = shown_column(at, item, value)
    if shown is not None and not (style == "print" and default):
        projection.declare(Item(shown, value, Column(shown, value.type, nullable(value)), shown), item.span)
        if away:
            projection.away.add(shown)
        return
    if style == "print" and default:
        projection.add(computed(default, value))
        return
    name = result_name(at, item) or default or default_name(at, replacing)
    projection.add(computed(name, value), replace=replacing)


def _named(at: Context, projection: Projection, item: tree.NamedExpr, style: str) -> None:
    replacing = style == "extend"
    several = aggregates.several(at, item.value)
    if several is not None:
        for name, part in zip(item.names, several, strict=False):
            column = Column(name.name, part.column.type, part.column.nullable)
            projection.declare(Item(name.name, part.value, column), name.span, replace=replacing or len(item.names) == 1)
        if style != "print":
            for part in several[len(item.names) :]:
                projection.add(part)
        for name in item.names[len(several) :]:
            at.session.report(findings.misplaced(f"there is no value for the name {name.name}", name.span))
        return
    value = expressions.bind(at, item.value)
    if len(item.names) != 1:
        if not expressions.is_error(value):
            at.session.report(findings.misplaced("the expression has one value, not several", item.span))
        return
    name = item.names[0]
    if value.type is Type.UNKNOWN and isinstance(value, ir.Literal):
        projection.declare(computed(name.name, value), name.span, replace=True)
        return
    is_column = isinstance(value, ir.ColumnRef)
    projection.declare(computed(name.name, value), name.span, replace=replacing or is_column)


def shown_column(at: Context, node: tree.Expr, value: ir.Expr) -> str | None:
    """The input column that the expression is, also through a conversion to the type that it has."""
    while isinstance(node, tree.Parenthesized):
        node = node.inner
    if at.row is None or (at.aggregates and not at.inside_aggregate):
        return None
    if isinstance(node, tree.Name):
        if isinstance(value, ir.ColumnRef) and value.name == node.name and (node.name in at.row.columns or at.row.origins):
            return node.name
        return None
    if isinstance(node, tree.Call) and len(node.args) == 1 and isinstance(node.args[0], tree.Name):
        record = catalogue.function(node.name)
        if record is not None and record.name in _CONVERSIONS:
            column = at.row.columns.get(node.args[0].name)
            if column is not None and column.type is value.type and not isinstance(value, ir.Literal):
                return column.name
    return None


# ---------------------------------------------------------------- names
def result_name(at: Context, node: tree.Expr) -> str | None:
    """The name that an expression gives its column, or None."""
    match node:
        case tree.Parenthesized():
            return result_name(at, node.inner)
        case tree.Name():
            return node.name
        case tree.NamedExpr():
            return node.names[0].name
        case tree.Path():
            if isinstance(node.base, tree.Name) and node.base.name in ("$left", "$right"):
                return _member(node.member)
            return _joined(result_name(at, node.base), _member(node.member))
        case tree.Index():
            return _joined(result_name(at, node.base), _key(node.key))
        case tree.Call():
            return call_name(at, node)
    return None


def _member(member: tree.Expr) -> str | None:
    return member.name if isinstance(member, tree.Name) else None


def _key(key: tree.Expr) -> str | None:
    if isinstance(key, tree.Literal) and key.type in (Type.STRING, Type.LONG, Type.INT):
        return str(key.value)
    return None


def _joined(left: str | None, right: str | None) -> str | None:
    if left and left.strip():
        return f"{left}_{right or ''}"
    return right


def call_name(at: Context, node: tree.Call) -> str | None:
    """The name of a call's column, by the function's rule."""
    if at.scope.find(node.name) is not None and not (at.aggregates and catalogue.aggregate(node.name)):
        return None
    if node.name in ("column_ifexists", "columnifexists") and node.args:
        first = node.args[0]
        if isinstance(first, tree.Literal) and at.row is not None and first.value in at.row.columns:
            return str(first.value)
        return None
    record = (catalogue.aggregate(node.name) if at.aggregates else None) or catalogue.function(node.name)
    if record is None or record.naming is Naming.NONE:
        return None
    if record.naming is Naming.ARGUMENT:
        return (result_name(at, node.args[0]) or None) if node.args else None
    argument = (result_name(at, node.args[0]) or "") if node.args else ""
    return f"{record.prefix}_{argument}" if record.prefix else argument or None


def default_name(at: Context, with_columns: bool) -> str:
    """``Column1``, ``Column2`` ...: the next that is no name here."""
    session = at.session
    while True:
        name = f"Column{session.default_column}"
        session.default_column += 1
        if with_columns and at.row is not None and name in at.row.columns:
            continue
        if at.scope.find(name) is None and name not in session.schema:
            return name
