"""Functions of numeric arrays, element by element and as a whole.

Source: https://learn.microsoft.com/kusto/query/time-series-analysis and the pages of the functions; types and names as the
official parser has them. An element that is no number gives null; arrays of different lengths are padded with nulls. The SQL is made by
``sql/functions/series.py``.
"""

from __future__ import annotations

import math

from ruleconv.catalogue.model import Deviation, Example, Function, Naming, NullRule, Parameter
from ruleconv.catalogue.parameters import anything, dynamic, optional
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import NUMERIC, Type

_SERIES = dynamic("series")
_NUMBER = Parameter("number", (Type.REAL, Type.LONG, Type.INT, Type.DECIMAL))
_PAIR = (anything("series1"), anything("series2"))
_ARRAYS = (dynamic("series1"), dynamic("series2"))
_PLACEHOLDER = optional(Parameter("placeholder", (Type.REAL, Type.LONG, Type.INT, Type.DECIMAL)))
_FLAG = optional(Parameter("flag", (Type.BOOL,), constant=True))
_1_2_4, _4_2_1 = "dynamic([1,2,4])", "dynamic([4,2,1])"
_NO_STATISTICS = "SQL has no such model of a time series; compute it outside, on the rows of make-series"


def _each(name: str, doc: str, kql: str, value: list[object]) -> Function:
    """A function of one array, element by element."""
    return Function(
        f"series_{name}", (_SERIES,), Type.DYNAMIC, doc, nulls=NullRule.SOMETIMES, examples=(Example(f"series_{name}({kql})", value),)
    )


def _both(name: str, doc: str, value: list[object]) -> Function:
    """A function of two arrays, or of an array and a number."""
    return Function(
        f"series_{name}",
        _PAIR,
        Type.DYNAMIC,
        doc,
        nulls=NullRule.SOMETIMES,
        examples=(Example(f"series_{name}({_1_2_4}, {_4_2_1})", value),),
    )


def _whole(name: str, parameters: tuple[Parameter, ...], doc: str, *examples: Example, returns: Type = Type.REAL) -> Function:
    return Function(f"series_{name}", parameters, returns, doc, nulls=NullRule.SOMETIMES, examples=examples)


def _refused(
    name: str, parameters: tuple[Parameter, ...], doc: str, returns: Type = Type.DYNAMIC, naming: Naming = Naming.NONE
) -> Function:
    return Function(f"series_{name}", parameters, returns, doc, nulls=NullRule.SOMETIMES, naming=naming, refusal=_NO_STATISTICS)


ELEMENTS: tuple[Function, ...] = (
    _each("abs", "The absolute values.", "dynamic([-6.5,0,8.2])", [6.5, 0, 8.2]),
    _each("acos", "The angles of these cosines.", "dynamic([-1,0,1])", [math.pi, math.pi / 2, 0]),
    _each("asin", "The angles of these sines.", "dynamic([-1,0,1])", [-math.pi / 2, 0, math.pi / 2]),
    _each("atan", "The angles of these tangents.", "dynamic([-1,0,1])", [-math.pi / 4, 0, math.pi / 4]),
    _each("ceiling", "The values, rounded up.", "dynamic([-1.5,1,2.5])", [-1, 1, 3]),
    _each("cos", "The cosines.", "dynamic([-1,0,1])", [0.5403023058681398, 1, 0.5403023058681398]),
    _each("exp", "e to the power of the values.", "dynamic([1,2,3])", [math.exp(1), math.exp(2), math.exp(3)]),
    _each("floor", "The values, rounded down.", "dynamic([-1.5,1,2.5])", [-2, 1, 2]),
    _each("log", "The natural logarithms.", "dynamic([1,2,3])", [0, 0.6931471805599453, 1.0986122886681098]),
    _each("sign", "The signs: -1, 0 or 1.", "dynamic([-6,0,8])", [-1, 0, 1]),
    _each("sin", "The sines.", "dynamic([-1,0,1])", [-0.8414709848078965, 0, 0.8414709848078965]),
    _each("tan", "The tangents.", "dynamic([-1,0,1])", [-1.5574077246549023, 0, 1.5574077246549023]),
    _both("add", "The sums.", [5, 4, 5]),
    _both("subtract", "The differences.", [-3, 0, 3]),
    _both("multiply", "The products.", [4, 4, 4]),
    _both("divide", "The quotients.", [0.25, 1, 4]),
    _both("pow", "The powers.", [1, 4, 4]),
    _both("equals", "Where they are equal.", [False, True, False]),
    _both("not_equals", "Where they are not equal.", [True, False, True]),
    _both("greater", "Where the first is greater.", [False, False, True]),
    _both("greater_equals", "Where the first is not less.", [False, True, True]),
    _both("less", "Where the first is less.", [True, False, False]),
    _both("less_equals", "Where the first is not greater.", [True, True, False]),
)

_GAPS = "dynamic([null,null,36,41,null,null,16,61,33,null,null])"

