"""Arithmetic functions: rounding, powers, trigonometry, bits.

Source: https://learn.microsoft.com/kusto/query/scalar-functions (mathematical functions); types and names as the official parser has them.
None of them raises: a value outside of the domain gives NaN or an infinity (``log`` of a negative number: null).
"""

from __future__ import annotations

import math

from ruleconv.catalogue.model import Example, Function, Naming, NullRule, Parameter, Sql, first, widest
from ruleconv.catalogue.parameters import optional
from ruleconv.ir.types import NUMERIC, Type

_BINNED = Parameter("value", (Type.REAL, Type.LONG, Type.INT, Type.DECIMAL, Type.DATETIME, Type.TIMESPAN))
_SIZE = Parameter("size", (Type.REAL, Type.LONG, Type.INT, Type.DECIMAL, Type.DATETIME, Type.TIMESPAN))
_NUMBER = Parameter("number", (Type.REAL, Type.LONG, Type.INT, Type.DECIMAL))
_WHOLE = (Type.LONG, Type.INT)
_NAN = "CAST('NaN' AS DOUBLE PRECISION)"
_INFINITY = "CAST('Infinity' AS DOUBLE PRECISION)"

_GAMMA = Sql(
    duckdb="GAMMA(_number)",
    postgres=f"CASE WHEN _number < 0 AND _number = FLOOR(_number) THEN {_NAN} WHEN _number BETWEEN 171.7 AND {_INFINITY} THEN {_INFINITY} "
    "ELSE GAMMA(_number) END",
)
_LOG_GAMMA = Sql(
    duckdb="LGAMMA(_number)",
    postgres=f"CASE WHEN _number <= 0 AND _number = FLOOR(_number) THEN {_INFINITY} ELSE LGAMMA(_number) END",
)
_ERROR_SERIES = (
    "CASE WHEN ABS(_number) BETWEEN 6 AND 1e308 THEN CAST(SIGN(_number) AS DOUBLE) ELSE "
    "EXP(-_number * _number) * LIST_SUM(LIST_TRANSFORM(RANGE(0, 130), n -> POWER(_number, 2 * n + 1) / GAMMA(n + 1.5))) END"
)
"""DuckDB has no ERF: the sum of x ** (2n + 1) / gamma(n + 3/2), all of one sign."""


def _binned(types: tuple[Type, ...]) -> Type:
    return first(types) if types[0] in (Type.DATETIME, Type.TIMESPAN) else widest(types)


def _absolute(types: tuple[Type, ...]) -> Type:
    return Type.LONG if types[0] is Type.INT else types[0]


def _real(
    name: str, doc: str, sql: Sql, *examples: Example, naming: Naming = Naming.ARGUMENT, nulls: NullRule = NullRule.STRICT
) -> Function:
    """A function of one real. The lowering sees to it that a DOUBLE PRECISION comes."""
    return Function(name, (_NUMBER,), Type.REAL, doc, nulls=nulls, naming=naming, sql=sql, examples=examples)


def _wave(function: str) -> Sql:
    """Sine and its kin: NaN for an infinity, where PostgreSQL raises."""
    return Sql(duckdb=f"{function}(_number)", postgres=f"CASE WHEN ABS(_number) = {_INFINITY} THEN {_NAN} ELSE {function}(_number) END")


def _inverse(function: str) -> Sql:
    """Inverse sine and cosine: NaN outside of -1..1, where PostgreSQL raises."""
    return Sql(duckdb=f"{function}(_number)", postgres=f"CASE WHEN ABS(_number) > 1 THEN {_NAN} ELSE {function}(_number) END")


def _logarithm(function: str) -> Sql:
    return Sql(both=f"CASE WHEN _number > 0 THEN {function} WHEN _number = 0 THEN CAST('-Infinity' AS DOUBLE PRECISION) END")


