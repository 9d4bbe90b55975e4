"""Tests for null and empty, and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call
from ruleconv.ir.types import Type
from ruleconv_backends.sql import dynamic
from ruleconv_backends.sql.arguments import call as sql_call
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.template import parenthesised
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


@lowers("isempty", "isnotempty")
def isempty(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """Texts and dynamic values by their text, the others by NULL."""
    value, negated = args[0], call.function == "isnotempty"
    if value.type is Type.DYNAMIC:
        value = SqlValue(dynamic.dynamic_to(lowering, value.node, Type.STRING), Type.STRING, True)
    if value.type not in (Type.STRING, Type.UNKNOWN):
        return _is_null(value, negated)
    kind = exp.NEQ if negated else exp.EQ
    return SqlValue(kind(this=parenthesised(lowering.text(value)), expression=exp.Literal.string("")), Type.BOOL, False)


@lowers("isnull", "isnotnull")
def isnull(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """A text is never null."""
    value, negated = args[0], call.function == "isnotnull"
    if value.type is Type.STRING:
        return SqlValue(exp.Boolean(this=negated), Type.BOOL, False)
    if value.type is Type.DYNAMIC:
        value = SqlValue(dynamic.as_text(lowering, value.node), Type.STRING, True)
    return _is_null(value, negated)


def _is_null(value: SqlValue, negated: bool) -> SqlValue:
    test: exp.Expression = exp.Is(this=parenthesised(value.node), expression=exp.Null())
    return SqlValue(exp.Not(this=test) if negated else test, Type.BOOL, False)


@lowers("coalesce")
def coalesce(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """Of texts the first that is not empty."""
    values = [lowering.convert(value, call.type) for value in args]
    nodes = [value.node for value in values]
    if call.type is Type.STRING:
        nodes = [exp.Nullif(this=node, expression=exp.Literal.string("")) for node in nodes[:-1]] + nodes[-1:]
    if call.type is Type.DYNAMIC:
        nodes = [_without_json_null(lowering, node) for node in nodes[:-1]] + nodes[-1:]
    nullable = values[-1].nullable if call.type is Type.STRING else all(value.nullable for value in values)
    return SqlValue(exp.Coalesce(this=nodes[0], expressions=nodes[1:]), call.type, nullable)


def _without_json_null(lowering: Lowering, node: exp.Expression) -> exp.Expression:
    null = "CAST('null' AS JSONB)" if lowering.postgres else "CAST('null' AS JSON)"
    return lowering.template(f"NULLIF(_x, {null})", x=node)


@lowers("max_of", "min_of")
def max_of(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """NULL does not count, in either engine. Dynamic values have no order, in Kusto neither."""
    if any(value.type is Type.DYNAMIC for value in args):
        raise Unsupported(f"{call.function}() of a dynamic value", call.span, "convert it first, as with tolong() or todouble()")
    values = [lowering.convert(value, call.type) for value in args]
    nodes = [value.node for value in values]
    spans = call.type is Type.TIMESPAN and not lowering.postgres
    if spans:  # DuckDB's GREATEST looks at an interval's days before its hours: to it, 1 day is more than 30 hours
        nodes = [sql_call("EPOCH_US", node) for node in nodes]
    node = sql_call("GREATEST" if call.function == "max_of" else "LEAST", *nodes)
    return SqlValue(sql_call("TO_MICROSECONDS", node) if spans else node, call.type, all(value.nullable for value in values))
