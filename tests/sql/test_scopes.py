"""Which column a name means in the SQL: sort keys beside an output column, a function's table as a join's side, CTEs."""

from __future__ import annotations

import pytest

from tests.properties.running import agreed

NUMBERS = "datatable(x: long, c: long)[1, 5, 2, 4, 3, 3]"
TEXTS = "datatable(x: string, c: long)['a', 5, 'b', 4, 'c', 3]"
TIMES = "let T = datatable(t: datetime, k: string, v: long)[datetime(2024-01-01), 'a', 1, datetime(2024-01-02), 'b', 2]"


@pytest.mark.parametrize(
    ("kql", "rows"),
    [
        (f"{NUMBERS} | sort by x asc | extend x = -x | project x", [(-1,), (-2,), (-3,)]),
        (f"{NUMBERS} | top 2 by x asc | extend x = c", [(5, 5), (4, 4)]),
        (f"{NUMBERS} | top 2 by x asc | project c = x, x = c", [(1, 5), (2, 4)]),
        (f"{NUMBERS} | sort by x asc | extend x = -x | project p = prev(c, 1, 0), x", [(0, -1), (5, -2), (4, -3)]),
        (f"{TEXTS} | top 2 by x asc | extend x = c", [(5, 5), (4, 4)]),
        (f"{TEXTS} | sort by strlen(x) asc, x asc | project x = c", [(5,), (4,), (3,)]),
        (f"{NUMBERS} | join kind=inner (range x from 1 to 2 step 1) on x | sort by x asc | project x = -c", [(-5,), (-4,)]),
        ("range x from 1 to 3 step 1 | sort by x desc | extend x = -x | take 2", [(-3,), (-2,)]),
        ("datatable(X: long, x: string)[1, 'b', 2, 'a'] | sort by X asc | extend x = strcat(x, '!')", [(1, "b!"), (2, "a!")]),
    ],
)
def test_rows_are_sorted_by_the_column_that_was_there(kql: str, rows: list[tuple[object, ...]]) -> None:
    assert agreed(kql, ordered=True) == rows


@pytest.mark.parametrize(
    ("kql", "rows"),
    [
        ("range x from 1 to 3 step 1 | join kind=leftanti (range x from 2 to 5 step 1) on x", [(1,)]),
        ("let R = range x from 1 to 2 step 1; R | join kind=inner (range x from 2 to 3 step 1) on x", [(2, 2)]),
        ("range t from datetime(2024-01-01) to datetime(2024-01-02) step 1d | lookup kind=inner (print"
         " t = datetime(2024-01-02), n = 1) on t | project n", [(1,)]),
        ("range x from 1 to 2 step 1 | join kind=fullouter (range y from 2 to 3 step 1) on $left.x == $right.y | count", [(3,)]),
    ],
)  # fmt: skip
def test_a_range_is_a_side_of_a_join(kql: str, rows: list[tuple[object, ...]]) -> None:
    assert agreed(kql) == rows


@pytest.mark.parametrize(
    ("kql", "rows"),
    [
        ("T | make-series s = sum(v) on t from datetime(2024-01-01) to datetime(2024-01-03) step 1d | project s", [(("list", 1, 2),)]),
        ("T | where v < toscalar(T | summarize sum(v)) | top-nested of k by sum(v) | project k", [("a",), ("b",)]),
        ("T | union T | top-nested 1 of k by sum(v), top-nested 1 of v by count() | project k, v", [("b", 2)]),
        ("T | sort by t asc | scan with_match_id = m declare (n: long = 0) with (step a: true => n = a.n + v; step b: v > 5;)"
         " | project n, m",
         [(1, 0), (3, 0)]),
    ],
)  # fmt: skip
def test_stages_with_ctes_of_their_own_beside_a_let(kql: str, rows: list[tuple[object, ...]]) -> None:
    assert agreed(f"{TIMES}; {kql}") == rows
