"""Rows that are written in the query: ``datatable``, ``print``, ``range``, ``externaldata``."""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, literals, projections, typing
from ruleconv.kql.binding.convert import as_type, nullable
from ruleconv.kql.binding.naming import Projection
from ruleconv.kql.binding.registry import bind, table
from ruleconv.kql.binding.scope import Bound
from ruleconv.kql.binding.session import Context, Session
from ruleconv.kql.binding.values import is_error


def declared(session: Session, columns: tuple[tree.ColumnDeclaration, ...]) -> list[Column]:
    """The columns of a written schema."""
    found: dict[str, Column] = {}
    for declaration in columns:
        name = declaration.name.name
        if name in found:
            session.report(findings.duplicate_column(name, declaration.name.span))
        found.setdefault(name, Column(name, declaration.type))
    return list(found.values())


@table(tree.DataTable)
def datatable(at: Context, node: tree.DataTable) -> Bound:
    columns = declared(at.session, node.columns)
    width = max(len(node.columns), 1)
    cells = [[_cell(at, value, column.type) for column, value in zip(columns, node.values[start : start + width], strict=False)]
             for start in range(0, len(node.values), width)]  # fmt: skip
    whole = [
        Column(
            column.name,
            column.type,
            any(nullable(row[at_]) for row in cells if at_ < len(row)) if column.type is not Type.STRING else False,
        )
        for at_, column in enumerate(columns)
    ]
    return Bound(q.Rows(tuple(whole), tuple(tuple(row) for row in cells), node.span))


def _cell(at: Context, node: tree.Expr, type_: Type) -> ir.Expr:
    value = bind(at, node)
    if value.type is type_ or is_error(value):
        return value
    if isinstance(value, ir.Literal):
        constant = literals.converted(value, type_)
        if constant is not None:
            return constant
    return as_type(value, type_)


@table(tree.Print)
def print_row(at: Context, node: tree.Print) -> Bound:
    projection = Projection(at.session.report)
    at = replace(at, sorted=True)  # one row is in order
    for number, item in enumerate(node.values):
        projections.project_item(at, projection, item, "print", default=f"print_{number}")
    cells = tuple(item.value for item in projection.items)
    return Bound(q.Rows(projection.columns, (cells,), node.span))


@table(tree.Range)
def range_rows(at: Context, node: tree.Range) -> Bound:
    start, stop, step = (bind(at, part) for part in (node.start, node.stop, node.step))
    for part, value in zip((node.start, node.stop, node.step), (start, stop, step), strict=True):
        if value.type not in (*typing.SUMMABLE, Type.UNKNOWN, Type.DYNAMIC):
            at.session.report(findings.wrong_type(typing.SUMMABLE, value.type, part.span))
    if isinstance(step, ir.Literal) and step.value == 0 and not is_error(step):
        at.session.report(findings.misplaced("the step of a range cannot be 0", node.step.span))
    bounds = typing.common((start.type, stop.type)) or Type.UNKNOWN
    if bounds is step.type is Type.INT:
        type_ = Type.INT
    else:
        type_ = typing.arithmetic(ir.Operator.ADD, bounds, step.type) or Type.UNKNOWN
        if type_ is Type.UNKNOWN and Type.UNKNOWN not in (bounds, step.type):
            at.session.report(findings.operator_types("+", (bounds, step.type), node.step.span))
    if type_.is_numeric:
        start, stop, step = (as_type(v, type_) for v in (start, stop, step))
    column = Column(node.name.name, type_, False)
    return Bound(q.RangeRows(column, start, stop, step, node.span), sorted=True)


@table(tree.ExternalData)
def external(at: Context, node: tree.ExternalData, name: str = "") -> Bound:
    """``name``: that of the let whose value it is."""
    session = at.session
    columns = declared(session, node.columns)
    uris = []
    for part in node.uris:
        value = bind(at, part)
        if isinstance(value, ir.Literal) and isinstance(value.value, str):
            uris.append(value.value)
        elif not is_error(value):
            raise Unsupported("externaldata from an address that is computed", part.span, "write the address as a string")
    if name:
        name = session.fresh(name)
    else:
        session.externals += 1
        name = session.fresh(f"externaldata_{session.externals}")
    return Bound(q.External(name, tuple(columns), tuple(uris), node.span))
