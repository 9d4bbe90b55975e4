"""The order of rows through stages that make several rows of one, and where its keys are no columns any more (S20)."""

from __future__ import annotations

import pytest

from tests.properties.running import agreed

LISTS = "datatable(a: long, d: dynamic)[1, dynamic([3, 1, 2]), 2, dynamic([6, 4, 5])]"
GROUPS = "datatable(g: string, v: long)['b', 1, 'a', 2, '', 3, 'c', 4]"
LONGER = "extend s = strcat(tostring(v), '-', tostring(v)) | where strlen(s) > 1 or s has 'x' | project s"


@pytest.mark.parametrize(
    ("kql", "lists"),
    [
        (f"{LISTS} | mv-expand d to typeof(long) | summarize make_list(d)", [3, 1, 2, 6, 4, 5]),
        (f"{LISTS} | mv-expand d, e = d to typeof(string) | summarize make_list(e)", ["3", "1", "2", "6", "4", "5"]),
        (f"{LISTS} | mv-expand d to typeof(long) | extend x = d * 2 | where x > 2 | summarize make_list(x)", [6, 4, 12, 8, 10]),
        (f"{LISTS} | sort by a desc | mv-expand d to typeof(long) | summarize make_list(d)", [6, 4, 5, 3, 1, 2]),
        (f"{LISTS} | extend a = 1 | sort by a asc | mv-expand d to typeof(long) | summarize make_list(d)", [3, 1, 2, 6, 4, 5]),
        (f"{LISTS} | sort by a desc | project d | mv-expand d to typeof(long) | summarize make_list(d)", [6, 4, 5, 3, 1, 2]),
        (f"{LISTS} | mv-apply x = d to typeof(long) on (where x != 1) | summarize make_list(x)", [3, 2, 6, 4, 5]),
        (f"{LISTS} | mv-apply x = d to typeof(long) on (project y = x + 1) | summarize make_list(y)", [4, 2, 3, 7, 5, 6]),
        (f"{LISTS} | mv-apply x = d to typeof(long) on (sort by x desc) | summarize make_list(x)", [3, 2, 1, 6, 5, 4]),
        (f"{LISTS} | mv-apply x = d to typeof(long) on (top 2 by x asc | project y = -x) | summarize make_list(y)", [-1, -2, -4, -5]),
        (f"{LISTS} | sort by a desc | mv-apply d to typeof(long) on (summarize s = sum(d)) | summarize make_list(a)", [2, 1]),
        ("print d = dynamic([3, 1, 2]) | mv-apply d to typeof(long) on (where d > 1) | summarize make_list(d)", [3, 2]),
        (f"{GROUPS} | sort by g desc | project v | {LONGER} | summarize make_list(s)", ["4-4", "1-1", "2-2", "3-3"]),
    ],
)
def test_lists_are_made_in_the_order_of_the_rows(kql: str, lists: list[object]) -> None:
    assert agreed(kql) == [(("list", *lists),)]


@pytest.mark.parametrize(
    ("kql", "rows"),
    [
        (f"{LISTS} | sort by a desc | mv-expand d to typeof(long) | project d", [6, 4, 5, 3, 1, 2]),
        (f"{LISTS} | sort by a desc | mv-expand d to typeof(long) | project d | take 4", [6, 4, 5, 3]),
        (f"{LISTS} | sort by a desc | mv-expand d to typeof(long) | project p = prev(d, 1, 0)", [0, 6, 4, 5, 3, 1]),
        (f"{LISTS} | extend g = tostring(a) | sort by g desc | mv-expand d to typeof(long) | project d", [6, 4, 5, 3, 1, 2]),
        (f"{LISTS} | sort by a desc | mv-apply d to typeof(long) on (where d != 1) | project d", [6, 4, 5, 3, 2]),
        (f"{GROUPS} | sort by g desc | project v | {LONGER} | where s !has 'y'", ["4-4", "1-1", "2-2", "3-3"]),
        (f"let t = {GROUPS} | sort by g desc | project v; t | project v", [4, 1, 2, 3]),
    ],
)
def test_rows_come_in_the_order_of_the_sort(kql: str, rows: list[object]) -> None:
    assert agreed(kql, ordered=True) == [(row,) for row in rows]


def test_columns_may_be_named_as_the_elements_are() -> None:
    kql = """datatable(value: dynamic, Value: long, index: long, _row: long, _order1: long)[dynamic([1, 2]), 3, 4, 5, 6]
        | sort by Value + index asc | mv-expand value to typeof(long)
        | mv-expand with_itemindex=Index x = pack_array(_row, index) to typeof(long)
        | summarize make_list(value), make_list(x), make_list(Index), max(_order1)"""
    assert agreed(kql) == [(("list", 1, 1, 2, 2), ("list", 5, 4, 5, 4), ("list", 0, 1, 0, 1), 6)]


def test_distinct_values_beside_a_list_do_not_sort_it() -> None:
    kql = "datatable(n: long)[5, 3, 4, 3] | summarize make_list(n), dcount(n), array_length(make_set(n))"
    assert agreed(kql) == [(("list", 5, 3, 4, 3), 3, 3)]
