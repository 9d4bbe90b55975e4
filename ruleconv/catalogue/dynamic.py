"""Functions over dynamic values: arrays, bags and sets.

Source: https://learn.microsoft.com/kusto/query/scalar-functions (dynamic and array functions). A value that is not an array (a
bag), where one is asked for, gives null. The SQL of those with many or with typed arguments: ``sql/functions/dynamic.py``.
"""

from __future__ import annotations

from ruleconv.catalogue.model import Example, Function, Naming, NullRule, Parameter, Sql
from ruleconv.catalogue.parameters import anything, dynamic, number, optional, repeated, text, whole
from ruleconv.ir.types import Type

_ARRAY = dynamic("array")
_BAG = dynamic("bag")


def _array(postgres: str, duckdb: str) -> Sql:
    """Templates that see an array in ``_array``."""
    return Sql(
        postgres=f"CASE WHEN JSONB_TYPEOF(_array) = 'array' THEN {postgres} END",
        duckdb=f"CASE WHEN JSON_TYPE(_array) = 'ARRAY' THEN {duckdb} END",
    )


def _bag(postgres: str, duckdb: str) -> Sql:
    """Templates that see a bag in ``_bag``."""
    return Sql(
        postgres=f"CASE WHEN JSONB_TYPEOF(_bag) = 'object' THEN {postgres} END",
        duckdb=f"CASE WHEN JSON_TYPE(_bag) = 'OBJECT' THEN {duckdb} END",
    )


_LIST = "JSON_EXTRACT(_array, '$[*]')"
_MAP = "CAST(_bag AS MAP(TEXT, JSON))"
_EACH = "FROM JSONB_ARRAY_ELEMENTS(_array) WITH ORDINALITY AS e(x, i)"


def _filled(guard: str, element: str) -> str:
    return element if guard == "TRUE" else f"CASE WHEN {guard} THEN {element} ELSE _default END"


def _by_index(index: str, guard: str = "TRUE") -> Sql:
    """The array whose element ``i`` (from 0) stands at ``index`` of the old one, where ``guard`` holds; of ``n`` elements."""
    at_postgres, at_duckdb = (index.replace("{n}", n) for n in ("JSONB_ARRAY_LENGTH(_array)", "CAST(JSON_ARRAY_LENGTH(_array) AS BIGINT)"))
    ok_postgres, ok_duckdb = (guard.replace("{n}", n) for n in ("JSONB_ARRAY_LENGTH(_array)", "CAST(JSON_ARRAY_LENGTH(_array) AS BIGINT)"))
    return _array(
        "COALESCE((SELECT JSONB_AGG(" + _filled(ok_postgres, f"JSONB_ARRAY_ELEMENT(_array, CAST({at_postgres} AS INT))") + " ORDER BY g.i) "
        "FROM GENERATE_SERIES(0, JSONB_ARRAY_LENGTH(_array) - 1) AS g(i)), '[]'::jsonb)",
        "COALESCE((SELECT TO_JSON(LIST(" + _filled(ok_duckdb, f"JSON_EXTRACT(_array, '$[*]')[1 + {at_duckdb}]") + " ORDER BY g.i)) "
        "FROM GENERATE_SERIES(0, CAST(JSON_ARRAY_LENGTH(_array) AS BIGINT) - 1) AS g(i)), '[]'::json)",
    )


def _dynamic(
    name: str, parameters: tuple[Parameter, ...], doc: str, sql: Sql | None = None, *examples: Example, **more: object
) -> Function:
    return Function(name, parameters, Type.DYNAMIC, doc, nulls=NullRule.SOMETIMES, sql=sql, examples=examples, **more)  # type: ignore[arg-type]


