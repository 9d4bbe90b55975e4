"""Each case of correlations.yaml finds its groups: as SQL on both engines, and as KQL that is run back through SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

import ruleconv
from ruleconv import backend, engines
from ruleconv.engines.model import DEFAULT_LIMITS, Result
from ruleconv.engines.model import Table as EngineTable
from ruleconv.ir.types import Column, Type
from ruleconv.schema import Schema, Table
from ruleconv.sigma.bind import bind
from ruleconv.sigma.flat import FlatPlatform
from ruleconv.text import Source

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("correlations.yaml").read_text(encoding="utf-8"))
LOGSOURCE = {"product": "windows", "service": "security"}
TABLE = "windows_security"
BASE: list[dict[str, Any]] = [
    {"name": "fail", "id": "11111111-1111-4111-8111-111111111111", "detection": {"sel": {"EventID": 4625}}},
    {"name": "success", "id": "22222222-2222-4222-8222-222222222222", "detection": {"sel": {"EventID": 4624}}},
    {"name": "lockout", "id": "33333333-3333-4333-8333-333333333333", "detection": {"sel": {"EventID": 4740}}},
    {"name": "any", "id": "44444444-4444-4444-8444-444444444444", "detection": {"sel": {"EventID": "*"}}},
]


def sigma(case: dict[str, Any]) -> str:
    """The file: base rules, correlations that are referred to, the correlation."""
    documents = [{"title": f"base {rule['name']}", "logsource": LOGSOURCE} | rule for rule in BASE]
    for document in documents:
        document["detection"] = document["detection"] | {"condition": "sel"}
    documents += [{"title": each["name"]} | each for each in case.get("before", ())]
    documents.append({"title": case["name"], "correlation": case["correlation"]})
    return yaml.safe_dump_all(documents, sort_keys=False)


def event(text: str) -> dict[str, Any]:
    time, number, *fields = text.split(" ")
    made: dict[str, Any] = {"EventID": int(number)} | dict(map(_field, fields))
    return made if time == "-" else made | {"timestamp": f"2025-01-01T{time}"}


def _field(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    if value.startswith("'"):
        return name, value.strip("'")
    try:
        return name, int(value) if value.isdigit() else float(value)
    except ValueError:
        return name, value


def check(case: dict[str, Any], result: Result) -> None:
    correlation = case["correlation"]
    keys = correlation.get("group-by", [])
    count = len(keys) if isinstance(keys, list) else 1
    rows = sorted((tuple(map(_shown, row)) for row in result.rows), key=repr)
    if "rows" in case:
        assert rows == sorted(map(tuple, case["rows"]), key=repr), result.sql
    else:
        assert [row[:count] for row in rows] == sorted((tuple(map(_shown, key)) for key in case["groups"]), key=repr), result.sql


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        assert value.date() == datetime(2025, 1, 1, tzinfo=UTC).date()
        return value.strftime("%H:%M:%S")
    return "" if value is None else value


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_sql(case: dict[str, Any], engine: str) -> None:
    events = [event(text) for text in case["events"]]
    check(case, ruleconv.run(sigma(case), source="sigma", events=events, engine=engine, time_field="timestamp"))


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_kql(case: dict[str, Any], engine: str) -> None:
    translation = ruleconv.translate(sigma(case), source="sigma", to="kql", platform="generic")
    rows = [{name: str(value) for name, value in event(text).items()} for text in case["events"]]
    names = {name for row in rows for name in row} | {"EventID", "User"}
    columns = (Column("timestamp", Type.DATETIME), *(Column(name, Type.STRING) for name in sorted(names - {"timestamp"})))
    schema = Schema.of([Table(TABLE, columns)])
    kql = translation.text.split(";\n\n")[-1]
    check(case, ruleconv.run(kql, source="kql", engine=engine, tables={TABLE: rows}, schema=schema))


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize("shape", ["json", "text"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_tables_of_a_user(case: dict[str, Any], shape: str, engine: str) -> None:
    """Over one JSON column, and over columns that are all of text but the time."""
    events = [event(text) for text in case["events"]]
    fields = sorted({name for each in events for name in each} - {"timestamp"})
    if shape == "json":
        columns: tuple[Column, ...] = (Column("data", Type.DYNAMIC),)
        rows: list[tuple[object, ...]] = [(_nested(each),) for each in events]
    else:
        columns = (Column("timestamp", Type.DATETIME), *(Column(name, Type.STRING) for name in fields))
        rows = [(_moment(each.get("timestamp")), *(_text(each.get(name)) for name in fields)) for each in events]
    platform = FlatPlatform(Schema.of([]), table="given", json_column="data" if shape == "json" else None)
    query = bind(Source(sigma(case)), platform)[-1].query
    if shape == "text":
        missing = {c.name for c in query_columns(query)} - {c.name for c in columns}
        columns += tuple(Column(name, Type.STRING) for name in sorted(missing))
        rows = [(*row, *(None for _ in missing)) for row in rows]
    sql = backend.find("sql", engine).translate(query).text
    check(case, engines.find(engine).execute(sql, query.columns, [EngineTable("given", columns, rows)], DEFAULT_LIMITS))


def query_columns(query: Any) -> list[Column]:
    from ruleconv.execution import needs

    return [column for need in needs(query) for column in need.columns]


def _nested(given: dict[str, Any]) -> dict[str, Any]:
    """``source.ip`` as an object in an object."""
    made: dict[str, Any] = {}
    for name, value in given.items():
        *path, last = name.split(".")
        at = made
        for step in path:
            at = at.setdefault(step, {})
        at[last] = value
    return made


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
