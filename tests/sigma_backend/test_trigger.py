"""Sentinel's trigger: by how many rows it raises an alert, which Sigma does by each event."""

from __future__ import annotations

import pytest

import ruleconv

RULE = """\
id: 5b2c3a9e-3f0d-4f51-9d4c-6b8f5a0c7d11
name: Failed logons
kind: Scheduled
queryFrequency: 1h
queryPeriod: 1h
triggerOperator: {}
triggerThreshold: {}
query: SecurityEvent | where EventID == 4625
"""


@pytest.mark.parametrize(
    ("operator", "threshold", "effects"),
    [
        ("gt", 0, []),
        ("GreaterThan", 0, []),
        ("gt", 10, ["widens"]),
        ("eq", 0, ["changes"]),
        ("lt", 3, ["changes"]),
    ],
)
def test_what_is_told(operator: str, threshold: int, effects: list[str]) -> None:
    made = ruleconv.translate(RULE.format(operator, threshold), source="sentinel", to="sigma")
    assert [note.effect.value for note in made.notes if note.code == "SIW008"] == effects
