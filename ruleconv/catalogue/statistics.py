"""Aggregates that compute: sums, means, deviations, percentiles.

Source: https://learn.microsoft.com/kusto/query/aggregation-functions.
"""

from __future__ import annotations

from ruleconv.catalogue.model import Aggregate, Example, NullRule, Parameter, Sql, first
from ruleconv.ir.types import NUMERIC, Type

_SUMMABLE = Parameter("expr", (*NUMERIC, Type.TIMESPAN))
_EXPR = Parameter("expr", (*NUMERIC, Type.TIMESPAN, Type.DATETIME))
_NUMBER = Parameter("expr", NUMERIC)
_OTHER = Parameter("expr2", NUMERIC)
_PREDICATE = Parameter("predicate", (Type.BOOL,))
_PERCENTILE = Parameter("percentile", NUMERIC, repeated=True)
_WEIGHT = Parameter("weight", NUMERIC)


def _sum(types: tuple[Type, ...]) -> Type:
    return Type.LONG if types[0] is Type.INT else types[0]


def _avg(types: tuple[Type, ...]) -> Type:
    return types[0] if types[0] in (Type.DECIMAL, Type.TIMESPAN, Type.DATETIME) else Type.REAL


def _moment(name: str, sql: str, doc: str, value: float, *, two: bool = False) -> tuple[Aggregate, ...]:
    """A statistic and its conditional form."""
    parameters = (_NUMBER, _OTHER) if two else (_NUMBER,)
    arguments = "x, y" if two else "x"
    template = f"{sql}(_expr, _expr2)" if two else f"{sql}(_expr)"
    rows = "datatable(x:real, y:real)[1, 2, 3, 4, 5, 9] | summarize "
    plain = Aggregate(
        name, parameters, Type.REAL, doc, prefix=name, default="0", nulls=NullRule.NEVER, sql=Sql(template), examples=(Example(f"{rows}{name}({arguments})", value),)
    )
    some = Aggregate(
        f"{name}if", (*parameters, _PREDICATE), Type.REAL, f"{doc[:-1]}, over some rows.", prefix=f"{name}if", default="0", conditional=True, base=name,
        nulls=NullRule.NEVER, examples=(Example(f"{rows}{name}if({arguments}, x > 0)", value),),
    )
    return plain, some


AGGREGATES: tuple[Aggregate, ...] = (
    Aggregate(
        "sum", (_SUMMABLE,), _sum, "The sum; 0 for no value.",
        prefix="sum", nulls=NullRule.NEVER, examples=(Example("datatable(x:long)[1, 2, long(null)] | summarize sum(x)", 3),),
    ),
    Aggregate(
        "sumif", (_SUMMABLE, _PREDICATE), _sum, "The sum over some rows.",
        prefix="sumif", conditional=True, base="sum", nulls=NullRule.NEVER, examples=(Example("datatable(x:long)[1, 2] | summarize sumif(x, x > 1)", 2),),
    ),
    Aggregate("avg", (_EXPR,), _avg, "The mean; NaN for no value.", prefix="avg", examples=(Example("datatable(x:long)[1, 2] | summarize avg(x)", 1.5),)),
    Aggregate(
        "avgif", (_EXPR, _PREDICATE), _avg, "The mean over some rows.",
        prefix="avgif", conditional=True, base="avg", examples=(Example("datatable(x:long)[1, 2] | summarize avgif(x, x > 1)", 2.0),),
    ),
    *_moment("stdev", "STDDEV_SAMP", "The standard deviation of a sample.", 2.0),
    *_moment("stdevp", "STDDEV_POP", "The standard deviation of a population.", 1.632993161855452),
    *_moment("variance", "VAR_SAMP", "The variance of a sample.", 4.0),
    *_moment("variancep", "VAR_POP", "The variance of a population.", 2.6666666666666665),
    *_moment("covariance", "COVAR_SAMP", "The covariance of a sample.", 7.0, two=True),
    *_moment("covariancep", "COVAR_POP", "The covariance of a population.", 4.666666666666667, two=True),
    Aggregate(
        "percentile", (_EXPR, _PERCENTILE), first, "The value below which a share of the values lies: of the nearest rank.",
        prefix="percentile", examples=(Example("datatable(x:long)[1, 2, 3, 4] | summarize percentile(x, 50)", 2),),
    ),
    Aggregate("percentiles", (_EXPR, _PERCENTILE), first, "Several percentiles, a column each.", prefix="percentile"),
    Aggregate("percentilew", (_EXPR, _WEIGHT, _PERCENTILE), first, "A percentile of weighted values.", prefix="percentile"),
    Aggregate("percentilesw", (_EXPR, _WEIGHT, _PERCENTILE), first, "Several percentiles of weighted values.", prefix="percentile"),
    Aggregate("percentiles_array", (_EXPR, Parameter("percentile", repeated=True)), Type.DYNAMIC, "Several percentiles in one array.", prefix="percentiles"),
    Aggregate(
        "percentilesw_array", (_EXPR, _WEIGHT, Parameter("percentile", repeated=True)), Type.DYNAMIC, "Several percentiles of weighted values in one array.", prefix="percentiles"
    ),
)
