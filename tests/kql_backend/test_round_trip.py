"""KQL to KQL: what is written means what was read, gives the same columns, and is written the same again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given

import ruleconv
from ruleconv import catalogue
from ruleconv.ir.types import ALIASES, Column
from ruleconv.kql.layout import format_query
from ruleconv.schema import Schema, Table, bundled
from ruleconv.text import Source
from tests.kql_backend.meaning import bound, meaning, written
from tests.properties.running import ENGINES, SCHEMA, examples, in_any_order, rows_on
from tests.properties.stages import Pipeline, pipelines
from tests.properties.test_pipelines import tables

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OWN = [line for line in (HERE / "round_trip.kql").read_text(encoding="utf-8").splitlines() if line and not line.startswith("//")]
CONFORMANCE = sorted((ROOT / "tests" / "conformance" / "cases").glob("*.yaml"))
RULES = [*sorted((ROOT / "rules" / "kql").glob("*.kql")), *sorted((ROOT / "tests" / "sql" / "queries").glob("*.kql"))]


def check(text: str, schema: Schema | None = None) -> None:
    before = bound(text, schema)
    again = written(text, schema)
    after = bound(again, schema)
    assert [column.name for column in after.columns] == [column.name for column in before.columns], again
    assert meaning(after) == meaning(before), again
    assert written(again, schema) == again
    assert format_query(Source(again)).rstrip("\n") == again


@pytest.mark.parametrize("text", OWN)
def test_own_queries(text: str) -> None:
    check(text)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_rules(path: Path) -> None:
    check(path.read_text(encoding="utf-8"))


def catalogue_examples() -> Iterator[str]:
    """Each once, though a record stands under its aliases too."""
    for function in dict.fromkeys(record.name for record in catalogue.functions().values()):
        yield from (f"print value = {example.kql}" for example in catalogue.functions()[function].examples)
    for aggregate in dict.fromkeys(record.name for record in catalogue.all_aggregates().values()):
        yield from (example.kql for example in catalogue.all_aggregates()[aggregate].examples)


def test_every_function_of_the_catalogue() -> None:
    found = list(catalogue_examples())
    assert len(found) > 400
    for text in found:
        check(text)


def schema_of(case: dict[str, Any]) -> Schema:
    found = []
    for name, table in case.get("tables", {}).items():
        pairs = (column.split(":") for column in table["columns"].split(","))
        found.append(Table(name, tuple(Column(column.strip(), ALIASES[kind.strip()]) for column, kind in pairs)))
    return bundled().extended(found)


@pytest.mark.parametrize("path", CONFORMANCE, ids=lambda path: path.stem)
def test_conformance_cases(path: Path) -> None:
    for case in yaml.safe_load(path.read_text(encoding="utf-8")):
        check(case["kql"], schema_of(case))


@given(pipelines())
@examples(150)
def test_random_pipelines(pipeline: Pipeline) -> None:
    check(pipeline.kql, SCHEMA)


@given(pipelines(), tables())
@examples(25)
def test_random_pipelines_give_the_same_rows(pipeline: Pipeline, found: dict[str, Any]) -> None:
    again = written(pipeline.kql, SCHEMA)
    for engine in ENGINES:
        assert in_any_order(rows_on(engine, again, found)) == in_any_order(rows_on(engine, pipeline.kql, found)), again


@pytest.mark.parametrize("query", ['Foo_CL\n| where F has "a" or H has "a"', 'Foo_CL\n| project x = bag_pack("F", F, "H", H)'])
def test_columns_of_an_open_table_are_not_every_column(query: str) -> None:
    """``* has "a"`` and ``pack_all()`` would take in columns, too, that the query does not name."""
    assert ruleconv.translate(query, source="kql", to="kql").text == query
