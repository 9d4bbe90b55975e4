"""Random predicates over random rows: DuckDB, PostgreSQL and the reference give the same rows and the same values."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st

from tests.properties.predicates import Predicate, predicates
from tests.properties.random_rows import rows, texts
from tests.properties.running import ENGINES, Row, examples, rows_on


@st.composite
def cases(draw: st.DrawFn, count: int) -> tuple[list[dict[str, object]], list[Predicate]]:
    """Rows and predicates whose patterns are often parts of the rows' own words."""
    words = draw(st.lists(texts, min_size=1, max_size=3))

    def part(word: str) -> st.SearchStrategy[str]:
        ends = st.tuples(st.integers(0, len(word)), st.integers(0, len(word)))
        return st.tuples(ends, st.sampled_from([str, str.lower, str.upper])).map(
            lambda t: piece if len(piece := t[1](word[min(t[0]) : max(t[0])])) == max(t[0]) - min(t[0]) else word
        )

    patterns = st.sampled_from(words).flatmap(part) | texts
    found = draw(rows(st.sampled_from(words) | patterns, least=1))
    return found, [draw(predicates(patterns)) for _ in range(count)]


def kept(engine: str, kql: str, table: list[dict[str, object]]) -> list[object]:
    return sorted(row[0] for row in rows_on(engine, kql, {"A": table}))  # type: ignore[type-var]


def where(table: list[Row], *tests: Predicate) -> list[object]:
    return [row["Id"] for row in table if all(test.of(row) is True for test in tests)]


@given(cases(1))
@examples(60)
def test_where(case: tuple[list[dict[str, object]], list[Predicate]]) -> None:
    table, (test,) = case
    for engine in ENGINES:
        note(engine)
        assert kept(engine, f"A | where {test.kql} | project Id", table) == where(list(table), test)


@given(cases(3))
@examples(30)
def test_where_after_where(case: tuple[list[dict[str, object]], list[Predicate]]) -> None:
    """What one filter has tested is taken as known by the next."""
    table, (first, second, third) = case
    for engine in ENGINES:
        note(engine)
        kql = f"A | where {first.kql} | where {second.kql} and {third.kql} | project Id"
        assert kept(engine, kql, table) == where(list(table), first, second, third)


@given(cases(2))
@examples(50)
def test_value(case: tuple[list[dict[str, object]], list[Predicate]]) -> None:
    """As a column of three values, and as what a later filter, an iff() and a countif() ask for."""
    table, (test, other) = case
    for engine in ENGINES:
        note(engine)
        kql = f"A | extend p = {test.kql}, q = iff({other.kql}, 1, 0) | project Id, p, q"
        shown = {True: "true", False: "false", None: None}
        assert sorted(rows_on(engine, kql, {"A": table}), key=repr) == sorted(
            [(row["Id"], shown[test.of(row)], int(other.of(row) is True)) for row in table], key=repr
        )
        kql = f"A | extend p = {test.kql}, q = {other.kql} | where p or not(q) | project Id"
        wanted = [row["Id"] for row in table if test.of(row) is True or other.of(row) is False]
        assert kept(engine, kql, table) == wanted
        kql = f"A | summarize countif({test.kql}), countif(not({other.kql}))"
        answers = [(test.of(row), other.of(row)) for row in table]
        assert rows_on(engine, kql, {"A": table}) == [(sum(a is True for a, _ in answers), sum(b is False for _, b in answers))]
