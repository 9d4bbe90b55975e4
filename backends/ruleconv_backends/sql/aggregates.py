"""One aggregate call: its template or lowering, the filter of a conditional one, and its value for no input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv import catalogue
from ruleconv.catalogue.model import NullRule
from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv_backends.sql import template
from ruleconv_backends.sql.registry import AggregateLowerer
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


def aggregate(lowering: Lowering, call: ir.AggregateCall, lowerers: Mapping[tuple[str, str], AggregateLowerer]) -> SqlValue:
    """The value of an aggregate over the rows of the group."""
    record = catalogue.aggregate(call.function)
    if record is None:
        raise Unsupported(f"the aggregate {call.function}()", call.span)
    args, condition, plain = call.args, None, record
    own = lowerers.get((record.name, lowering.dialect))
    if record.conditional and own is None:
        at = [parameter.name for parameter in record.parameters].index("predicate")
        condition = lowering.holds(args[at])
        args = (*args[:at], *args[at + 1 :])
        call = ir.AggregateCall(call.function, args, call.type, call.span)
        base = catalogue.aggregate(record.base)
        if base is None:
            raise Unsupported(f"the aggregate {call.function}()", call.span)
        plain = base
        own = lowerers.get((base.name, lowering.dialect))
    values = [lowering.expr(argument) for argument in args]
    if own is not None:
        try:
            made = own(lowering, call, values, condition)
        except Unsupported as error:
            if error.span.end == 0:
                error.span = call.span
            raise
        if isinstance(made, SqlValue):
            return made
        node = made
    else:
        text = plain.sql.template(lowering.dialect) if plain.sql else ""
        if not text:
            raise Unsupported(f"the aggregate {record.name}()", call.span, record.refusal or plain.refusal)
        arguments = {
            p.name: (lowering.text(v) if v.type is Type.STRING else v.node) for p, v in zip(plain.parameters, values, strict=False)
        }
        for parameter, default in plain.sql.defaults if plain.sql else ():
            arguments.setdefault(parameter, template.fill(default, lowering.dialect, {}))
        node = template.fill(text, lowering.dialect, arguments)
        if condition is not None:
            node = filtered(node, condition)
    return defaulted(
        lowering,
        SqlValue(node, call.type, plain.nulls is not NullRule.NEVER),
        record.default or plain.default,
        condition is not None or not values or any(v.nullable for v in values),
    )


def filtered(node: exp.Expression, condition: exp.Expression) -> exp.Expression:
    """FILTER (WHERE condition) on every aggregate function of the node."""
    if isinstance(node, (exp.AggFunc, exp.WithinGroup, exp.Anonymous)):
        return exp.Filter(this=node, expression=exp.Where(this=condition.copy()))
    for part in list(node.find_all(exp.AggFunc, exp.WithinGroup)):
        if isinstance(part.parent, (exp.WithinGroup, exp.Filter)):
            continue
        holder = exp.Filter(expression=exp.Where(this=condition.copy()))
        part.replace(holder)
        holder.set("this", part)
    return node


def defaulted(lowering: Lowering, value: SqlValue, default: str, may_be_empty: bool) -> SqlValue:
    """COALESCE with the aggregate's value for no input, unless every group surely has one."""
    if not default:
        return value
    if lowering.keyed and not may_be_empty:
        return SqlValue(value.node, value.type, False)
    return SqlValue(exp.Coalesce(this=value.node, expressions=[template.fill(default, lowering.dialect, {})]), value.type, False)
