"""``ruleconv.run``: which tables a query gets, what the clock says, and which error is raised where."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import ruleconv
from ruleconv.execution import clock
from ruleconv.ir.types import Type

both = pytest.mark.parametrize("engine", ["duckdb", "postgres"])
SIGNIN = {"UserPrincipalName": "a@b.c", "LocationDetails": '{"city": "X"}', "TimeGenerated": "2024-01-01T00:00:00Z", "Extra": 1}


@both
def test_rows_of_a_known_table(engine: str) -> None:
    kql = "SigninLogs | project UserPrincipalName, Location, city = tostring(LocationDetails.city), TimeGenerated, Extra"
    result = ruleconv.run(kql, engine=engine, tables={"SigninLogs": [SIGNIN]})
    assert [column.name for column in result.columns] == ["UserPrincipalName", "Location", "city", "TimeGenerated", "Extra"]
    assert result.rows == [("a@b.c", "", "X", datetime(2024, 1, 1, tzinfo=UTC), 1)]
    assert result.dicts()[0]["city"] == "X"


@both
def test_rows_of_a_table_that_the_schema_lacks(engine: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.ndjson"
    path.write_text(json.dumps({"n": 1, "s": "x", "d": {"a": [1]}}) + "\n")
    result = ruleconv.run("Mine_CL | where s == 'x' | project n, d", engine=engine, tables={"Mine_CL": path})
    assert [(column.name, column.type) for column in result.columns] == [("n", Type.LONG), ("d", Type.DYNAMIC)]
    assert result.rows == [(1, {"a": [1]})]
    with pytest.raises(ruleconv.SchemaError, match="nope"):
        ruleconv.run("Mine_CL | project nope", engine=engine, tables={"Mine_CL": path})


@both
@pytest.mark.parametrize("kql", ["SigninLogs", "Mine_CL | where s == 'x' | project s, n", "Mine_CL", "union SigninLogs, AuditLogs"])
def test_empty_tables(engine: str, kql: str) -> None:
    assert ruleconv.run(kql, engine=engine, tables="empty").rows == []


@both
def test_a_table_without_columns_keeps_its_rows(engine: str) -> None:
    assert ruleconv.run("Mine_CL | where x == 1", engine=engine, tables={"Mine_CL": [{"x": 1}]}).rows == [(1,)]


@both
def test_a_table_without_rows_is_named_with_its_place(engine: str) -> None:
    with pytest.raises(ruleconv.UsageError, match="no rows for the table AuditLogs") as caught:
        ruleconv.run("SigninLogs\n| union AuditLogs", engine=engine, tables={"SigninLogs": []}, filename="x.kql")
    assert caught.value.place == "x.kql:2:9"


@both
def test_external_data_comes_as_a_table(engine: str) -> None:
    kql = "let x = externaldata(a: string, b: long) ['https://example.org/x.csv']; x | where b > 1"
    with pytest.raises(ruleconv.Unsupported, match="externaldata without rows for the table x"):
        ruleconv.run(kql, engine=engine)
    assert ruleconv.run(kql, engine=engine, tables={"x": [{"a": 5, "b": "2"}]}).rows == [("5", 2)]


def test_the_same_rows_in_the_same_order_every_time() -> None:
    """Of groups with as many rows each, DuckDB shows those it saw first; with several threads it would be others from run to run."""
    kql = "datatable(k: string)['x', 'x', 'y', 'z', 'w'] | summarize n = count(), take_any(k) by k | top 2 by n"
    assert {tuple(ruleconv.run(kql, engine="duckdb").rows) for _ in range(60)} == {(("x", 2, "x"), ("y", 1, "y"))}


def test_tables_that_differ_in_case() -> None:
    tables = {"T": [{"a": 1}], "t": [{"a": 1}]}
    assert ruleconv.run("T | join t on a", engine="postgres", tables=tables).rows == [(1, 1)]
    with pytest.raises(ruleconv.Unsupported, match="differ"):
        ruleconv.run("T | join t on a", engine="duckdb", tables=tables)


def test_clock() -> None:
    assert clock(None) is None
    assert clock("0001-01-01") == 0
    assert clock(datetime(1, 1, 2, tzinfo=UTC)) == 864_000_000_000
    assert clock("2024-01-01T02:00:00+02:00") == clock(datetime(2024, 1, 1)) == 638_396_640_000_000_000  # noqa: DTZ001
    with pytest.raises(ruleconv.UsageError, match="ISO 8601"):
        clock("yesterday")


@both
def test_the_clock_stands(engine: str) -> None:
    result = ruleconv.run("print a = now(), b = ago(1d)", engine=engine, now="2024-01-02T00:00:00.5Z")
    moment = datetime(2024, 1, 2, 0, 0, 0, 500_000, tzinfo=UTC)
    assert result.rows == [(moment, moment - timedelta(days=1))]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"tables": "full"}, "neither"),
        ({"engine": "sqlite"}, "unknown engine"),
        ({"time_field": "t"}, "time_field"),
        ({"dsn": "host=x"}, "dsn"),
        ({"tables": {"T": "nope.csv"}}, "nope.csv"),
    ],
)
def test_arguments_that_make_no_sense(options: dict[str, object], says: str) -> None:
    with pytest.raises(ruleconv.UsageError, match=says):
        ruleconv.run("print 1", **options)  # type: ignore[arg-type]


def test_a_broken_query_is_a_parse_error() -> None:
    with pytest.raises(ruleconv.ParseError):
        ruleconv.run("print (")