def _exponential(power: str, duckdb: str, most: str, least: str) -> Sql:
    guarded = (
        f"CASE WHEN _number BETWEEN {most} AND {_INFINITY} THEN {_INFINITY} WHEN _number < {least} THEN CAST(0 AS DOUBLE PRECISION) "
        f"ELSE {power} END"
    )
    return Sql(duckdb=duckdb, postgres=guarded)


def _bits(name: str, doc: str, sql: Sql, *examples: Example) -> Function:
    return Function(
        name, (Parameter("value1", _WHOLE), Parameter("value2", _WHOLE)), Type.LONG, doc, naming=Naming.ARGUMENT, sql=sql, examples=examples
    )


ROUNDING: tuple[Function, ...] = (
    Function(
        "bin",
        (_BINNED, _SIZE),
        _binned,
        "The greatest multiple of `size` that is not above the value; times count from 0001-01-01. Null for a size below zero.",
        nulls=NullRule.SOMETIMES,
        aliases=("floor",),
        naming=Naming.ARGUMENT,
        examples=(
            Example("bin(4.5, 1)", 4.0),
            Example("tostring(bin(datetime(1970-05-11 13:45:07), 1d))", "1970-05-11T00:00:00.0000000Z"),
            Example("tostring(bin(datetime(2020-06-15 13:45:00), 30m))", "2020-06-15T13:30:00.0000000Z"),
            Example("tostring(bin(datetime(1955-11-05 06:15:00), 7d))", "1955-10-31T00:00:00.0000000Z"),
            Example("bin(time(16d), 7d) / 1d", 14.0),
            Example("bin(-1, 5)", -5),
            Example("bin(10, -5)", None),
            Example("floor(12, 5)", 10),
        ),
    ),
    Function(
        "bin_at",
        (_BINNED, _SIZE, Parameter("point", _BINNED.types)),
        _binned,
        "As `bin`, with bins that have `point` as one of their borders.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        examples=(
            Example("bin_at(6.5, 2.5, 7)", 4.5),
            Example("tostring(bin_at(datetime(2023-06-14 12:00:00), 7d, datetime(2023-01-01 03:00:00)))", "2023-06-11T03:00:00.0000000Z"),
            Example("bin_at(time(1h), 1d, 12h) / 1h", -12.0),
        ),
    ),
    Function(
        "bin_auto",
        (_BINNED,),
        first,
        "Bins of the size that a request property gives.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        refusal="write bin() with the size",
    ),
    Function(
        "round",
        (_NUMBER, optional(Parameter("precision", (Type.LONG, Type.INT)))),
        first,
        "The nearest number with that many decimal places (0).",
        naming=Naming.ARGUMENT,
        examples=(Example("round(2.98765, 3)", 2.988), Example("round(15, -1)", 20), Example("round(-2.4)", -2.0)),
    ),
    Function(
        "ceiling",
        (_NUMBER,),
        first,
        "The least whole number that is not below the value.",
        naming=Naming.ARGUMENT,
        examples=(Example("ceiling(-1.1)", -1.0), Example("ceiling(0)", 0), Example("ceiling(0.9)", 1.0)),
    ),
    Function(
        "abs",
        (Parameter("value", (*NUMERIC, Type.TIMESPAN)),),
        _absolute,
        "The value without its sign.",
        naming=Naming.ARGUMENT,
        examples=(Example("abs(-5)", 5), Example("abs(-2.5)", 2.5), Example("abs(-1h) / 1h", 1.0)),
    ),
    _real(
        "sign",
        "-1, 0 or 1.",
        Sql(postgres="SIGN(_number)", duckdb="CAST(SIGN(_number) AS DOUBLE)"),
        Example("sign(-42)", -1.0),
        Example("sign(0)", 0.0),
        Example("sign(11.2)", 1.0),
        naming=Naming.NONE,
    ),
)