FILLS: tuple[Function, ...] = (
    Function(
        "series_fill_const",
        (_SERIES, optional(_NUMBER), _PLACEHOLDER),
        Type.DYNAMIC,
        "The array with a number where a value is missing.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        examples=(
            Example("series_fill_const(dynamic([111,null,36,null]), -1)", [111, -1, 36, -1]),
            Example("series_fill_const(dynamic([null, 1]))", [0, 1]),
        ),
    ),
    Function(
        "series_fill_forward",
        (_SERIES, _PLACEHOLDER),
        Type.DYNAMIC,
        "The array with the value before where one is missing.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        examples=(Example(f"series_fill_forward({_GAPS})", [None, None, 36, 41, 41, 41, 16, 61, 33, 33, 33]),),
    ),
    Function(
        "series_fill_backward",
        (_SERIES, _PLACEHOLDER),
        Type.DYNAMIC,
        "The array with the value behind where one is missing.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        examples=(
            Example(
                f"series_fill_backward({_GAPS.replace('[null,null,36', '[111,null,36')})", [111, 36, 36, 41, 16, 16, 16, 61, 33, None, None]
            ),
        ),
    ),
    Function(
        "series_fill_linear",
        (_SERIES, _PLACEHOLDER, _FLAG, optional(_NUMBER)),
        Type.DYNAMIC,
        "The array with what lies on the line between the neighbours where a value is missing; whole numbers stay whole.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        deviation=Deviation(Effect.CHANGES, "an array of reals that all are whole numbers counts as one of whole numbers", ("postgres",)),
        examples=(
            Example(
                "series_fill_linear(dynamic([null,111.5,null,36.0,41.5,null,16.5,null]))",
                [111.5, 111.5, 73.75, 36.0, 41.5, 29.0, 16.5, 16.5],
            ),
            Example(
                "series_fill_linear(dynamic([null,111,null,36,41,null,null,16,61,33,null,null]))",
                [111, 111, 73, 36, 41, 32, 24, 16, 61, 33, 33, 33],
            ),
            Example("series_fill_linear(dynamic([null,null]))", [0, 0]),
        ),
    ),
)

WHOLES: tuple[Function, ...] = (
    _whole("sum", (_SERIES,), "The sum of the elements.", Example("series_sum(dynamic([1,2,3,4]))", 10.0)),
    _whole("product", (_SERIES,), "The product of the elements.", Example("series_product(dynamic([1,2,3,4]))", 24.0)),
    _whole(
        "magnitude",
        (_SERIES,),
        "The square root of the sum of the squares.",
        Example("series_magnitude(dynamic([1,2,3,4]))", 5.477225575051661),
    ),
    _whole(
        "dot_product",
        _PAIR,
        "The sum of the products of the elements.",
        Example("series_dot_product(dynamic([1,2,3,4]), dynamic([4,2,1,1]))", 15.0),
    ),
    _whole(
        "cosine_similarity",
        (*_ARRAYS, optional(_NUMBER), optional(_NUMBER)),
        "The cosine of the angle between two vectors.",
        Example("series_cosine_similarity(dynamic([1,2,3,4]), dynamic([10,20,30,40]))", 1.0),
    ),
    _whole(
        "pearson_correlation",
        _ARRAYS,
        "The correlation of two arrays.",
        Example("series_pearson_correlation(dynamic([1,2,3,4,5]), dynamic([1,4,9,16,25]))", 0.9811049102515929),
    ),
    _whole(
        "stats_dynamic",
        (_SERIES, _FLAG),
        "Least, greatest, mean, deviation, sum and length as a bag.",
        Example("todouble(series_stats_dynamic(dynamic([23,46,23,87,4,8,3,75,2,56,13,75,32,16,29])).stdev)", 28.503633853548269),
        Example("tolong(series_stats_dynamic(dynamic([23,46,23,87,4,8,3,75,2,56,13,75,32,16,29])).min_idx)", 8),
        returns=Type.DYNAMIC,
    ),
    _whole(
        "stats",
        (_SERIES, _FLAG),
        "Least, greatest, mean and deviation as columns.",
        Example("tolong(series_stats(dynamic([23,46,23,87,4,8,3,75,2,56,13,75,32,16,29])).max_idx)", 3),
        returns=Type.DYNAMIC,
    ),
    _whole(
        "fit_line_dynamic",
        (_SERIES,),
        "The line that fits best, as a bag.",
        Example("todouble(series_fit_line_dynamic(dynamic([2,4,6,8])).slope)", 2.0),
        returns=Type.DYNAMIC,
    ),
    _whole(
        "fit_line",
        (_SERIES,),
        "The line that fits best, as columns.",
        Example("todouble(series_fit_line(dynamic([2,4,6,8])).interception)", 2.0),
        returns=Type.DYNAMIC,
    ),
    Function(
        "series_iir",
        (_SERIES, dynamic("numerators"), dynamic("denominators")),
        Type.DYNAMIC,
        "A recursive filter: with numerators [1] and denominators [1,-1] the running sum.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        refusal="only the running sum can be said: numerators [1], denominators [1, -1]",
        examples=(Example("series_iir(dynamic([10,30,0]), dynamic([1]), dynamic([1,-1]))", [10, 40, 40]),),
    ),
    Function(
        "series_fir",
        (_SERIES, dynamic("filter"), _FLAG, _FLAG),
        Type.DYNAMIC,
        "A filter by constant coefficients: a moving average.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        examples=(
            Example("series_fir(dynamic([0,0,0,0,2,2,2,2,3,3,3,3]), dynamic([1,-1]), false, false)", [0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]),
            Example("series_fir(dynamic([0,0,10,20,40]), dynamic([1,1,1,1,1]))", [0, 0, 2, 6, 14]),
        ),
    ),
)

