"""Aggregates: lists, sets and bags, and the sketches that SQL has not.

Source: https://learn.microsoft.com/kusto/query/make-list-aggregation-function and its neighbours; types and names as the official parser
has them.
"""

from __future__ import annotations

from ruleconv.catalogue.aggregates import ACCURACY, PREDICATE, SUMMABLE, conditional
from ruleconv.catalogue.model import Aggregate, Example, Naming, NullRule, Parameter, first
from ruleconv.catalogue.parameters import anything, dynamic, optional
from ruleconv.ir.types import Type

_VALUE = anything("value")
_SUMMED = Parameter("value", SUMMABLE)
_SIZE = optional(Parameter("max_size", (Type.LONG, Type.INT), constant=True))
_ONE_TWO = "datatable(x:long, s:string, b:bool)[1,'a',true, 2,'b',false, 3,'a',true] | summarize "
_OLD_SIZE = "at most 128 unless `max_size` says otherwise"

LISTS: tuple[Aggregate, ...] = (
    Aggregate(
        "make_list",
        (_VALUE, _SIZE),
        Type.DYNAMIC,
        "An array of the values that are not null; arrays give their elements.",
        prefix="list",
        nulls=NullRule.NEVER,
        examples=(
            Example("datatable(x:long)[1, 2, long(null)] | summarize make_list(x)", [1, 2]),
            Example("datatable(x:long)[] | summarize make_list(x)", []),
            Example("datatable(x:long)[9,7,5,3,1] | sort by x asc | summarize make_list(x)", [1, 3, 5, 7, 9]),
            Example("datatable(x:long)[3,1,2] | sort by x asc | summarize make_list(x, 2)", [1, 2]),
            Example("datatable(v:dynamic)[dynamic({'a':1}), dynamic([1,2])] | summarize make_list(v)", [{"a": 1}, 1, 2]),
            Example("datatable(d:datetime)[datetime(2020-01-01)] | summarize make_list(d)", ["2020-01-01T00:00:00.0000000Z"]),
        ),
    ),
    conditional(
        "make_list_if",
        "make_list",
        (_VALUE, PREDICATE, _SIZE),
        Type.DYNAMIC,
        "As `make_list`, of the rows for which the predicate is true.",
        Example(
            "datatable(n:string, d:long)['John',9,'Paul',18,'George',25,'Ringo',7] | summarize make_list_if(n, strlen(n) > 4)",
            ["George", "Ringo"],
        ),
        prefix="list",
        nulls=NullRule.NEVER,
    ),
    Aggregate(
        "make_list_with_nulls",
        (_VALUE,),
        Type.DYNAMIC,
        "An array of all values.",
        prefix="list",
        nulls=NullRule.NEVER,
        examples=(Example("datatable(x:int)[int(null), 4] | summarize make_list_with_nulls(x)", [None, 4]),),
    ),
    Aggregate(
        "makelist",
        (_VALUE, _SIZE),
        Type.DYNAMIC,
        f"As `make_list`, {_OLD_SIZE}.",
        prefix="list",
        nulls=NullRule.NEVER,
        examples=(Example("range x from 1 to 200 step 1 | summarize l=makelist(x) | project array_length(l)", 128),),
    ),
    Aggregate(
        "make_set",
        (_VALUE, _SIZE),
        Type.DYNAMIC,
        "An array of the different values that are not null; arrays give their elements.",
        prefix="set",
        nulls=NullRule.NEVER,
        examples=(
            Example("datatable(x:long)[1, 1, long(null)] | summarize make_set(x)", [1]),
            Example("datatable(v:dynamic)[dynamic([1]), dynamic([1,2])] | summarize s=make_set(v) | project array_sort_asc(s)", [1, 2]),
            Example("datatable(x:long)[] | summarize make_set(x)", []),
        ),
    ),
    conditional(
        "make_set_if",
        "make_set",
        (_VALUE, PREDICATE, _SIZE),
        Type.DYNAMIC,
        "As `make_set`, of the rows for which the predicate is true.",
        Example(_ONE_TWO + "make_set_if(s, x != 2)", ["a"]),
        prefix="set",
        nulls=NullRule.NEVER,
    ),
    Aggregate(
        "makeset",
        (_VALUE, _SIZE),
        Type.DYNAMIC,
        f"As `make_set`, {_OLD_SIZE}.",
        prefix="set",
        nulls=NullRule.NEVER,
        examples=(Example("range x from 1 to 200 step 1 | summarize s=makeset(x) | project array_length(s)", 128),),
    ),
    Aggregate(
        "make_bag",
        (dynamic("value"), _SIZE),
        Type.DYNAMIC,
        "A bag of all entries; of equal keys the first counts.",
        prefix="bag",
        nulls=NullRule.NEVER,
        examples=(
            Example("datatable(v:dynamic)[dynamic({'a':1}), dynamic({'b':2})] | summarize make_bag(v)", {"a": 1, "b": 2}),
            Example(
                "datatable(v:dynamic)[dynamic({'a':1,'b':2}), dynamic({'a':10,'c':3}), dynamic({'b':99})] | summarize make_bag(v)",
                {"a": 1, "b": 2, "c": 3},
            ),
            Example("datatable(v:dynamic)[dynamic(null), dynamic(null)] | summarize make_bag(v)", {}),
        ),
    ),
    Aggregate(
        "make_dictionary",
        (dynamic("value"), _SIZE),
        Type.DYNAMIC,
        "The old name of `make_bag`.",
        prefix="dictionary",
        nulls=NullRule.NEVER,
        examples=(Example("datatable(v:dynamic)[dynamic({'a':1}), dynamic({'b':2})] | summarize make_dictionary(v)", {"a": 1, "b": 2}),),
    ),
    conditional(
        "make_bag_if",
        "make_bag",
        (dynamic("value"), PREDICATE, _SIZE),
        Type.DYNAMIC,
        "As `make_bag`, of the rows for which the predicate is true.",
        Example(
            "datatable(p:string, v:string, b:bool)['p1','a',true,'p2','b',false] | summarize make_bag_if(bag_pack(p, v), b)", {"p1": "a"}
        ),
        prefix="bag",
        nulls=NullRule.NEVER,
    ),
)

