"""Random pipelines over random rows: DuckDB, PostgreSQL and the reference give the same rows, whatever SELECTs the stages fold into."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st

from tests.properties.expressions import WORDS
from tests.properties.random_rows import rows
from tests.properties.running import ENGINES, examples, in_any_order, rows_on
from tests.properties.stages import START, Pipeline, Tables, pipelines

SMALL = {"R": st.sampled_from([None, -1.5, 0.0, 2.0])}


def tables() -> st.SearchStrategy[Tables]:
    words = st.sampled_from(WORDS)

    def small(found: list[dict[str, object]]) -> list[dict[str, object]]:
        return [{**row, "R": None if row["R"] is None else float(int(row["Id"]) % 3) - 0.5, "D": None} for row in found]  # type: ignore[call-overload]

    side = rows(words, most=5).map(small)
    return st.fixed_dictionaries({"A": side, "Z": side})


def check(pipeline: Pipeline, given_tables: Tables) -> None:
    reference = {
        table: [
            {column: "" if kind == "string" and row[column] is None else row[column] for column, kind in START.items()} for row in found
        ]
        for table, found in given_tables.items()
    }
    wanted = in_any_order(pipeline.rows(reference))
    for engine in ENGINES:
        note(engine)
        found = in_any_order(rows_on(engine, pipeline.kql, given_tables))
        assert found == wanted, f"{engine}: {pipeline.kql}\nfound:  {found}\nwanted: {wanted}"


@given(pipelines(), tables())
@examples(100)
def test_pipeline(pipeline: Pipeline, given_tables: Tables) -> None:
    check(pipeline, given_tables)
