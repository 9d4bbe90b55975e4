"""Aggregates of statistics: deviations, covariances, percentiles.

Source: https://learn.microsoft.com/kusto/query/aggregation-functions; types and names as the official parser has them.
"""

from __future__ import annotations

from ruleconv.catalogue.aggregates import PREDICATE, conditional, promoted
from ruleconv.catalogue.model import Aggregate, Example, Naming, NullRule, Parameter, Sql
from ruleconv.catalogue.parameters import anything
from ruleconv.ir.types import Type

_NUMBER = Parameter("value", (Type.REAL, Type.LONG, Type.INT, Type.DECIMAL))
_PAIR = (Parameter("x", _NUMBER.types), Parameter("y", _NUMBER.types))
_WEIGHT = Parameter("weight", (Type.LONG, Type.INT))
_PERCENTILE = Parameter("percentile", (Type.REAL, Type.LONG, Type.INT, Type.DECIMAL), constant=True)
_PERCENTILES = Parameter("percentile", repeated=True, constant=True)
_TEN = "range x from 1 to 10 step 1 | summarize "
_FIVE = "datatable(x:real, y:real)[1.0,14.0, 2.0,10.0, 3.0,17.0, 4.0,20.0, 5.0,50.0] | summarize "
_WEIGHTS = "datatable(w:long, x:long)[8,10, 6,20, 3,30, 1,40] | summarize "

_SPREADS = (
    ("stdev", "The standard deviation of a sample; 0 of nothing.", "STDDEV_SAMP", 3.027650354097492),
    ("stdevp", "The standard deviation of a population; 0 of nothing.", "STDDEV_POP", 2.8722813232690143),
    ("variance", "The variance of a sample; 0 of nothing.", "VAR_SAMP", 9.166666666666666),
    ("variancep", "The variance of a population; 0 of nothing.", "VAR_POP", 8.25),
)
_CONDITIONAL = (
    ("stdev", "range x from 1 to 100 step 1 | summarize stdevif(x, x % 2 == 0)", 29.154759474226502),
    ("variance", "range x from 1 to 100 step 1 | summarize varianceif(x, x % 2 == 0)", 850.0),
    ("variancep", "range x from 1 to 100 step 1 | summarize variancepif(x, x % 2 == 0)", 833.0),
)

AGGREGATES: tuple[Aggregate, ...] = (
    *(
        Aggregate(
            name,
            (_NUMBER,),
            Type.REAL,
            doc,
            prefix=name,
            default="0",
            nulls=NullRule.NEVER,
            examples=(Example(f"{_TEN}{name}(x)", value),),
            sql=Sql(postgres=f"CAST({function}(_value) AS DOUBLE PRECISION)", duckdb=f"{function}(_value)"),
        )
        for name, doc, function, value in _SPREADS
    ),
    *(
        conditional(
            f"{base}if",
            base,
            (_NUMBER, PREDICATE),
            Type.REAL,
            f"As `{base}`, of the rows for which the predicate is true.",
            Example(query, value),
            default="0",
            nulls=NullRule.NEVER,
        )
        for base, query, value in _CONDITIONAL
    ),
    Aggregate(
        "covariance",
        _PAIR,
        Type.REAL,
        "The covariance of a sample; 0 of nothing.",
        prefix="covariance",
        default="0",
        nulls=NullRule.NEVER,
        sql=Sql(both="COVAR_SAMP(_y, _x)"),
        examples=(Example(_FIVE + "covariance(x, y)", 20.5),),
    ),
    Aggregate(
        "covariancep",
        _PAIR,
        Type.REAL,
        "The covariance of a population; 0 of nothing.",
        prefix="covariancep",
        default="0",
        nulls=NullRule.NEVER,
        sql=Sql(both="COVAR_POP(_y, _x)"),
        examples=(Example(_FIVE + "covariancep(x, y)", 16.4),),
    ),
    conditional(
        "covarianceif",
        "covariance",
        (*_PAIR, PREDICATE),
        Type.REAL,
        "As `covariance`, of the rows for which the predicate is true.",
        Example(_FIVE + "covarianceif(x, y, true)", 20.5),
        default="0",
        nulls=NullRule.NEVER,
    ),
    conditional(
        "covariancepif",
        "covariancep",
        (*_PAIR, PREDICATE),
        Type.REAL,
        "As `covariancep`, of the rows for which the predicate is true.",
        Example(
            "range x from 1 to 100 step 1 | extend y = iff(x % 2 == 0, x * 2, x * 3) | summarize covariancepif(x, y, x % 3 == 0)",
            2077.0909090909090909,
        ),
        default="0",
        nulls=NullRule.NEVER,
    ),
    Aggregate(
        "percentile",
        (anything("value"), _PERCENTILE),
        promoted,
        "The value below which that many of a hundred lie (nearest rank).",
        naming=Naming.NONE,
        spreads=True,
        examples=(Example(_TEN + "percentile(x, 50)", 5), Example(_TEN + "percentile(x, 95)", 10)),
    ),
    Aggregate(
        "percentiles",
        (anything("value"), _PERCENTILES),
        promoted,
        "Several percentiles.",
        naming=Naming.NONE,
        spreads=True,
        examples=(Example(_TEN + "percentiles(x, 5, 95)", 1),),
    ),
    Aggregate(
        "percentilew",
        (anything("value"), _WEIGHT, _PERCENTILE),
        promoted,
        "A percentile of values that count `weight` times each.",
        naming=Naming.NONE,
        spreads=True,
        examples=(Example(_WEIGHTS + "percentilew(x, w, 75)", 20),),
    ),
    Aggregate(
        "percentilesw",
        (anything("value"), _WEIGHT, _PERCENTILES),
        promoted,
        "Several percentiles of weighted values.",
        naming=Naming.NONE,
        spreads=True,
        examples=(Example(_WEIGHTS + "percentilesw(x, w, 50, 75, 99.9)", 20),),
    ),
    Aggregate(
        "percentiles_array",
        (anything("value"), _PERCENTILES),
        Type.DYNAMIC,
        "Several percentiles as an array.",
        naming=Naming.NONE,
        spreads=True,
        examples=(Example(_TEN + "percentiles_array(x, 5, 50, 95)", [1, 5, 10]),),
    ),
    Aggregate(
        "percentilesw_array",
        (anything("value"), _WEIGHT, _PERCENTILES),
        Type.DYNAMIC,
        "Several percentiles of weighted values as an array.",
        naming=Naming.NONE,
        spreads=True,
        examples=(
            Example(_WEIGHTS + "percentilesw_array(x, w, 50, 75, 99.9)", [20, 20, 40]),
            Example(_WEIGHTS + "percentilesw_array(x, w, dynamic([50, 75, 99.9]))", [20, 20, 40]),
        ),
    ),
)
