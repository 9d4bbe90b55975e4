"""Aggregates: counts, sums, extremes, samples.

Source: https://learn.microsoft.com/kusto/query/aggregation-functions; types and names as the official parser has them.
The predicate of a conditional one is the parameter called ``predicate``.
"""

from __future__ import annotations

import math

from ruleconv.catalogue.model import Aggregate, Example, Naming, NullRule, Parameter, ReturnRule, Sql, first
from ruleconv.catalogue.parameters import anything, optional
from ruleconv.ir.types import Type

SUMMABLE = (Type.REAL, Type.LONG, Type.INT, Type.DECIMAL, Type.TIMESPAN, Type.DATETIME)
PREDICATE = Parameter("predicate", (Type.BOOL,))
_SUMMED = Parameter("value", SUMMABLE)
_VALUE = anything("value")
ACCURACY = optional(Parameter("accuracy", (Type.LONG, Type.INT)))
_ONE_TWO = "datatable(x:long, s:string, b:bool)[1,'a',true, 2,'b',false, 3,'a',true] | summarize "


def promoted(types: tuple[Type, ...]) -> Type:
    """An int counts as a long."""
    return Type.LONG if types[0] is Type.INT else types[0]


def _mean(types: tuple[Type, ...]) -> Type:
    return types[0] if types[0] in (Type.DECIMAL, Type.TIMESPAN, Type.DATETIME) else Type.REAL


def conditional(
    name: str,
    base: str,
    parameters: tuple[Parameter, ...],
    returns: ReturnRule,
    doc: str,
    *examples: Example,
    prefix: str = "",
    default: str = "",
    nulls: NullRule = NullRule.SOMETIMES,
    naming: Naming = Naming.PREFIX,
    refusal: str = "",
) -> Aggregate:
    """The form of ``base`` that takes only the rows for which a predicate is true."""
    return Aggregate(
        name,
        parameters,
        returns,
        doc,
        naming=naming,
        prefix=prefix or name,
        default=default,
        conditional=True,
        base=base,
        nulls=nulls,
        refusal=refusal,
        examples=examples,
    )


COUNTS: tuple[Aggregate, ...] = (
    Aggregate(
        "count",
        (optional(anything("predicate")),),
        Type.LONG,
        "How many rows there are.",
        prefix="count",
        nulls=NullRule.NEVER,
        examples=(Example(_ONE_TWO + "count()", 3),),
    ),
    Aggregate(
        "cnt",
        (),
        Type.LONG,
        "The old name of `count`.",
        prefix="cnt",
        nulls=NullRule.NEVER,
        sql=Sql("COUNT(*)"),
        examples=(Example(_ONE_TWO + "cnt()", 3),),
    ),
    Aggregate(
        "countif",
        (PREDICATE,),
        Type.LONG,
        "For how many rows the predicate is true.",
        prefix="countif",
        nulls=NullRule.NEVER,
        conditional=True,
        base="count",
        examples=(Example(_ONE_TWO + "countif(b)", 2),),
    ),
    Aggregate(
        "dcount",
        (_VALUE, ACCURACY),
        Type.LONG,
        "How many different values there are; an estimate in Kusto, exact in SQL.",
        prefix="dcount",
        nulls=NullRule.NEVER,
        examples=(Example(_ONE_TWO + "dcount(s)", 2),),
    ),
    conditional(
        "dcountif",
        "dcount",
        (_VALUE, PREDICATE, ACCURACY),
        Type.LONG,
        "As `dcount`, of the rows for which the predicate is true.",
        Example(_ONE_TWO + "dcountif(s, b)", 1),
        nulls=NullRule.NEVER,
    ),
    Aggregate(
        "count_distinct",
        (_VALUE,),
        Type.LONG,
        "How many different values there are.",
        prefix="count_distinct",
        nulls=NullRule.NEVER,
        examples=(Example(_ONE_TWO + "count_distinct(s)", 2),),
    ),
    conditional(
        "count_distinctif",
        "count_distinct",
        (_VALUE, PREDICATE),
        Type.LONG,
        "As `count_distinct`, of the rows for which the predicate is true.",
        Example(_ONE_TWO + "count_distinctif(s, b)", 1),
        nulls=NullRule.NEVER,
    ),
)

