"""What a user sees of a correlation."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

import ruleconv
from tests.sigma.test_correlations import CASES, sigma

SHOWN = (
    "enough-events",
    "fewer-than",
    "distinct-values",
    "a-median-lies-between-two-values",
    "three-rules",
    "a-condition-with-not",
    "three-in-order",
    "two-aliases",
    "chain-many-failures-then-success",
)


@pytest.mark.parametrize("target", ["postgres", "duckdb", "kql"])
@pytest.mark.parametrize("name", SHOWN)
def test_text(name: str, target: str, snapshot: SnapshotAssertion) -> None:
    case = next(case for case in CASES if case["name"] == name)
    to, dialect = ("kql", "") if target == "kql" else ("sql", target)
    options = {"platform": "generic"} if to == "kql" else {"dialect": dialect}
    text = ruleconv.translate(sigma(case), source="sigma", to=to, **options).text
    assert text.split(";\n\n")[-1] == snapshot