_PERIOD = optional(Parameter("period", (Type.LONG, Type.INT)))
_TREND = optional(Parameter("trend", (Type.STRING,)))
_POINTS = optional(Parameter("test_points", (Type.LONG, Type.INT)))
_THRESHOLD = optional(Parameter("threshold", NUMERIC))

MODELS: tuple[Function, ...] = (
    _refused("decompose", (_SERIES, _PERIOD, _TREND, _POINTS, _THRESHOLD), "Season, trend and rest."),
    _refused(
        "decompose_anomalies",
        (_SERIES, _THRESHOLD, _PERIOD, _TREND, _POINTS, _TREND, _THRESHOLD),
        "Values that season and trend do not explain.",
    ),
    _refused(
        "decompose_forecast",
        (_SERIES, Parameter("points", (Type.LONG, Type.INT)), _PERIOD, _TREND, _THRESHOLD),
        "Values to come, by season and trend.",
    ),
    _refused("seasonal", (_SERIES, _PERIOD, _POINTS), "The seasonal part."),
    _refused(
        "outliers",
        (_SERIES, _TREND, _THRESHOLD, _THRESHOLD, _THRESHOLD, _POINTS),
        "How far each value lies outside.",
        naming=Naming.ARGUMENT,
    ),
    _refused("periods_detect", (_SERIES, _NUMBER, _NUMBER, _NUMBER), "The most significant periods."),
    _refused("periods_validate", (_SERIES, Parameter("period", NUMERIC, repeated=True)), "How well given periods fit."),
    _refused("fit_2lines", (_SERIES,), "Two lines that fit best."),
    _refused("fit_2lines_dynamic", (_SERIES,), "Two lines that fit best."),
    _refused(
        "fit_poly", (_SERIES, optional(dynamic("x")), optional(Parameter("degree", (Type.LONG, Type.INT)))), "A polynomial that fits best."
    ),
    _refused("fft", (_SERIES, optional(dynamic("imaginary"))), "The Fourier transform."),
    _refused("ifft", (_SERIES, optional(dynamic("imaginary"))), "The inverse of the Fourier transform."),
)

_DIGEST = dynamic("digest")
_HINT = "SQL has no such sketch; use dcount() or percentile() itself"

SKETCHES: tuple[Function, ...] = (
    Function(
        "dcount_hll",
        (_DIGEST,),
        Type.LONG,
        "The count of an intermediate result of dcount.",
        naming=Naming.PREFIX,
        prefix="dcount_hll",
        refusal=_HINT,
    ),
    Function(
        "hll_merge",
        (Parameter("digest", (Type.DYNAMIC,), repeated=True),),
        Type.DYNAMIC,
        "Intermediate results of dcount, made one.",
        refusal=_HINT,
    ),
    Function(
        "tdigest_merge",
        (Parameter("digest", (Type.DYNAMIC,), repeated=True),),
        Type.DYNAMIC,
        "Intermediate results of percentile, made one.",
        aliases=("merge_tdigest",),
        refusal=_HINT,
    ),
    Function(
        "percentile_tdigest",
        (_DIGEST, _NUMBER),
        Type.DYNAMIC,
        "A percentile of an intermediate result.",
        naming=Naming.PREFIX,
        prefix="percentile_tdigest",
        refusal=_HINT,
    ),
    Function(
        "percentiles_array_tdigest",
        (_DIGEST, Parameter("percentile", repeated=True)),
        Type.DYNAMIC,
        "Percentiles of an intermediate result.",
        naming=Naming.PREFIX,
        prefix="percentile_tdigest",
        refusal=_HINT,
    ),
    Function("percentrank_tdigest", (_DIGEST, anything("value")), Type.REAL, "The rank of a value in percent.", refusal=_HINT),
    Function("rank_tdigest", (_DIGEST, anything("value")), Type.REAL, "The rank of a value.", refusal=_HINT),
)

FUNCTIONS: tuple[Function, ...] = (*ELEMENTS, *FILLS, *WHOLES, *MODELS, *SKETCHES)