NUMBERS: tuple[Aggregate, ...] = (
    Aggregate(
        "sum",
        (_SUMMED,),
        promoted,
        "The sum; 0 of nothing.",
        prefix="sum",
        default="0",
        examples=(Example(_ONE_TWO + "sum(x)", 6), Example("datatable(x:int)[] | summarize s=sum(x)", 0)),
    ),
    conditional(
        "sumif",
        "sum",
        (_SUMMED, PREDICATE),
        promoted,
        "As `sum`, of the rows for which the predicate is true.",
        Example(_ONE_TWO + "sumif(x, b)", 4),
        default="0",
    ),
    Aggregate(
        "avg",
        (_SUMMED,),
        _mean,
        "The mean; NaN of nothing.",
        prefix="avg",
        examples=(
            Example(_ONE_TWO + "avg(x)", 2.0),
            Example("datatable(x:int)[] | summarize a=avg(x)", math.nan),
            Example("datatable(x:timespan)[1h, 3h] | summarize a=avg(x) | project a / 1h", 2.0),
        ),
    ),
    conditional(
        "avgif",
        "avg",
        (_SUMMED, PREDICATE),
        _mean,
        "As `avg`, of the rows for which the predicate is true.",
        Example(_ONE_TWO + "avgif(x, x > 1)", 2.5),
    ),
    Aggregate(
        "min",
        (_VALUE,),
        first,
        "The least value.",
        prefix="min",
        examples=(
            Example(_ONE_TWO + "min(x)", 1),
            Example(_ONE_TWO + "min(b)", False),
            Example(_ONE_TWO + "min(s)", "a"),
            Example("datatable(v:real)[1.5, real(nan), 2.5] | summarize min(v)", math.nan),
        ),
    ),
    conditional(
        "minif",
        "min",
        (_VALUE, PREDICATE),
        first,
        "As `min`, of the rows for which the predicate is true.",
        Example(_ONE_TWO + "minif(x, not(b))", 2),
    ),
    Aggregate(
        "max",
        (_VALUE,),
        first,
        "The greatest value.",
        prefix="max",
        examples=(
            Example(_ONE_TWO + "max(x)", 3),
            Example(_ONE_TWO + "max(b)", True),
            Example("datatable(v:real)[1.5, real(nan), 2.5] | summarize max(v)", math.nan),
        ),
    ),
    conditional(
        "maxif",
        "max",
        (_VALUE, PREDICATE),
        first,
        "As `max`, of the rows for which the predicate is true.",
        Example(_ONE_TWO + "maxif(x, not(b))", 2),
    ),
    *(
        Aggregate(
            f"binary_all_{word}",
            (Parameter("value", (Type.LONG, Type.INT)),),
            first,
            f"All values, combined bit by bit with {word}.",
            naming=Naming.ARGUMENT,
            sql=Sql(both=f"BIT_{word.upper()}(_value)"),
            examples=(Example(query, value),),
        )
        for word, query, value in (
            ("and", "datatable(n:long)[0xFFFFFFFF, 0xFFFFF00F, 0xCFFFFFFD, 0xFAFEFFFF] | summarize binary_all_and(n)", 0xCAFEF00D),
            ("or", "datatable(n:long)[0x88888008, 0x42000000, 0x00767000, 0x00000005] | summarize binary_all_or(n)", 0xCAFEF00D),
            ("xor", "datatable(n:long)[0x44404440, 0x1E1E1E1E, 0x90ABBA09, 0x000B105A] | summarize binary_all_xor(n)", 0xCAFEF00D),
        )
    ),
)

ROWS: tuple[Aggregate, ...] = (
    Aggregate(
        "arg_max",
        (_VALUE, Parameter("returned", repeated=True, optional=True)),
        lambda types: types[-1],
        "Values from the row in which an expression is greatest; rows where it is null come last.",
        naming=Naming.NONE,
        spreads=True,
        aliases=("argmax",),
        examples=(
            Example(_ONE_TWO + "arg_max(x, s) | project s", "a"),
            Example("datatable(f:string, c:string, v:int)['a','x',int(null), 'a','y',int(null)] | summarize arg_max(v, c) by f | count", 1),
        ),
    ),
    Aggregate(
        "arg_min",
        (_VALUE, Parameter("returned", repeated=True, optional=True)),
        lambda types: types[-1],
        "Values from the row in which an expression is least; rows where it is null come last.",
        naming=Naming.NONE,
        spreads=True,
        aliases=("argmin",),
        examples=(Example(_ONE_TWO + "arg_min(x, s) | project s", "a"),),
    ),
    Aggregate(
        "take_any",
        (Parameter("value", repeated=True),),
        first,
        "The values of some row.",
        naming=Naming.NONE,
        spreads=True,
        examples=(Example("datatable(x:long)[5] | summarize take_any(x)", 5),),
    ),
    Aggregate(
        "any",
        (Parameter("value", repeated=True),),
        first,
        "The values of some row; of one column, not null if that can be.",
        prefix="any",
        spreads=True,
        examples=(Example("datatable(x:long)[5] | summarize any(x)", 5),),
    ),
    conditional(
        "anyif",
        "any",
        (_VALUE, PREDICATE),
        first,
        "The value of some row for which the predicate is true.",
        Example(_ONE_TWO + "anyif(x, x > 2)", 3),
    ),
    conditional(
        "take_anyif",
        "any",
        (_VALUE, PREDICATE),
        first,
        "The value of some row for which the predicate is true.",
        Example(_ONE_TWO + "take_anyif(x, x > 2)", 3),
        naming=Naming.ARGUMENT,
    ),
)

AGGREGATES: tuple[Aggregate, ...] = (*COUNTS, *NUMBERS, *ROWS)
