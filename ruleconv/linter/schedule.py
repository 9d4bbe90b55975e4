"""The spans of time of a Sentinel rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ruleconv.rulefile.duration import from_sentinel

if TYPE_CHECKING:
    from ruleconv.rulefile.yaml_nodes import Node

DURATIONS = (
    ("queryFrequency",),
    ("queryPeriod",),
    ("suppressionDuration",),
    ("incidentConfiguration", "groupingConfiguration", "lookbackDuration"),
)
"""Where a rule file has spans of time."""


def duration(node: Node | None) -> int | None:
    """In ticks; None where there is none or it is not readable."""
    return from_sentinel(node.text) if node is not None and node.kind == "scalar" else None
