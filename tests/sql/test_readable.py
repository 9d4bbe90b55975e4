"""The SQL of a dozen typical queries, as people read it, in both dialects. What it means is tested by tests/conformance."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

import ruleconv

QUERIES = sorted((Path(__file__).parent / "queries").glob("*.kql"))


@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_sql(path: Path, dialect: str, snapshot: SnapshotAssertion) -> None:
    made = ruleconv.translate(path.read_text(encoding="utf-8"), source="kql", to="sql", dialect=dialect)
    notes = "".join(f"-- note {note}\n" for note in made.notes)
    assert f"{notes}{made.text}\n" == snapshot


@pytest.mark.parametrize("engine", ["postgres", "duckdb"])
@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_runs_over_empty_tables(path: Path, engine: str) -> None:
    """The engine takes the SQL, and no row comes out of nothing."""
    assert ruleconv.run(path.read_text(encoding="utf-8"), source="kql", engine=engine, tables="empty").rows == []