POWERS: tuple[Function, ...] = (
    Function(
        "pow",
        (Parameter("base", _NUMBER.types), Parameter("exponent", _NUMBER.types)),
        Type.REAL,
        "`base` to the power of `exponent`.",
        naming=Naming.ARGUMENT,
        examples=(Example("pow(2, 3)", 8.0), Example("pow(2, 31)", 2147483648.0), Example("pow(2, 63)", 9.223372036854776e18)),
    ),
    _real(
        "sqrt",
        "The square root.",
        Sql(duckdb="SQRT(_number)", postgres=f"CASE WHEN _number < 0 THEN {_NAN} ELSE SQRT(_number) END"),
        Example("sqrt(256)", 16.0),
        Example("sqrt(-1.0)", math.nan),
    ),
    _real(
        "exp",
        "e to the power of the number.",
        _exponential("EXP(_number)", "EXP(_number)", "709.782712893384", "-745"),
        Example("exp(1000.0)", math.inf),
        Example("exp(2)", math.exp(2)),
    ),
    _real(
        "exp2",
        "2 to the power of the number.",
        _exponential("POWER(2, _number)", "POWER(2, _number)", "1023.9999999999999", "-1074"),
        Example("exp2(2)", 4.0),
    ),
    _real(
        "exp10",
        "10 to the power of the number.",
        _exponential("POWER(10, _number)", "POWER(10, _number)", "308.25471555991674", "-323"),
        Example("exp10(3)", 1000.0),
    ),
    _real(
        "log",
        "The natural logarithm; null for a negative number.",
        _logarithm("LN(_number)"),
        Example("log(5)", 1.6094379124341003),
        Example("log(-1.0)", None),
        Example("log(0.0)", -math.inf),
        nulls=NullRule.SOMETIMES,
    ),
    _real(
        "log2",
        "The logarithm to the base 2; null for a negative number.",
        _logarithm("LN(_number) / LN(2.0)"),
        Example("log2(5)", 2.321928094887362),
        nulls=NullRule.SOMETIMES,
    ),
    _real(
        "log10",
        "The logarithm to the base 10; null for a negative number.",
        _logarithm("LOG(_number)"),
        Example("log10(5)", 0.6989700043360189),
        nulls=NullRule.SOMETIMES,
    ),
    _real("gamma", "The gamma function.", _GAMMA, Example("gamma(4)", 6.0)),
    _real("loggamma", "The logarithm of the absolute value of the gamma function.", _LOG_GAMMA, Example("loggamma(5)", 3.178053830347946)),
    Function(
        "erf",
        (_NUMBER,),
        Type.REAL,
        "The error function.",
        naming=Naming.ARGUMENT,
        sql=Sql(postgres="ERF(_number)", duckdb=_ERROR_SERIES),
        examples=(Example("erf(1)", 0.8427007929497149), Example("erf(0)", 0.0)),
    ),
    Function(
        "erfc",
        (_NUMBER,),
        Type.REAL,
        "The complementary error function.",
        naming=Naming.ARGUMENT,
        sql=Sql(postgres="ERFC(_number)"),
        refusal="DuckDB has no error function",
        examples=(Example("erfc(0)", 1.0),),
    ),
    *(
        Function(
            name, tuple(Parameter(p, _NUMBER.types) for p in ("x", "alpha", "beta")), Type.REAL, doc, refusal="SQL has no beta distribution"
        )
        for name, doc in (
            ("beta_cdf", "The cumulative distribution of the beta distribution."),
            ("beta_inv", "The inverse of the cumulative distribution of the beta distribution."),
            ("beta_pdf", "The density of the beta distribution."),
        )
    ),
)

