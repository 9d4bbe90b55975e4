"""Collects the cases: every one becomes a test for each engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

CASES = Path(__file__).parent / "cases"
ENGINES = ("duckdb", "postgres")
KEYS = {"name", "why", "kql", "tables", "now", "columns", "rows", "ordered", "notes", "refused", "error", "gap"}


def load() -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            unknown = case.keys() - KEYS
            assert not unknown, f"{path.name}, {case.get('name')}: unknown keys {unknown}"
            assert sum(key in case for key in ("rows", "refused", "error")) == 1, f"{path.name}, {case['name']}: rows, refused or error"
            found.append((f"{path.stem}:{case['name']}", case))
    names = [name for name, _ in found]
    assert len(set(names)) == len(names), "two cases of the same name"
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases = load()
        pairs = [pytest.param(case, engine, id=f"{engine}-{name}") for engine in ENGINES for name, case in cases]
        metafunc.parametrize(("case", "engine"), pairs)
