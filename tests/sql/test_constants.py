"""Constants where SQL wants columns: in aggregates inside other functions, in the order of an aggregate, in a union's legs."""

from __future__ import annotations

import pytest

from tests.properties.running import agreed

TWO = "datatable(n: long)[1, 2]"
NONE = "datatable(n: long)[]"


@pytest.mark.parametrize(
    ("kql", "row"),
    [
        (f"{TWO} | summarize array_sort_asc(make_list(7)), array_length(make_list('x'))", (("list", 7, 7), 2)),
        (f"{NONE} | summarize array_sort_asc(make_list(7)), array_length(make_list('x'))", (("list",), 0)),
        (f"{TWO} | summarize array_concat(make_list(0), make_list(n))", (("list", 0, 0, 1, 2),)),
        (f"{TWO} | extend d = 'x' | summarize strcat_array(make_list(d), '-'), array_length(make_set(d))", ("x-x", 1)),
        (f"{NONE} | extend d = 'x' | summarize strcat_array(make_list(d), '-'), array_length(make_set(d))", ("", 0)),
        (f"{TWO} | project d = 5 | summarize strcat_array(make_list(d), '-'), array_sort_desc(make_list(d))", ("5-5", ("list", 5, 5))),
        (f"{TWO} | extend d = now() | summarize array_length(array_sort_asc(make_list(d)))", (2,)),
        ("print s = 'x', n = 3 | summarize arg_max(s, s), arg_min(n, s), array_sort_asc(make_set(n))", ("x", "x", 3, "x", ("list", 3))),
        (f"{TWO} | summarize make_list('x') by n = 0 | extend z = strcat_array(list_, '-')", (0, ("list", "x", "x"), "x-x")),
        (
            f"{TWO} | summarize take_any('x'), arg_max(n, 'y'), make_set('z'), make_list_if('w', n > 1)",
            ("x", 2, "y", ("list", "z"), ("list", "w")),
        ),
        ("print n = 3 | extend m = n + 1 | summarize strcat_array(make_list(m), '-') by bin(n, 2)", (2, "4")),
    ],
)
def test_aggregates_of_constants(kql: str, row: tuple[object, ...]) -> None:
    assert agreed(kql) == [row]


def test_elements_beside_columns_that_have_the_names_of_our_lambdas() -> None:
    kql = "datatable(e: dynamic, key: string, value: long)[dynamic({'k': 1}), 'x', 2]"
    assert agreed(f"{kql} | mv-expand e") == [(("bag", ("k", 1)), "x", 2)]
    assert agreed(f"{kql} | mv-expand kind=array e") == [(("list", "k", 1), "x", 2)]


def test_a_union_of_legs_without_a_common_column() -> None:
    legs = "datatable(b: string, h: dynamic)['x', dynamic([1, 2])] | mv-expand h to typeof(long) | union kind=inner (datatable(e: long)[3])"
    assert agreed(f"{legs} | count") == [(3,)]
    assert agreed(legs) == [(), (), ()]


@pytest.mark.parametrize(
    ("kql", "row"),
    [
        ("datatable(d: decimal)[decimal(1.5), decimal(2)] | summarize n = max(d) * 2, m = sum(d), count()", (4.0, 3.5, 2)),
        ("datatable(d: decimal)[decimal(1.5), decimal(2)] | summarize n = max(d) by k = 1 | where n * 2 > 3 | project n * 2", (4.0,)),
        (
            "datatable(s: string)['a%20b'] | summarize u = url_decode(max(s)), c = count() by k = strlen(s) | extend v = url_decode(u)",
            (5, "a b", 1, "a b"),
        ),
        ("datatable(s: string)['YWI='] | summarize base64_decode_tostring(take_any(s)), max(base64_decode_tostring(s))", ("ab", "ab")),
        ("datatable(y: int)[] | summarize d = make_datetime(max(y), 1, 1), count() | project isnull(d), count_", ("true", 0)),
    ],
)
def test_aggregates_where_duckdb_takes_none(kql: str, row: tuple[object, ...]) -> None:
    assert agreed(kql) == [row]
