"""Aggregates that count, choose and collect.

Source: https://learn.microsoft.com/kusto/query/aggregation-functions. Result names and types are those of Microsoft's parser.
"""

from __future__ import annotations

from ruleconv.catalogue.model import Aggregate, Example, Naming, NullRule, Parameter, Sql, first
from ruleconv.ir.types import NUMERIC, Type

_EXPR = Parameter("expr")
_BAG = Parameter("expr", (Type.DYNAMIC,))
_PREDICATE = Parameter("predicate", (Type.BOOL,))
_SIZE = Parameter("maxSize", NUMERIC, optional=True, constant=True)
_ACCURACY = Parameter("accuracy", NUMERIC, optional=True, constant=True)
_BITS = Parameter("expr", (Type.INT, Type.LONG))
_SKETCH = "Kusto's sketches have no counterpart in SQL; count with dcount() or percentile() in one step"


def _if(name: str, base: str, doc: str, *, prefix: str = "", naming: Naming = Naming.PREFIX, **more: object) -> Aggregate:
    """The conditional form of ``base``: ``expr``, then the predicate, then its options."""
    plain = {record.name: record for record in _PLAIN}[base]
    parameters = (*plain.parameters[:1], _PREDICATE, *plain.parameters[1:])
    return Aggregate(
        name, parameters, plain.returns, doc, naming=naming, prefix=prefix or name, default=plain.default, conditional=True, base=base, nulls=plain.nulls, **more,  # type: ignore[arg-type]
    )


_T = "datatable(x:long)[1, 2, 2, long(null)] | summarize "

_PLAIN = (
    Aggregate(
        "count", (), Type.LONG, "The number of rows.",
        aliases=("cnt",), prefix="count", nulls=NullRule.NEVER, sql=Sql("COUNT(*)"), examples=(Example(_T + "count()", 4),),
    ),
    Aggregate(
        "dcount", (_EXPR, _ACCURACY), Type.LONG, "The number of distinct values that are not null. Exact here, an estimate in Kusto.",
        prefix="dcount", nulls=NullRule.NEVER, sql=Sql("COUNT(DISTINCT _expr)"), examples=(Example(_T + "dcount(x)", 2),),
    ),
    Aggregate(
        "count_distinct", (_EXPR,), Type.LONG, "The number of distinct values that are not null.",
        prefix="count_distinct", nulls=NullRule.NEVER, sql=Sql("COUNT(DISTINCT _expr)"), examples=(Example(_T + "count_distinct(x)", 2),),
    ),
    Aggregate("min", (_EXPR,), first, "The least value.", prefix="min", examples=(Example(_T + "min(x)", 1),)),
    Aggregate("max", (_EXPR,), first, "The greatest value.", prefix="max", examples=(Example(_T + "max(x)", 2),)),
    Aggregate("take_any", (_EXPR,), first, "The value of some row.", aliases=("any",), prefix="", examples=(Example("print x = 7 | summarize take_any(x)", 7),)),
    Aggregate(
        "make_list", (_EXPR, _SIZE), Type.DYNAMIC, "An array of all values that are not null.",
        aliases=("makelist",), prefix="list", default="'[]'::json", nulls=NullRule.NEVER, examples=(Example(_T + "make_list(x)", [1, 2, 2]),),
    ),
    Aggregate(
        "make_set", (_EXPR, _SIZE), Type.DYNAMIC, "An array of the distinct values that are not null.",
        aliases=("makeset",), prefix="set", default="'[]'::json", nulls=NullRule.NEVER, examples=(Example("print x = 7 | summarize make_set(x)", [7]),),
    ),
    Aggregate(
        "make_bag", (_BAG, _SIZE), Type.DYNAMIC, "One bag of all keys; of equal keys one value.",
        aliases=("make_dictionary",), prefix="bag", default="'{}'::json", nulls=NullRule.NEVER,
        examples=(Example('print x = dynamic({"a": 1}) | summarize make_bag(x)', {"a": 1}),),
    ),
)

