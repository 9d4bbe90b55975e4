"""Counts, sums, extremes and samples: what depends on the type of the argument.

Semantics: https://learn.microsoft.com/kusto/query/aggregation-functions, and the emulator's answers where that is silent
(NaN wins in ``min`` as in ``max``; ``avg`` of nothing is NaN).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import AggregateCall
from ruleconv.ir.types import Type
from ruleconv_backends.sql import template
from ruleconv_backends.sql.aggregates import defaulted, filtered
from ruleconv_backends.sql.arguments import unfolded
from ruleconv_backends.sql.registry import lowers_aggregate
from ruleconv_backends.sql.select import is_constant
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


def folded(lowering: Lowering, text: str, condition: exp.Expression | None, **arguments: exp.Expression) -> exp.Expression:
    """The template with FILTER on its aggregates."""
    node = template.fill(text, lowering.dialect, arguments)  # not bound by a subselect: an aggregate in that would see one row
    return node if condition is None else filtered(node, condition)


def comparable(lowering: Lowering, value: SqlValue, call: AggregateCall) -> exp.Expression:
    """The value as something whose order is Kusto's: strings by code point, "" for NULL."""
    if value.type is Type.DYNAMIC:
        raise Unsupported(f"{call.function}() of a dynamic value", call.span, "convert it first, as with tostring() or tolong()")
    if value.type is Type.GUID:
        raise Unsupported(f"{call.function}() of a guid", call.span, "Kusto has no order of them: convert it with tostring()")
    if value.type is Type.STRING:
        return ordinal(lowering, value)
    return value.node


def ordinal(lowering: Lowering, value: SqlValue) -> exp.Expression:
    text = lowering.text(value)
    return exp.Collate(this=text, expression=exp.Identifier(this="C", quoted=True)) if lowering.postgres else text


def may_be_nothing(condition: exp.Expression | None, value: SqlValue) -> bool:
    """Whether a group may have no value that is not null."""
    return condition is not None or value.nullable


@lowers_aggregate("count")
def count(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> exp.Expression:
    """Rows: an argument changes nothing (the emulator's answer), and of a predicate it is not known whether it would."""
    if args and args[0].type is Type.BOOL:
        raise Unsupported("count() of a predicate", call.span, "write countif() for the rows where it is true, count() for all")
    return folded(lowering, "COUNT(*)", condition)


@lowers_aggregate("dcount", "count_distinct")
def distinct_count(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> exp.Expression:
    """Exact. The empty string counts, null does not."""
    value = args[0]
    node = lowering.text(value) if value.type in (Type.STRING, Type.UNKNOWN) else value.node
    return folded(lowering, "COUNT(DISTINCT _x)", condition, x=node)


@lowers_aggregate("sum")
def total(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> SqlValue:
    """As a BIGINT, where PostgreSQL gives a DECIMAL. 0 of nothing."""
    value = args[0]
    text, default = "SUM(_x)", "0"
    match value.type:
        case Type.DATETIME:
            raise Unsupported("the sum of datetimes", call.span)
        case Type.LONG if lowering.postgres:
            text = "CAST(SUM(_x) AS BIGINT)"
        case Type.TIMESPAN:
            default = "INTERVAL '0 SECOND'"
            if not lowering.postgres:
                text = "TO_MICROSECONDS(CAST(SUM(EPOCH_US(_x)) AS BIGINT))"
    node = folded(lowering, text, condition, x=value.node)
    return defaulted(lowering, SqlValue(node, call.type, True), default, may_be_nothing(condition, value))


@lowers_aggregate("avg")
def mean(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> SqlValue:
    value = args[0]
    text, default = "AVG(_x)", ""
    match call.type:
        case Type.DATETIME if lowering.postgres:
            text = "TO_TIMESTAMP(AVG(EXTRACT(EPOCH FROM _x))) AT TIME ZONE 'UTC'"
        case Type.DECIMAL if not lowering.postgres:
            text = "CAST(AVG(_x) AS DECIMAL(38, 18))"
        case Type.REAL:
            default = "CAST('NaN' AS DOUBLE PRECISION)"
            if lowering.postgres and value.type is not Type.REAL:
                text = "CAST(AVG(_x) AS DOUBLE PRECISION)"
    node = folded(lowering, text, condition, x=value.node)
    return defaulted(lowering, SqlValue(node, call.type, True), default, may_be_nothing(condition, value))


@lowers_aggregate("min", "max")
def extreme(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> exp.Expression:
    value, least = args[0], call.function.startswith(("min", "arg_min"))
    node = comparable(lowering, value, call)
    text = "MIN(_x)" if least else "MAX(_x)"
    if value.type is Type.BOOL and lowering.postgres:
        text = "BOOL_AND(_x)" if least else "BOOL_OR(_x)"
    elif value.type is Type.REAL and least:
        nan = "CAST('NaN' AS DOUBLE PRECISION)"
        text = f"CASE WHEN BOOL_OR({f'_x = {nan}' if lowering.postgres else 'ISNAN(_x)'}) THEN {nan} ELSE MIN(_x) END"
    return folded(lowering, text, condition, x=node)


@lowers_aggregate("arg_max", "arg_min")
def of_best_row(
    lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None
) -> exp.Expression | SqlValue:
    """From the row that comes first by the same order in every column's aggregate; null comes last, NaN first."""
    if len(args) == 1:
        return extreme(lowering, call, args, condition)
    by, wanted = args[0], args[-1]
    key = comparable(lowering, by, call)
    if is_constant(key):  # no row is better than another, and DuckDB takes no constant in ORDER BY
        return of_some_row(lowering, call, [wanted], condition)
    least = call.function == "arg_min"
    order = "_by NULLS LAST" if least else "_by DESC NULLS LAST"
    if least and by.type is Type.REAL:
        order = ("_by = CAST('NaN' AS DOUBLE PRECISION)" if lowering.postgres else "ISNAN(_by)") + " DESC NULLS LAST, " + order
    text = f"(ARRAY_AGG(_x ORDER BY {order}))[1]" if lowering.postgres else f"FIRST_ROW(_x ORDER BY {order})"
    return _renamed(folded(lowering, text, condition, by=key, x=unfolded(lowering, wanted.node)))


def _renamed(node: exp.Expression) -> exp.Expression:
    """DuckDB's FIRST and ANY_VALUE under their own names: sqlglot prints the one as the other, which leaves NULL out."""
    for call in node.find_all(exp.Anonymous):
        if call.this in ("FIRST_ROW", "SOME_VALUE"):
            call.set("this", "FIRST" if call.this == "FIRST_ROW" else "ANY_VALUE")
    return node


@lowers_aggregate("take_any")
def of_some_row(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> exp.Expression:
    """Of the first row that comes: the same row for every column."""
    return _renamed(
        folded(lowering, "(ARRAY_AGG(_x))[1]" if lowering.postgres else "FIRST_ROW(_x)", condition, x=unfolded(lowering, args[0].node))
    )


@lowers_aggregate("any")
def some_value(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> exp.Expression:
    """Not null and not empty if there is such a value."""
    value = args[0]
    text = "SOME_VALUE(NULLIF(_x, ''))" if value.type is Type.STRING else "SOME_VALUE(_x)"
    return _renamed(folded(lowering, text, condition, x=value.node))