REFUSED: tuple[Aggregate, ...] = (
    Aggregate(
        "buildschema",
        (dynamic("value"),),
        Type.DYNAMIC,
        "The schema that all values fit.",
        prefix="schema",
        refusal="SQL has no schema of JSON values",
    ),
    Aggregate("passthrough", (_VALUE,), first, "The value of some row.", naming=Naming.ARGUMENT, refusal="use take_any()"),
    *(
        Aggregate(
            name,
            parameters,
            Type.DYNAMIC,
            doc,
            prefix=prefix,
            conditional=name.endswith("_if"),
            refusal="SQL has no such sketch; use dcount() or percentile() itself",
        )
        for name, prefix, parameters, doc in (
            ("hll", "hll", (_VALUE, ACCURACY), "The intermediate result of dcount."),
            ("hll_if", "hll_if", (_VALUE, PREDICATE, ACCURACY), "The intermediate result of dcountif."),
            ("hll_merge", "hll_merge", (dynamic("value"),), "Intermediate results of dcount, made one."),
            ("tdigest", "tdigest", (_SUMMED, ACCURACY), "The intermediate result of percentile."),
            ("tdigest_merge", "merge_tdigests", (dynamic("value"),), "Intermediate results of percentile, made one."),
            ("merge_tdigest", "merge_tdigests", (dynamic("value"),), "Intermediate results of percentile, made one."),
        )
    ),
)

AGGREGATES: tuple[Aggregate, ...] = (*LISTS, *REFUSED)
