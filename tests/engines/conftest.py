"""Both engines, each started once: a test that takes ``engine`` runs on DuckDB and on PostgreSQL."""

from __future__ import annotations

import pytest

from ruleconv import engines
from ruleconv.engines.model import Engine


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return engines.find(request.param)


@pytest.fixture
def duck() -> Engine:
    return engines.find("duckdb")


@pytest.fixture
def postgres() -> Engine:
    return engines.find("postgres")
