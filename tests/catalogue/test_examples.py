"""Every example of the catalogue gives Kusto's value on both engines; what an engine cannot say is refused, and listed here."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

import pytest

from ruleconv import catalogue
from ruleconv.catalogue.model import Aggregate, Example, Function
from ruleconv.diagnostic import Unsupported
from ruleconv.execution import run

ENGINES = ("duckdb", "postgres")

REFUSED: frozenset[tuple[str, str]] = frozenset(
    {(name, engine) for name in ("url_encode", "url_encode_component") for engine in ENGINES}
    | {("hash_sha1", "postgres"), ("erfc", "duckdb")}
)
"""(function, engine) for which every example is refused."""


def records() -> Iterator[Function | Aggregate]:
    yield from {record.name: record for record in catalogue.functions().values()}.values()
    yield from {record.name: record for record in catalogue.all_aggregates().values()}.values()


CASES = [
    pytest.param(record, example, engine, id=f"{engine}-{example.kql}")
    for record in records()
    for example in record.examples
    for engine in ENGINES
]


@pytest.mark.parametrize(("record", "example", "engine"), CASES)
def test_example(record: Function | Aggregate, example: Example, engine: str) -> None:
    query = example.kql if isinstance(record, Aggregate) else f"print value = {example.kql}"
    if (record.name, engine) in REFUSED:
        with pytest.raises(Unsupported):
            run(query, source="kql", engine=engine)
        return
    result = run(query, source="kql", engine=engine)
    assert len(result.rows) == 1
    assert same(result.rows[0][0], example.value), f"{result.rows[0][0]!r}, not {example.value!r}, from {result.sql}"


@pytest.mark.parametrize("record", [pytest.param(record, id=record.name) for record in records()])
def test_has_an_example_or_says_why_not(record: Function | Aggregate) -> None:
    assert record.examples or record.refusal or record.name in WITHOUT_EXAMPLE


WITHOUT_EXAMPLE = frozenset({
    # what they give depends on the clock, on chance, on the rows around or on the database
    "now", "ago", "rand", "new_guid", "ingestion_time", "current_database", "prev", "next", "row_number", "row_cumsum", "row_rank_dense",
    "row_rank_min", "row_window_session", "pack_all", "bag_pack_columns", "geo_info_from_ip_address",
})  # fmt: skip


def same(found: object, expected: object) -> bool:
    """Equal, numbers to 12 digits; an int is no bool."""
    if isinstance(expected, float) and isinstance(found, (int, float, Decimal)):
        number = float(found)
        return math.isnan(number) if math.isnan(expected) else math.isclose(number, expected, rel_tol=1e-12) or number == expected
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, dict) and isinstance(found, dict):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in expected)
    return found == expected and isinstance(found, bool) == isinstance(expected, bool)
