"""Correlations find the groups that the query finds: a join within a time span just those, a count in bins those and more (S43)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

import ruleconv
from ruleconv.ir.fidelity import Effect
from tests.properties.random_rows import YEAR
from tests.properties.running import ENGINES, examples
from tests.sigma_backend.writing import SCHEMA, translated

QUERY = (
    "T | where S == 'a' and IP != '' | join kind=inner"
    " (T | where S == 'b' and IP != '' | project IP, Other = TimeGenerated) on IP | where {} | distinct IP"
)
DISTANCES = [
    "Other between (TimeGenerated .. 10m)",
    "TimeGenerated between (Other .. Other + 5m)",
    "abs(Other - TimeGenerated) <= 3m",
    "Other between (TimeGenerated - 4m .. TimeGenerated + 4m)",
    "Other - TimeGenerated <= 7m and Other >= TimeGenerated",
]
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "S": st.sampled_from(["a", "b", "c"]),
            "IP": st.sampled_from(["1.1.1.1", "2.2.2.2", "", "x"]),
            "TimeGenerated": st.integers(0, 30).map(lambda minutes: YEAR + timedelta(minutes=minutes)),
        }
    ),
    max_size=8,
)


@pytest.mark.parametrize("distance", DISTANCES)
@given(events=EVENTS)
@examples(25)
def test_the_same_keys(distance: str, events: list[dict[str, object]]) -> None:
    kql = QUERY.format(distance)
    made = translated(kql)
    assert {each.effect for each in made.notes if each.code != "SIW004"} == {Effect.EXACT}
    note(made.text)
    for engine in ENGINES:
        wanted = ruleconv.run(kql, source="kql", engine=engine, tables={"T": events}, schema=SCHEMA).rows
        result = ruleconv.run(made.text, source="sigma", engine=engine, events=events, time_field="TimeGenerated")
        at = [column.name for column in result.columns].index("IP") if result.rows else 0
        assert sorted({row[at] for row in result.rows}) == sorted(row[0] for row in wanted)


COUNTS = ["count()", "dcount(S)", "countif(S != 'c')"]


@pytest.mark.parametrize("metric", COUNTS)
@given(events=EVENTS, number=st.integers(1, 3))
@examples(25)
def test_a_bin_is_in_some_window(metric: str, events: list[dict[str, object]], number: int) -> None:
    kql = f"T | where IP != '' and S != '' | summarize n = {metric} by IP, bin(TimeGenerated, 5m) | where n >= {number} | distinct IP"
    made = translated(kql)
    assert made.effect is Effect.WIDENS
    note(made.text)
    for engine in ENGINES:
        wanted = ruleconv.run(kql, source="kql", engine=engine, tables={"T": events}, schema=SCHEMA).rows
        result = ruleconv.run(made.text, source="sigma", engine=engine, events=events, time_field="TimeGenerated")
        at = [column.name for column in result.columns].index("IP") if result.rows else 0
        assert {row[0] for row in wanted} <= {row[at] for row in result.rows}
