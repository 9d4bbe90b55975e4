"""Random correlations over random events: both engines find what the definition says, and so does their KQL."""

from __future__ import annotations

import pytest
from hypothesis import given

import ruleconv
from tests.properties.running import ENGINES, examples
from tests.sigma.correlation_random import KINDS, OUTER, Case, cases, chains, ordered


@pytest.mark.parametrize("kind", KINDS)
def test_sql_finds_what_the_definition_says(kind: str) -> None:
    @examples(25)
    @given(cases([kind]))
    def holds(case: Case) -> None:
        for engine in ENGINES:
            result = ruleconv.run(case.sigma, source="sigma", events=case.events, engine=engine, time_field="timestamp")
            assert ordered(result.rows) == case.wanted, f"{engine}\n{case.sigma}\n{result.sql}"

    holds()


@pytest.mark.parametrize("kind", OUTER)
def test_sql_of_chains(kind: str) -> None:
    @examples(25)
    @given(chains(kind))
    def holds(case: Case) -> None:
        for engine in ENGINES:
            result = ruleconv.run(case.sigma, source="sigma", events=case.events, engine=engine, time_field="timestamp")
            assert ordered(result.rows) == case.wanted, f"{engine}\n{case.sigma}\n{result.sql}"

    holds()
