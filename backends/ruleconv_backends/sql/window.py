"""Window functions over the order of the serialized input.

Semantics: https://learn.microsoft.com/kusto/query/window-functions. Restarts and nesting are prepared by ``window_layers``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.ir.walk import column_names
from ruleconv_backends.sql import names
from ruleconv_backends.sql.value import SqlValue
from ruleconv_backends.sql.window_scope import restart_of

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


def over(
    lowering: Lowering, function: exp.Expression, restart: ir.Expr | None = None, *, frame: bool = False, by_value: bool = False
) -> exp.Expression:
    """``function OVER (ORDER BY the present order)``, apart for each run of ``restart``; ``frame``: all rows up to this one;
    ``by_value``: rows that are equal in the sort keys are peers."""
    window = exp.Window(this=function, over="OVER")
    scope = lowering.window
    if restart is not None:
        keys = scope.run(restart)
        if keys is None:
            raise Unsupported("a restart condition in this place", restart.span)
        values = [lowering.expr(key) for key in keys]
        window.set("partition_by", [lowering.text(value) if value.type is Type.STRING else value.node for value in values])
    leading = scope.sorts_by(restart) or 0
    order = [key.copy() for key in scope.order[leading:]] if by_value else scope.ordering(leading)
    if order:
        window.set("order", exp.Order(expressions=order))
    if frame:
        window.set("spec", exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"))
    return window


def window(lowering: Lowering, call: ir.WindowCall) -> SqlValue:
    """The value of ``row_number``, ``prev``, ``next``, ``row_cumsum``, ``row_rank_dense``, ``row_rank_min``, ``row_window_session``."""
    made = lowering.window.column(call)
    if made is not None:
        return lowering.columns[made]
    match call.function:
        case "row_number":
            return _row_number(lowering, call)
        case "prev" | "next":
            return _neighbour(lowering, call)
        case "row_cumsum":
            value = lowering.expr(call.args[0])
            total: exp.Expression = over(lowering, exp.Sum(this=value.node), restart_of(call), frame=True)
            return SqlValue(lowering.cast(total, call.type), call.type, value.nullable)
        case "row_rank_dense" | "row_rank_min":
            return _rank(lowering, call)
        case _:
            raise Unsupported(f"{call.function}() in this place", call.span, "compute it with extend first")


def _row_number(lowering: Lowering, call: ir.WindowCall) -> SqlValue:
    number: exp.Expression = over(lowering, exp.Anonymous(this="ROW_NUMBER", expressions=[]), restart_of(call))
    if call.args and not (isinstance(call.args[0], ir.Literal) and call.args[0].value == 1):
        first = lowering.value_as(call.args[0], Type.LONG).node
        number = exp.Add(this=number, expression=exp.Paren(this=exp.Sub(this=exp.Paren(this=first), expression=exp.Literal.number("1"))))
    return SqlValue(number, Type.LONG, False)


def _rank(lowering: Lowering, call: ir.WindowCall) -> SqlValue:
    """Kusto ranks by where the term changes from row to row; SQL by the sort keys: the same where the rows are sorted by the term and,
    before it, by what restarts."""
    restart = restart_of(call)
    leading = lowering.window.sorts_by(restart)
    order = [] if leading is None else lowering.window.order[leading:]
    term = lowering.expr(call.args[0])
    sorted_by = [key.this for key in order]
    texts = {term.node.sql(), lowering.text(term).sql()} if term.type is Type.STRING else {term.node.sql()}
    same = len(sorted_by) == 1 and (sorted_by[0].this if isinstance(sorted_by[0], exp.Collate) else sorted_by[0]).sql() in texts
    if not same:
        raise Unsupported(
            f"{call.function}() over rows that are not sorted by its argument alone",
            call.span,
            "sort by the argument, or by the restart's keys and then by it",
        )
    name = "DENSE_RANK" if call.function == "row_rank_dense" else "RANK"
    return SqlValue(over(lowering, exp.Anonymous(this=name, expressions=[]), restart, by_value=True), call.type, False)


def _neighbour(lowering: Lowering, call: ir.WindowCall) -> SqlValue:
    value = lowering.expr(call.args[0])
    arguments = [value.node]
    offset = call.args[1] if len(call.args) > 1 else None
    if offset is not None:
        if not isinstance(offset, ir.Literal):
            raise Unsupported(f"{call.function}() with an offset that is not a number", call.span)
        arguments.append(names.integer(int(str(offset.value))))
    if len(call.args) > 2:
        if offset is None:
            arguments.append(exp.Literal.number("1"))
        if column_names(call.args[2]):
            raise Unsupported(
                f"{call.function}() with a default that is not a constant", call.args[2].span, "Kusto refuses this too; use coalesce()"
            )
        arguments.append(lowering.value_as(call.args[2], value.type).node)
    name = "LAG" if call.function == "prev" else "LEAD"
    return SqlValue(over(lowering, exp.Anonymous(this=name, expressions=arguments)), value.type, True)