FUNCTIONS: tuple[Function, ...] = (
    Function(
        "array_length",
        (_ARRAY,),
        Type.LONG,
        "The number of elements.",
        nulls=NullRule.SOMETIMES,
        aliases=("arraylength",),
        sql=_array("JSONB_ARRAY_LENGTH(_array)", "CAST(JSON_ARRAY_LENGTH(_array) AS BIGINT)"),
        examples=(Example("array_length(dynamic([1, 2, 3]))", 3), Example("array_length(dynamic(7))", None)),
    ),
    Function(
        "array_sum",
        (_ARRAY,),
        Type.REAL,
        "The sum of the elements; null when one is no number.",
        nulls=NullRule.SOMETIMES,
        sql=_array(
            "(SELECT CASE WHEN BOOL_AND(JSONB_TYPEOF(e.x) IN ('number', 'null')) "
            "THEN CAST(SUM(CASE WHEN JSONB_TYPEOF(e.x) = 'number' THEN CAST(e.x AS DECIMAL) END) "
            f"AS DOUBLE PRECISION) END {_EACH})",
            "(SELECT CASE WHEN BOOL_AND(e.x IS NULL OR e.x = 'null' OR TRY_CAST(e.x AS DOUBLE) IS NOT NULL) "
            f"THEN SUM(TRY_CAST(e.x AS DOUBLE)) END FROM (SELECT UNNEST({_LIST}) AS x) AS e)",
        ),
        examples=(Example("array_sum(dynamic([1, 2, 3.5]))", 6.5),),
    ),
    Function(
        "array_index_of",
        (_ARRAY, anything("value"), optional(number("start")), optional(number("length")), optional(number("occurrence"))),
        Type.LONG,
        "The index (from 0) of the first element that equals the value; -1 when there is none.",
        nulls=NullRule.SOMETIMES,
        examples=tuple(
            Example(f'array_index_of(dynamic(["this", "is", "an", "example", "an", "example"]), {arguments})', value)
            for arguments, value in (
                ('"an"', 2),
                ('"example", 1, 3', 3),
                ('"example", 1, 2', -1),
                ('"is", 2, 4', -1),
                ('"example", 2, -1', 3),
                ('"an", 1, -1, 2', 4),
                ('"an", 1, -1, 3', -1),
                ('"an", -3', 4),
                ('"is", -4', -1),
            )
        ),
    ),
    Function(
        "strcat_array",
        (_ARRAY, text("delimiter")),
        Type.STRING,
        "The elements' texts, joined.",
        nulls=NullRule.SOMETIMES,
        aliases=("array_strcat",),
        sql=_array(
            "(SELECT STRING_AGG(COALESCE(e.x, ''), _delimiter ORDER BY e.i) "
            "FROM JSONB_ARRAY_ELEMENTS_TEXT(_array) WITH ORDINALITY AS e(x, i))",
            "ARRAY_TO_STRING(LIST_TRANSFORM(JSON_EXTRACT_STRING(_array, '$[*]'), LAMBDA e : COALESCE(e, '')), _delimiter)",
        ),
        examples=(Example('strcat_array(dynamic([1, 2, 3]), "->")', "1->2->3"),),
    ),
    _dynamic(
        "array_reverse",
        (_ARRAY,),
        "The elements from the last to the first.",
        _array(f"COALESCE((SELECT JSONB_AGG(e.x ORDER BY e.i DESC) {_EACH}), '[]'::jsonb)", f"TO_JSON(LIST_REVERSE({_LIST}))"),
        Example("array_reverse(dynamic([1, 2]))", [2, 1]),
    ),
    _dynamic(
        "array_rotate_left",
        (_ARRAY, whole("rotate_count")),
        "The elements, moved around to the left.",
        _by_index("(((g.i + _rotate_count) % {n} + {n}) % {n})"),
        Example("array_rotate_left(dynamic([1, 2, 3, 4, 5]), 2)", [3, 4, 5, 1, 2]),
    ),
    _dynamic(
        "array_rotate_right",
        (_ARRAY, whole("rotate_count")),
        "The elements, moved around to the right.",
        _by_index("(((g.i - _rotate_count) % {n} + {n}) % {n})"),
        Example("array_rotate_right(dynamic([1, 2, 3, 4, 5]), 2)", [4, 5, 1, 2, 3]),
    ),
    _dynamic(
        "array_shift_left",
        (_ARRAY, whole("shift_count"), optional(anything("default"))),
        "The elements, moved to the left; what is free is filled.",
        _by_index("(g.i + _shift_count)", "g.i + _shift_count BETWEEN 0 AND {n} - 1"),
        Example("array_shift_left(dynamic([1, 2, 3, 4, 5]), 2, -1)", [3, 4, 5, -1, -1]),
    ),
    _dynamic(
        "array_shift_right",
        (_ARRAY, whole("shift_count"), optional(anything("default"))),
        "The elements, moved to the right; what is free is filled.",
        _by_index("(g.i - _shift_count)", "g.i - _shift_count BETWEEN 0 AND {n} - 1"),
        Example("array_shift_right(dynamic([1, 2, 3, 4, 5]), 2, -1)", [-1, -1, 1, 2, 3]),
    ),
    _dynamic(
        "array_slice",
        (_ARRAY, whole("start"), whole("end")),
        "The elements from one index to another, both included; negative: from the end.",
        None,
        Example("array_slice(dynamic([1, 2, 3, 4, 5]), 1, 2)", [2, 3]),
        Example("array_slice(dynamic([1, 2, 3, 4, 5]), -3, -2)", [3, 4]),
    ),
    _dynamic(
        "array_split",
        (_ARRAY, anything("index")),
        "The array, cut before each of the (constant) indices.",
        None,
        Example("array_split(dynamic([1, 2, 3, 4, 5]), 2)", [[1, 2], [3, 4, 5]]),
        Example("array_split(dynamic([1, 2, 3, 4, 5]), dynamic([1, 3]))", [[1], [2, 3], [4, 5]]),
    ),
    _dynamic(
        "array_concat",
        (repeated(_ARRAY),),
        "The elements of all arrays.",
        None,
        Example("array_concat(dynamic([1]), dynamic([2, 3]))", [1, 2, 3]),
    ),
    _dynamic(
        "array_iff",
        (dynamic("condition_array"), anything("when_true"), anything("when_false")),
        "Element by element: one value or the other.",
        None,
        Example("array_iff(dynamic([true, false]), dynamic([1, 2]), dynamic([5, 6]))", [1, 6]),
        aliases=("array_iif",),
    ),
    _dynamic(
        "array_sort_asc",
        (repeated(Parameter("array", (Type.DYNAMIC, Type.BOOL))),),
        "The elements in ascending order, nulls last (first, with `false` as the last argument).",
        None,
        Example('array_sort_asc(dynamic([null,"blue","yellow","green",null]))', ["blue", "green", "yellow", None, None]),
        Example('array_sort_asc(dynamic([null,"blue","yellow","green",null]), false)', [None, None, "blue", "green", "yellow"]),
        Example("array_sort_asc(dynamic([10, 9, 100.5]))", [9, 10, 100.5]),
    ),
    _dynamic(
        "array_sort_desc",
        (repeated(Parameter("array", (Type.DYNAMIC, Type.BOOL))),),
        "The elements in descending order, nulls last (first, with `false` as the last argument).",
        None,
        Example('array_sort_desc(dynamic([null,"blue","yellow","green",null]), false)', [None, None, "yellow", "green", "blue"]),
        Example("array_sort_desc(dynamic([3, 1, 2]))", [3, 2, 1]),
    ),
    _dynamic("pack_array", (repeated(anything("value")),), "An array of the values.", None, Example('pack_array(1, "a")', [1, "a"])),
    _dynamic(
        "bag_pack",
        (repeated(anything("value")),),
        "A bag of keys and values by turns.",
        None,
        Example('bag_pack("a", 1, "b", "x")', {"a": 1, "b": "x"}),
        aliases=("pack", "pack_dictionary"),
    ),
    _dynamic("pack_all", (optional(anything("ignore_null_empty")),), "A bag of all columns."),
    _dynamic("bag_pack_columns", (repeated(anything("value")),), "A bag of the named columns."),
    _dynamic(
        "bag_keys",
        (_BAG,),
        "The keys of a bag.",
        _bag("COALESCE((SELECT JSONB_AGG(k.key) FROM JSONB_OBJECT_KEYS(_bag) AS k(key)), '[]'::jsonb)", "TO_JSON(JSON_KEYS(_bag))"),
        Example('bag_keys(dynamic({"a": 1}))', ["a"]),
    ),
    Function(
        "bag_has_key",
        (_BAG, text("key")),
        Type.BOOL,
        "Whether the bag has the key.",
        nulls=NullRule.SOMETIMES,
        sql=_bag("JSONB_EXISTS(_bag, _key)", "LIST_CONTAINS(JSON_KEYS(_bag), _key)"),
        examples=(Example('bag_has_key(dynamic({"a": 1}), "a")', True), Example('bag_has_key(dynamic({"a": {"b": 1}}), "$.a.b")', True)),
    ),
    _dynamic(
        "bag_remove_keys",
        (_BAG, dynamic("keys")),
        "The bag without these keys.",
        _bag(
            "_bag - ARRAY(SELECT k.x FROM JSONB_ARRAY_ELEMENTS_TEXT(CASE JSONB_TYPEOF(_keys) WHEN 'array' THEN _keys END) AS k(x))",
            f"TO_JSON(MAP_FROM_ENTRIES(LIST_FILTER(MAP_ENTRIES({_MAP}), "
            "LAMBDA e : NOT LIST_CONTAINS(JSON_EXTRACT_STRING(_keys, '$[*]'), e.key))))",
        ),
        Example('bag_remove_keys(dynamic({"a": 1, "b": 2}), dynamic(["a"]))', {"b": 2}),
        Example(
            "bag_remove_keys(dynamic({'key1': 123, 'key2': {'prop1': 'abc', 'prop2': 'xyz'}, 'key3': [100, 200]}), "
            "dynamic(['$.key2.prop1', 'key3']))",
            {"key1": 123, "key2": {"prop2": "xyz"}},
        ),
    ),
    _dynamic(
        "bag_set_key",
        (_BAG, text("key"), anything("value")),
        "The bag with this key set.",
        None,
        Example('bag_set_key(dynamic({"a": 1}), "b", 2)', {"a": 1, "b": 2}),
        Example(
            "bag_set_key(dynamic({'key1': 123, 'key2': {'prop1': 123, 'prop2': 'xyz'}}), '$.key2.prop1', 'abc')",
            {"key1": 123, "key2": {"prop1": "abc", "prop2": "xyz"}},
        ),
        Example("bag_set_key(dynamic({'key1': 123}), '$.key2.prop1', 'abc')", {"key1": 123, "key2": {"prop1": "abc"}}),
    ),
    Function(
        "bag_merge",
        (repeated(_BAG),),
        Type.DYNAMIC,
        "One bag of all keys; of equal keys the first bag's. What is no bag counts as an empty one.",
        nulls=NullRule.NEVER,
        examples=(
            Example('bag_merge(dynamic({"a": 1}), dynamic({"a": 2, "b": 3}))', {"a": 1, "b": 3}),
            Example('bag_merge(dynamic({"a": 1}), dynamic(null))', {"a": 1}),
        ),
    ),
    _dynamic(
        "bag_zip",
        (dynamic("keys"), dynamic("values")),
        "A bag of an array of keys and one of values; keys that are no strings are left out, of equal ones the last counts.",
        Sql(
            postgres="CASE WHEN JSONB_TYPEOF(_keys) = 'array' AND JSONB_TYPEOF(_values) = 'array' THEN "
            "(SELECT COALESCE(JSONB_OBJECT_AGG(e.x #>> '{}', JSONB_ARRAY_ELEMENT(_values, CAST(e.i - 1 AS INT)) ORDER BY e.i), "
            "'{}'::jsonb) "
            "FROM JSONB_ARRAY_ELEMENTS(_keys) WITH ORDINALITY AS e(x, i) WHERE JSONB_TYPEOF(e.x) = 'string') END",
            duckdb="CASE WHEN JSON_TYPE(_keys) = 'ARRAY' AND JSON_TYPE(_values) = 'ARRAY' THEN TO_JSON(MAP_FROM_ENTRIES(LIST_TRANSFORM("
            "LIST_FILTER(RANGE(1, LEN(JSON_EXTRACT(_keys, '$[*]')) + 1), LAMBDA i : JSON_TYPE(JSON_EXTRACT(_keys, '$[*]')[i]) = 'VARCHAR' "
            "AND NOT LIST_CONTAINS(LIST_SLICE(JSON_EXTRACT(_keys, '$[*]'), i + 1, -1), JSON_EXTRACT(_keys, '$[*]')[i])), "
            "LAMBDA i : {'key': JSON_EXTRACT_STRING(_keys, '$[*]')[i], 'value': JSON_EXTRACT(_values, '$[*]')[i]}))) END",
        ),
        Example('bag_zip(dynamic(["a", "b"]), dynamic([1, 2]))', {"a": 1, "b": 2}),
        Example('bag_zip(dynamic(["a", 5, "b"]), dynamic([1, 2]))', {"a": 1, "b": None}),
    ),
    Function(
        "set_has_element",
        (_ARRAY, anything("value")),
        Type.BOOL,
        "Whether the array has the value.",
        nulls=NullRule.SOMETIMES,
        examples=(Example('set_has_element(dynamic(["a", "b"]), "b")', True),),
    ),
    _dynamic(
        "set_union",
        (repeated(_ARRAY),),
        "The distinct elements of all arrays.",
        None,
        Example("set_union(dynamic([1]), dynamic([1]))", [1]),
    ),
    _dynamic(
        "set_intersect",
        (repeated(_ARRAY),),
        "The distinct elements that all arrays have.",
        None,
        Example("set_intersect(dynamic([1, 2]), dynamic([2, 3]))", [2]),
    ),
    _dynamic(
        "set_difference",
        (repeated(_ARRAY),),
        "The distinct elements of the first array that no other has.",
        None,
        Example("set_difference(dynamic([1, 2]), dynamic([2, 3]))", [1]),
    ),
    Function(
        "set_equals",
        (dynamic("set1"), dynamic("set2")),
        Type.BOOL,
        "Whether two arrays have the same distinct elements.",
        nulls=NullRule.SOMETIMES,
        examples=(Example("set_equals(dynamic([1, 2]), dynamic([2, 1, 1]))", True),),
    ),
    _dynamic(
        "jaccard_index",
        (dynamic("set1"), dynamic("set2")),
        "The size of the intersection by that of the union.",
        None,
        Example("jaccard_index(dynamic([1,1,2,2,3,3]), dynamic([1,2,3,4,4]))", 0.75),
    ),
    _dynamic(
        "zip",
        (repeated(_ARRAY),),
        "An array of arrays: the first elements, the second ones ...",
        None,
        Example("zip(dynamic([1, 3]), dynamic([2, 4]))", [[1, 2], [3, 4]]),
    ),
    _dynamic(
        "repeat",
        (anything("value"), whole("count")),
        "An array of the value, many times.",
        None,
        Example("repeat(1, 3)", [1, 1, 1]),
        naming=Naming.PREFIX,
        prefix="repeat",
    ),
    _dynamic(
        "range",
        (anything("start"), anything("stop"), optional(anything("step"))),
        "An array from start to stop (included), step by step.",
        None,
        Example("range(1, 8, 3)", [1, 4, 7]),
    ),
    Function(
        "dynamic_to_json",
        (anything("value"),),
        Type.STRING,
        "The value as JSON text.",
        nulls=NullRule.SOMETIMES,
        examples=(Example("dynamic_to_json(dynamic([1,2]))", "[1,2]"),),
    ),
    _dynamic(
        "treepath",
        (_BAG,),
        "The paths of all leaves.",
        naming=Naming.PREFIX,
        prefix="tree",
        refusal="SQL has no such function; name the paths",
    ),
)