TRIGONOMETRY: tuple[Function, ...] = (
    _real("sin", "The sine.", _wave("SIN"), Example("sin(0)", 0.0)),
    _real("cos", "The cosine.", _wave("COS"), Example("cos(0)", 1.0)),
    _real("tan", "The tangent.", _wave("TAN"), Example("tan(0)", 0.0)),
    _real("cot", "The cotangent.", _wave("COT"), Example("cot(1)", 0.6420926159343306), naming=Naming.NONE),
    _real(
        "asin",
        "The angle of that sine; NaN outside of -1..1.",
        _inverse("ASIN"),
        Example("asin(0.5)", 0.5235987755982989),
        Example("asin(2.0)", math.nan),
    ),
    _real(
        "acos", "The angle of that cosine; NaN outside of -1..1.", _inverse("ACOS"), Example("acos(1)", 0.0), Example("acos(2.0)", math.nan)
    ),
    _real("atan", "The angle of that tangent.", Sql(both="ATAN(_number)"), Example("atan(0.5)", 0.4636476090008061)),
    Function(
        "atan2",
        (Parameter("y", _NUMBER.types), Parameter("x", _NUMBER.types)),
        Type.REAL,
        "The angle between the x axis and the point (x, y).",
        naming=Naming.ARGUMENT,
        sql=Sql(both="ATAN2(_y, _x)"),
        examples=(Example("atan2(1, 1)", 0.7853981633974483), Example("atan2(-1, 0)", -1.5707963267948966)),
    ),
    _real("degrees", "Radians as degrees.", Sql(both="DEGREES(_number)"), Example("degrees(pi()/4)", 45.0), naming=Naming.NONE),
    _real("radians", "Degrees as radians.", Sql(both="RADIANS(_number)"), Example("radians(90)", 1.57079632679489), naming=Naming.NONE),
    Function("pi", (), Type.REAL, "The number pi.", nulls=NullRule.NEVER, sql=Sql(both="PI()"), examples=(Example("pi()", math.pi),)),
)

BITS: tuple[Function, ...] = (
    _bits("binary_and", "The bits that both have.", Sql(both="_value1 & _value2"), Example("binary_and(10, 12)", 8)),
    _bits("binary_or", "The bits that one of them has.", Sql(both="_value1 | _value2"), Example("binary_or(10, 12)", 14)),
    _bits(
        "binary_xor",
        "The bits in which they differ.",
        Sql(postgres="_value1 # _value2", duckdb="XOR(_value1, _value2)"),
        Example("binary_xor(10, 12)", 6),
    ),
    Function(
        "binary_not",
        (Parameter("value", _WHOLE),),
        Type.LONG,
        "All bits turned over.",
        naming=Naming.ARGUMENT,
        sql=Sql(both="~_value"),
        examples=(Example("binary_not(100)", -101),),
    ),
    Function(
        "binary_shift_left",
        (Parameter("value", _WHOLE), Parameter("shift", _WHOLE)),
        Type.LONG,
        "The bits moved to the left; null for a shift below zero.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        examples=(Example("binary_shift_left(1,2)", 4), Example("binary_shift_left(1,-2)", None)),
    ),
    Function(
        "binary_shift_right",
        (Parameter("value", _WHOLE), Parameter("shift", _WHOLE)),
        Type.LONG,
        "The bits moved to the right; null for a shift below zero.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        examples=(Example("binary_shift_right(1,2)", 0), Example("binary_shift_right(8,1)", 4)),
    ),
    Function(
        "bitset_count_ones",
        (Parameter("value", _WHOLE),),
        Type.LONG,
        "How many bits are set.",
        naming=Naming.ARGUMENT,
        sql=Sql(postgres="BIT_COUNT(CAST(CAST(_value AS BIGINT) AS BIT(64)))", duckdb="CAST(BIT_COUNT(CAST(_value AS BIGINT)) AS BIGINT)"),
        examples=(Example("bitset_count_ones(42)", 3),),
    ),
)

STATISTICAL: tuple[Function, ...] = (
    Function(
        "welch_test",
        tuple(Parameter(p, _NUMBER.types) for p in ("mean1", "variance1", "count1", "mean2", "variance2", "count2")),
        Type.REAL,
        "The p value of Welch's t test.",
        refusal="SQL has no t distribution",
    ),
)

FUNCTIONS: tuple[Function, ...] = (*ROUNDING, *POWERS, *TRIGONOMETRY, *BITS, *STATISTICAL)