AGGREGATES: tuple[Aggregate, ...] = (
    *_PLAIN,
    Aggregate(
        "countif", (_PREDICATE,), Type.LONG, "The number of rows for which the predicate is true.",
        prefix="countif", conditional=True, base="count", nulls=NullRule.NEVER, examples=(Example(_T + "countif(x > 1)", 2),),
    ),
    _if("dcountif", "dcount", "As dcount, over the rows for which the predicate is true.", examples=(Example(_T + "dcountif(x, x > 1)", 1),)),
    _if("count_distinctif", "count_distinct", "As count_distinct, over some rows.", examples=(Example(_T + "count_distinctif(x, x > 1)", 1),)),
    _if("minif", "min", "The least value of some rows.", examples=(Example(_T + "minif(x, x > 1)", 2),)),
    _if("maxif", "max", "The greatest value of some rows.", examples=(Example(_T + "maxif(x, x < 2)", 1),)),
    _if("take_anyif", "take_any", "The value of some row for which the predicate is true.", naming=Naming.ARGUMENT, aliases=("anyif",), examples=(Example(_T + "take_anyif(x, x < 2)", 1),)),
    _if("make_list_if", "make_list", "As make_list, over some rows.", prefix="list", examples=(Example(_T + "make_list_if(x, x > 1)", [2, 2]),)),
    _if("make_set_if", "make_set", "As make_set, over some rows.", prefix="set", examples=(Example(_T + "make_set_if(x, x > 1)", [2]),)),
    _if("make_bag_if", "make_bag", "As make_bag, over some rows.", prefix="bag", examples=(Example('print x = dynamic({"a": 1}) | summarize make_bag_if(x, false)', {}),)),
    Aggregate(
        "make_list_with_nulls", (_EXPR,), Type.DYNAMIC, "An array of all values, nulls too.",
        prefix="list", default="'[]'::json", nulls=NullRule.NEVER, examples=(Example(_T + "make_list_with_nulls(x)", [1, 2, 2, None]),),
    ),
    Aggregate(
        "arg_max", (Parameter("maximized"), Parameter("returned", optional=True, repeated=True)), first,
        "The values of the row in which the first argument is greatest.",
        aliases=("argmax",), prefix="", examples=(Example("datatable(k:long, v:string)[1, 'a', 2, 'b'] | summarize arg_max(k, v) | project v", "b"),),
    ),
    Aggregate(
        "arg_min", (Parameter("minimized"), Parameter("returned", optional=True, repeated=True)), first,
        "The values of the row in which the first argument is least.",
        aliases=("argmin",), prefix="", examples=(Example("datatable(k:long, v:string)[1, 'a', 2, 'b'] | summarize arg_min(k, v) | project v", "a"),),
    ),
    Aggregate(
        "binary_all_and", (_BITS,), Type.LONG, "The bits that are set in all values.",
        naming=Naming.ARGUMENT, sql=Sql("BIT_AND(_expr)"), examples=(Example("datatable(x:long)[6, 3] | summarize binary_all_and(x)", 2),),
    ),
    Aggregate(
        "binary_all_or", (_BITS,), Type.LONG, "The bits that are set in some value.",
        naming=Naming.ARGUMENT, sql=Sql("BIT_OR(_expr)"), examples=(Example("datatable(x:long)[4, 2] | summarize binary_all_or(x)", 6),),
    ),
    Aggregate(
        "binary_all_xor", (_BITS,), Type.LONG, "The bits that are set in an odd number of values.",
        naming=Naming.ARGUMENT, sql=Sql("BIT_XOR(_expr)"), examples=(Example("datatable(x:long)[6, 3] | summarize binary_all_xor(x)", 5),),
    ),
    Aggregate("hll", (_EXPR, _ACCURACY), Type.DYNAMIC, "A sketch for dcount.", prefix="hll", refusal=_SKETCH),
    Aggregate("hll_if", (_EXPR, _PREDICATE, _ACCURACY), Type.DYNAMIC, "A sketch for dcountif.", prefix="hll_if", refusal=_SKETCH),
    Aggregate("hll_merge", (_BAG,), Type.DYNAMIC, "Merges sketches of hll.", prefix="hll_merge", refusal=_SKETCH),
    Aggregate("tdigest", (_EXPR, Parameter("weight", NUMERIC, optional=True)), Type.DYNAMIC, "A sketch for percentiles.", prefix="tdigest", refusal=_SKETCH),
    Aggregate("tdigest_merge", (_BAG,), Type.DYNAMIC, "Merges sketches of tdigest.", aliases=("merge_tdigest",), prefix="merge_tdigests", refusal=_SKETCH),
    Aggregate("buildschema", (_BAG,), Type.DYNAMIC, "The schema that all values share.", prefix="schema", refusal="SQL cannot infer a schema from values"),
)
