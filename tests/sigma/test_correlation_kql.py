"""Correlations as KQL: run back through our own KQL reader, it finds what the definition says; and it reads as people write it."""

from __future__ import annotations

import pytest
from hypothesis import given

import ruleconv
from ruleconv.ir.types import Column, Type
from ruleconv.schema import Schema, Table
from tests.properties.running import ENGINES, examples
from tests.sigma.correlation_random import KINDS, OUTER, Case, cases, chains, ordered

TABLE = Table(
    "windows_probe",
    (
        Column("timestamp", Type.DATETIME),
        Column("EventID", Type.STRING),
        Column("User", Type.STRING),
        Column("Host", Type.STRING),
        Column("Amount", Type.STRING),
    ),
)


def found(kql: str, case: Case, engine: str) -> list[tuple[object, ...]]:
    texts = ("EventID", "User", "Host", "Amount")
    rows = [{"timestamp": e["timestamp"]} | {name: str(e[name]) for name in texts if name in e} for e in case.events]
    result = ruleconv.run(kql, source="kql", engine=engine, tables={TABLE.name: rows}, schema=Schema.of([TABLE]))
    return ordered(result.rows)


@pytest.mark.parametrize("kind", KINDS)
def test_kql_finds_what_the_definition_says(kind: str) -> None:
    @examples(10)
    @given(cases([kind]))
    def holds(case: Case) -> None:
        kql = ruleconv.translate(case.sigma, source="sigma", to="kql", platform="generic").text
        for engine in ENGINES:
            assert found(kql, case, engine) == case.wanted, f"{engine}\n{case.sigma}\n{kql}"

    holds()


@pytest.mark.parametrize("kind", OUTER)
def test_kql_of_chains(kind: str) -> None:
    @examples(10)
    @given(chains(kind))
    def holds(case: Case) -> None:
        kql = ruleconv.translate(case.sigma, source="sigma", to="kql", platform="generic").text.split(";\n\n")[-1]
        for engine in ENGINES:
            assert found(kql, case, engine) == case.wanted, f"{engine}\n{case.sigma}\n{kql}"

    holds()
