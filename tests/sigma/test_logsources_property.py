"""Random patterns cut out of the events' own values: whatever table a rule is sent to, it finds the same events as on Sysmon's."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sigma.test_logsources_meaning import LOGS, judged, queried, rule

FIELDS = {
    "registry_set": ["TargetObject", "Details"],
    "registry_delete": ["TargetObject", "EventType"],
    "process_creation": ["User", "IntegrityLevel", "Hashes", "Image", "ParentUser"],
    "network_connection": ["Initiated", "DestinationIp", "DestinationPort"],
    "pipe_created": ["PipeName"],
}


@st.composite
def items(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A category and a detection item with a pattern made of one of its values."""
    category = draw(st.sampled_from(sorted(FIELDS)))
    field = draw(st.sampled_from(FIELDS[category]))
    value = str(draw(st.sampled_from([event for event, _ in LOGS[category][2]]))[field])
    start = draw(st.integers(0, len(value) - 1))
    end = draw(st.integers(start + 1, len(value)))
    how = draw(st.sampled_from(["contains", "startswith", "endswith", "whole", "star", "mark"]))
    wild = how in ("star", "mark")
    pieces = {
        "contains": [value[start:end]],
        "startswith": [value[:end]],
        "endswith": [value[start:]],
        "whole": [value],
        "star": [value[:start], "*", value[end:]],
        "mark": [value[:start], "?", value[start + 1 :]],
    }[how]
    made = "".join(each if wild and each in "*?" else each.replace("\\", "\\\\") for each in pieces)
    made = made.swapcase() if draw(st.booleans()) else made
    return category, {field if wild or how == "whole" else f"{field}|{how}": made}


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(items(), st.booleans())
def test_any_pattern_finds_the_same_events(test: tuple[str, dict[str, Any]], negated: bool) -> None:
    category, item = test
    text = rule(category, {"a": item, "condition": "not a" if negated else "a"})
    assert queried(text, category) == judged(text, category)
