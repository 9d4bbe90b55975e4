"""What the property tests share: how many examples, the table of random rows, and a query's rows on both engines."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from hypothesis import HealthCheck, settings

import ruleconv
from ruleconv.ir.types import Column, Type
from ruleconv.schema import Schema, Table

Row = Mapping[str, object]
Test = TypeVar("Test", bound=Callable[..., object])

ENGINES = ("duckdb", "postgres")
COLUMNS = (
    Column("Id", Type.LONG),
    Column("S", Type.STRING),
    Column("U", Type.STRING),
    Column("N", Type.LONG),
    Column("M", Type.LONG),
    Column("R", Type.REAL),
    Column("T", Type.DATETIME),
    Column("B", Type.BOOL),
    Column("D", Type.DYNAMIC),
)
SCHEMA = Schema.of([Table("A", COLUMNS), Table("Z", COLUMNS)])
FACTOR = int(os.environ.get("RULECONV_EXAMPLES", "0"))
"""Times as many examples, random ones, for a hunt: RULECONV_EXAMPLES=50 pytest tests/properties. CI takes the same few each time."""


def examples(count: int) -> Callable[[Test], Test]:
    return settings(
        max_examples=count * (FACTOR or 1),
        derandomize=not FACTOR,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )


def rows_on(engine: str, kql: str, tables: Mapping[str, Sequence[Row]] | None = None) -> list[tuple[object, ...]]:
    """The rows of the query; every column of ``COLUMNS`` that a given row lacks is null."""
    given = {name: list(rows) for name, rows in tables.items()} if tables else None
    return [tuple(map(plain, row)) for row in ruleconv.run(kql, source="kql", engine=engine, tables=given, schema=SCHEMA).rows]


def plain(value: object) -> object:
    """Comparable: bags and lists by their items, reals to nine digits, a whole real as itself."""
    if isinstance(value, float):
        return "NaN" if value != value else float(f"{value:.9g}")
    if isinstance(value, list):
        return ("list", *map(plain, value))
    if isinstance(value, dict):
        return ("bag", *sorted((key, plain(item)) for key, item in value.items()))
    if isinstance(value, timedelta):
        return ("span", value.days, value.seconds, value.microseconds)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else value


def in_any_order(rows: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return sorted((tuple(map(plain, row)) for row in rows), key=repr)


def agreed(kql: str, tables: Mapping[str, Sequence[Row]] | None = None, *, ordered: bool = False) -> list[tuple[object, ...]]:
    """The rows that both engines give, after the test that they are the same."""
    answers = [rows_on(engine, kql, tables) for engine in ENGINES]
    if not ordered:
        answers = [in_any_order(rows) for rows in answers]
    assert answers[0] == answers[1], f"{kql}\nDuckDB:     {answers[0]}\nPostgreSQL: {answers[1]}"
    return answers[0]
