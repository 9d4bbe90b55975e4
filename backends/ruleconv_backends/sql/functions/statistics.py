"""Percentiles: the nearest rank, as Kusto gives it for small sets.

Semantics: https://learn.microsoft.com/kusto/query/percentiles-aggregation-function (a value of the data, not an interpolated one).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import AggregateCall, Expr, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.arguments import call as anonymous
from ruleconv_backends.sql.elements import to_dynamic
from ruleconv_backends.sql.functions.aggregates import comparable, folded
from ruleconv_backends.sql.registry import lowers_aggregate
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_WEIGHTED = (
    "(SELECT MIN(r.v) FROM (SELECT u.v AS v, SUM(u.w) OVER (ORDER BY u.v) AS c, SUM(u.w) OVER () AS t FROM {rows} "
    "WHERE u.w > 0 AND NOT u.v IS NULL) AS r "
    "WHERE r.c >= r.t * _p)"
)
_ROWS = {
    "postgres": "UNNEST(ARRAY_AGG(_x), ARRAY_AGG(_w)) AS u(v, w)",
    "duckdb": "(SELECT UNNEST(LIST(_x)) AS item_value, UNNEST(LIST(_w)) AS item_weight) AS u(v, w)",
}


def shares(call: AggregateCall, arguments: tuple[Expr, ...]) -> list[Decimal]:
    """The percentiles as parts of one; each a constant, or all in one constant array."""
    found: list[Decimal] = []
    for argument in arguments:
        values = argument.value if isinstance(argument, Literal) else None
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
                raise Unsupported(f"{call.function}() with a percentile that is not a constant number", argument.span)
            if not 0 <= value <= 100:
                raise Unsupported(f"{call.function}() of {value}: not a percentile", argument.span)
            found.append(Decimal(str(value)) / 100)
    return found


def percentile_of(
    lowering: Lowering, call: AggregateCall, value: SqlValue, share: Decimal, condition: exp.Expression | None
) -> exp.Expression:
    key = comparable(lowering, value, call)
    if lowering.postgres:
        return folded(lowering, "PERCENTILE_DISC(_p) WITHIN GROUP (ORDER BY _x)", condition, x=key, p=names.number(share))
    return folded(lowering, "QUANTILE_DISC(_x, _p)", condition, x=key, p=names.number(share))


def weighted(lowering: Lowering, call: AggregateCall, value: SqlValue, weight: SqlValue, share: Decimal) -> exp.Expression:
    """Over the rows of the group, with the weights added up."""
    key = comparable(lowering, value, call)
    if key.find(exp.Column) is None or weight.node.find(exp.Column) is None:
        # An aggregate in a subselect is the outer query's only if it names a column of that.
        if key.find(exp.Column) is None:
            return lowering.template("CASE WHEN SUM(_w) > 0 THEN _x END", x=key, w=weight.node)
        return percentile_of(lowering, call, value, share, None)
    text = _WEIGHTED.format(rows=_ROWS[lowering.dialect])
    return lowering.template(text, x=key, w=weight.node, p=names.number(share))


@lowers_aggregate("percentile")
def percentile(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> exp.Expression:
    return percentile_of(lowering, call, args[0], shares(call, call.args[1:])[0], condition)


@lowers_aggregate("percentilew")
def percentilew(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> exp.Expression:
    return weighted(lowering, call, args[0], args[1], shares(call, call.args[2:])[0])


@lowers_aggregate("percentiles_array", "percentilesw_array")
def arrays(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> exp.Expression:
    """A JSON array of them."""
    at = 2 if call.function == "percentilesw_array" else 1
    elements = []
    for share in shares(call, call.args[at:]):
        one = weighted(lowering, call, args[0], args[1], share) if at == 2 else percentile_of(lowering, call, args[0], share, condition)
        typed = SqlValue(one, args[0].type, True)
        elements.append(one if typed.type.is_numeric and typed.type is not Type.DECIMAL else to_dynamic(lowering, typed))
    return anonymous("JSONB_BUILD_ARRAY" if lowering.postgres else "JSON_ARRAY", *elements)
