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
