"""Window functions over the order of the serialized input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


def over(lowering: Lowering, function: exp.Expression, partition: list[exp.Expression] | None = None, frame: bool = False) -> exp.Expression:
    """``function OVER (ORDER BY the present order)``; ``frame``: all rows up to this one."""
    window = exp.Window(this=function, over="OVER")
    if partition:
        window.set("partition_by", partition)
    if lowering.window_order:
        window.set("order", exp.Order(expressions=[key.copy() for key in lowering.window_order]))
    if frame:
        window.set("spec", exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"))
    return window


def window(lowering: Lowering, call: ir.WindowCall) -> SqlValue:
    """The value of ``row_number``, ``prev``, ``next``, ``row_cumsum``, ``row_rank_dense``, ``row_rank_min``; a restart is refused where SQL
    would need a second pass."""
    match call.function:
        case "row_number":
            return _row_number(lowering, call)
        case "prev" | "next":
            return _neighbour(lowering, call)
        case "row_cumsum" if len(call.args) == 1:
            value = lowering.expr(call.args[0])
            total: exp.Expression = over(lowering, exp.Sum(this=value.node), frame=True)
            if call.type.is_integer or call.type is Type.REAL:
                total = lowering.cast(total, call.type)
            return SqlValue(total, call.type, value.nullable)
        case "row_rank_dense" | "row_rank_min" if len(call.args) == 1:
            name = "DENSE_RANK" if call.function == "row_rank_dense" else "RANK"
            return SqlValue(over(lowering, exp.Anonymous(this=name, expressions=[])), call.type, False)
        case _:
            hint = "its restart condition depends on the row before; SQL has no such window" if len(call.args) > 1 else ""
            raise Unsupported(f"{call.function}() in this form", call.span, hint)


def _row_number(lowering: Lowering, call: ir.WindowCall) -> SqlValue:
    if len(call.args) > 1:
        raise Unsupported("row_number() with a restart", call.span, "divide the rows with partition by")
    number: exp.Expression = over(lowering, exp.Anonymous(this="ROW_NUMBER", expressions=[]))
    if call.args and not (isinstance(call.args[0], ir.Literal) and call.args[0].value == 1):
        number = exp.Add(this=number, expression=exp.Sub(this=exp.Paren(this=lowering.expr(call.args[0]).node), expression=exp.Literal.number("1")))
    return SqlValue(number, Type.LONG, False)


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
        arguments.append(lowering.value_as(call.args[2], value.type).node)
    name = "LAG" if call.function == "prev" else "LEAD"
    return SqlValue(over(lowering, exp.Anonymous(this=name, expressions=arguments)), value.type, True)
