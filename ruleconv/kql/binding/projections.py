"""One item of extend, project, summarize, print: its expression bound, its column named and put among the others."""

from __future__ import annotations

from ruleconv.ir import expr as ir
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import aggregates, column_names, findings
from ruleconv.kql.binding.convert import nullable
from ruleconv.kql.binding.naming import Item, Projection
from ruleconv.kql.binding.registry import bind
from ruleconv.kql.binding.scope import Bound, Row
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import is_error


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
    value = bind(at, item)
    shown = column_names.shown_column(at, item, value)
    if shown is not None and not (style == "print" and default):
        projection.declare(Item(shown, value, Column(shown, value.type, nullable(value)), shown), item.span)
        if away:
            projection.away.add(shown)
        return
    if style == "print" and default:
        projection.add(computed(default, value))
        return
    name = column_names.result_name(at, item) or default or column_names.default_name(at, replacing)
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
    value = bind(at, item.value)
    if len(item.names) != 1:
        if not is_error(value):
            at.session.report(findings.misplaced("the expression has one value, not several", item.span))
        return
    name = item.names[0]
    if value.type is Type.UNKNOWN and isinstance(value, ir.Literal):
        projection.declare(computed(name.name, value), name.span, replace=True)
        return
    is_column = isinstance(value, ir.ColumnRef)
    projection.declare(computed(name.name, value), name.span, replace=replacing or is_column)
