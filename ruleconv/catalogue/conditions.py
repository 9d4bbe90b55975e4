"""Tests for null, empty and special values, and choices between values.

Source: https://learn.microsoft.com/kusto/query/isempty-function and its neighbours. ``iff``, ``case`` and ``not`` are nodes of the IR.
"""

from __future__ import annotations

from ruleconv.catalogue.model import Example, Function, NullRule, Sql, widest
from ruleconv.catalogue.parameters import anything, number, repeated
from ruleconv.ir.types import Type

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "isempty",
        (anything("value"),),
        Type.BOOL,
        "The text is empty, or the value of another type is null.",
        nulls=NullRule.NEVER,
        empty_in_empty_out=True,
        examples=(
            Example("isempty('')", True),
            Example("isempty('a')", False),
            Example("isempty(long(null))", True),
            Example("isempty(dynamic(''))", True),
        ),
    ),
    Function(
        "isnotempty",
        (anything("value"),),
        Type.BOOL,
        "The opposite of ``isempty``.",
        nulls=NullRule.NEVER,
        aliases=("notempty",),
        empty_in_empty_out=True,
        examples=(Example("isnotempty('')", False), Example("isnotempty('a')", True), Example("isnotempty(5)", True)),
    ),
    Function(
        "isnull",
        (anything("expression"),),
        Type.BOOL,
        "The value is null; a text never is.",
        nulls=NullRule.NEVER,
        empty_in_empty_out=True,
        examples=(
            Example("isnull(int(null))", True),
            Example("isnull('')", False),
            Example("isnull(5)", False),
            Example("isnull(parse_json(''))", True),
        ),
    ),
    Function(
        "isnotnull",
        (anything("expression"),),
        Type.BOOL,
        "The value is not null; a text never is.",
        nulls=NullRule.NEVER,
        aliases=("notnull",),
        empty_in_empty_out=True,
        examples=(Example("isnotnull(int(null))", False), Example("isnotnull('')", True)),
    ),
    Function(
        "isnan",
        (number("number"),),
        Type.BOOL,
        "The number is NaN.",
        sql=Sql(postgres="CAST(_number AS DOUBLE PRECISION) = CAST('NaN' AS DOUBLE PRECISION)", duckdb="ISNAN(CAST(_number AS DOUBLE))"),
        examples=(Example("isnan(real(nan))", True), Example("isnan(1.5)", False)),
    ),
    Function(
        "isinf",
        (number("number"),),
        Type.BOOL,
        "The number is infinite.",
        sql=Sql(
            postgres="ABS(CAST(_number AS DOUBLE PRECISION)) = CAST('Infinity' AS DOUBLE PRECISION)",
            duckdb="ISINF(CAST(_number AS DOUBLE))",
        ),
        examples=(Example("isinf(real(+inf))", True), Example("isinf(real(-inf))", True), Example("isinf(1.5)", False)),
    ),
    Function(
        "isfinite",
        (number("number"),),
        Type.BOOL,
        "The number is neither infinite nor NaN.",
        sql=Sql(
            postgres="ABS(CAST(_number AS DOUBLE PRECISION)) < CAST('Infinity' AS DOUBLE PRECISION)",
            duckdb="ISFINITE(CAST(_number AS DOUBLE))",
        ),
        examples=(Example("isfinite(0.0)", True), Example("isfinite(real(+inf))", False)),
    ),
    Function(
        "coalesce",
        (anything("arg"), repeated(anything("more"))),
        widest,
        "The first value that is not null (of texts: not empty).",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("coalesce(tolong('not a number'), tolong('42'), 33)", 42),
            Example("coalesce('', 'x')", "x"),
            Example("coalesce(int(null), 5)", 5),
        ),
    ),
    Function(
        "max_of",
        (anything("arg"), repeated(anything("more"))),
        widest,
        "The greatest of the values that are not null.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(Example("max_of(10, 1, -3, 17)", 17), Example("max_of(1, long(null), 3)", 3), Example("max_of(1, 2.5)", 2.5)),
    ),
    Function(
        "min_of",
        (anything("arg"), repeated(anything("more"))),
        widest,
        "The least of the values that are not null.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(Example("min_of(10, 1, -3, 17)", -3), Example("min_of(int(null), 5)", 5)),
    ),
)
