"""``scan`` and restarts over random rows, against the algorithm that the documentation gives, written out in Python."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ruleconv

ENGINES = ("duckdb", "postgres")
EVENTS = st.lists(st.sampled_from(["start", "middle", "stop", "other"]), min_size=1, max_size=14)
SCAN = """
| sort by t asc
| scan with_match_id=id declare (began: long = -1) with (
    step s1: e == "start" => began = t;
    step s2: e == "middle" and t - s1.t <= 5 => began = s1.began;
    step s3: e == "stop" and t - s2.t <= 3 => began = s2.began;
  )
| project t, began, id
"""
State = dict[int, dict[str, int]]


def walk(events: list[str]) -> list[tuple[int, int, int]]:
    """The documentation's matching logic, for the query above."""
    states: dict[int, State | None] = {1: None, 2: None, 3: None}
    ids: dict[int, int] = {}
    last_id, out = -1, []

    def holds(step: int, e: str, t: int, state: State) -> bool:
        if step == 1:
            return e == "start"
        before = state[step - 1]["t"]
        return e == {2: "middle", 3: "stop"}[step] and t - before <= {2: 5, 3: 3}[step]

    for t, e in enumerate(events):
        for step in (3, 2, 1):
            above = states.get(step - 1)
            if above is not None and holds(step, e, t, above):
                states[step], states[step - 1], ids[step] = dict(above), None, ids[step - 1]
            elif (states[step] is not None or step == 1) and holds(step, e, t, states[step] or {}):
                if states[step] is None:
                    last_id += 1
                    ids[step] = last_id
                states[step] = dict(states[step] or {})
            else:
                continue
            state = states[step]
            assert state is not None
            first = t if step == 1 else state[step - 1]["first"]
            state[step] = {"t": t, "first": first}
            out.append((t, first, ids[step]))
    return out


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=25, deadline=None)
@given(events=EVENTS)
def test_scan(engine: str, events: list[str]) -> None:
    rows = ", ".join(f'{t}, "{e}"' for t, e in enumerate(events))
    result = ruleconv.run(f"datatable(t: long, e: string)[{rows}]{SCAN}", source="kql", engine=engine)
    assert result.rows == walk(events)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=25, deadline=None)
@given(values=st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=1, max_size=12))
def test_restarts(engine: str, values: list[tuple[int, bool]]) -> None:
    rows = ", ".join(f"{at}, {v}, {str(flag).lower()}" for at, (v, flag) in enumerate(values))
    query = """
    | sort by t asc
    | extend s = row_cumsum(v, f), n = row_number(1, v < prev(v)), d = row_cumsum(v, f or v < prev(v))
    | project s, n, d
    """
    want, s, n, d = [], 0, 0, 0
    for at, (v, flag) in enumerate(values):
        falls = at > 0 and v < values[at - 1][0]
        s = (0 if flag else s) + v
        n = 1 if falls or at == 0 else n + 1
        d = (0 if flag or falls else d) + v
        want.append((s, n, d))
    result = ruleconv.run(f"datatable(t: long, v: long, f: bool)[{rows}]{query}", source="kql", engine=engine)
    assert result.rows == want
