"""What rules say about themselves, out of any YAML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruleconv.rulefile import attack, description, duration
from ruleconv.rulefile.metadata import Metadata, Related
from ruleconv.rulefile.sentinel_metadata import from_sentinel
from ruleconv.rulefile.sigma_metadata import from_sigma
from ruleconv.rulefile.yaml_nodes import compose
from ruleconv.rulefile.yaml_text import write
from ruleconv.text import Source

SIGMA = """\
title: Odd Rundll32 Export
id: 0b9d7f2e-0000-4000-8000-000000000001
related:
  - id: 0b9d7f2e-0000-4000-8000-000000000002
    type: obsolete
  - not a mapping
status: Test
description: |
  Finds it.
author: A. Writer, B. Writer
date: 2024/1/31
modified: 2024-02-01
references:
  - https://example.org/a
tags:
  - attack.Execution
  - attack.t1059.001
  - cve.2021-44228
logsource: {product: windows, category: process_creation, definition: none}
falsepositives: Unknown
fields: [CommandLine]
level: critical
simulation: {type: x}
detection:
  selection: {a: 1}
  condition: selection
"""

SENTINEL = """\
id: 0b9d7f2e-0000-4000-8000-000000000003
name: Odd sign-ins
description: |
  'Finds them.

  References:
  - https://example.org/a'
severity: High
status: Available
requiredDataConnectors:
  - connectorId: AzureActiveDirectory
    dataTypes: [SigninLogs]
queryFrequency: PT1H
queryPeriod: 1d
triggerOperator: gt
triggerThreshold: 0
tactics: [DefenseEvasion, CommandAndControl, initialaccess, Nonsense]
relevantTechniques: [T1078.004, T1685, nonsense]
tags: [cve.2021-44228]
metadata: {author: {name: A. Writer}}
version: 1.0.0
query: T
"""


def root(text):
    node, _ = compose(Source(text))
    return node


def test_a_sigma_rule():
    found = from_sigma(root(SIGMA))
    assert found == Metadata(
        title="Odd Rundll32 Export",
        id="0b9d7f2e-0000-4000-8000-000000000001",
        description="Finds it.",
        status="test",
        level="critical",
        author="A. Writer, B. Writer",
        date="2024-01-31",
        modified="2024-02-01",
        references=("https://example.org/a",),
        tags=("attack.execution", "attack.t1059.001", "cve.2021-44228"),
        falsepositives=("Unknown",),
        fields=("CommandLine",),
        related=(Related("0b9d7f2e-0000-4000-8000-000000000002", "obsolete"),),
        logsource={"product": "windows", "category": "process_creation"},
        extra={"simulation": {"type": "x"}},
        origin="sigma",
        raw=found.raw,
    )
    assert "detection" not in found.raw
    assert found.raw["level"] == "critical"


def test_a_correlation_has_a_timespan():
    assert from_sigma(root("title: x\ncorrelation: {type: event_count, timespan: 5m}")).timespan == 5 * duration.MINUTE


def test_a_sentinel_rule():
    found = from_sentinel(root(SENTINEL))
    assert found == Metadata(
        title="Odd sign-ins",
        id="0b9d7f2e-0000-4000-8000-000000000003",
        description="Finds them.",
        level="high",
        author="A. Writer",
        references=("https://example.org/a",),
        tags=(
            "attack.stealth",  # of DefenseEvasion, what T1078.004 serves today ...
            "attack.defense-impairment",  # ... and T1685
            "attack.command-and-control",
            "attack.initial-access",
            "attack.t1078.004",
            "attack.t1685",
            "cve.2021-44228",
        ),
        frequency=duration.HOUR,
        period=duration.DAY,
        extra={
            "status": "Available",
            "requiredDataConnectors": [{"connectorId": "AzureActiveDirectory", "dataTypes": ["SigninLogs"]}],
            "triggerOperator": "gt",
            "triggerThreshold": 0,
            "metadata": {"author": {"name": "A. Writer"}},
            "version": "1.0.0",
        },
        origin="sentinel",
        raw=found.raw,
    )
    assert found.raw["tactics"] == ["DefenseEvasion", "CommandAndControl", "initialaccess", "Nonsense"]


ODD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
KEYS = sorted(
    {line.split(":")[0] for line in (SIGMA + SENTINEL).splitlines() if line[:1].isalpha()} | {"license", "displayName", "correlation"}
)


@given(st.dictionaries(st.sampled_from(KEYS), ODD, max_size=8))
def test_no_shape_of_yaml_makes_it_fail(rule):
    node = root(write(rule))
    for found in (from_sigma(node), from_sentinel(node)) if node is not None else ():
        assert isinstance(found.title, str)
        assert all(isinstance(each, str) for each in (*found.tags, *found.references, found.level, found.date))


@pytest.mark.parametrize("text", ["- a", "a"])
def test_what_is_no_rule_has_no_metadata(text):
    assert from_sigma(root(text)) == Metadata(origin="sigma")
    assert from_sentinel(root(text)) == Metadata(origin="sentinel")


def test_what_sentinel_has_no_key_for_is_told_and_read_back():
    rule = from_sigma(root(SIGMA))
    told = description.write(rule, level=rule.level)
    assert told == (
        "Finds it.\n\nReferences:\n- https://example.org/a\n\nFalse positives:\n- Unknown\n\nFields:\n- CommandLine\n\n"
        "Sigma rule 0b9d7f2e-0000-4000-8000-000000000001 (status: test, level: critical, date: 2024-01-31, modified: 2024-02-01, "
        "product: windows, category: process_creation)."
    )
    back = description.read(told)
    assert (back.text, back.references, back.falsepositives) == (rule.description, rule.references, rule.falsepositives)
    assert back.fields == rule.fields
    assert back.related == (Related(rule.id, "derived"),)
    assert back.logsource == rule.logsource
    assert {name: back.facts[name] for name in ("status", "level", "date", "modified")} == {
        "status": "test",
        "level": "critical",
        "date": "2024-01-31",
        "modified": "2024-02-01",
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Just a text.",
        "References:\nhttps://example.org",
        "See the Sigma rule.",
        "False positives:\n- a\n\nand then more text",
        "What it shows.\n\nFields:\n- a list of somebody else's",
    ],
)
def test_other_descriptions_stay_as_they_are(text):
    assert description.read(text) == description.Told(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h", 3600), ("PT1H", 3600), ("1d", 86400), ("P1DT30M", 88200), ("14d", 14 * 86400), ("P2W", 14 * 86400), ("1.02:00:00", 93600)],
)
def test_durations_of_sentinel(text, seconds):
    assert duration.from_sentinel(text) == seconds * duration.SECOND


@pytest.mark.parametrize("text", ["", "P", "PT", "1x", "h", "-1h", "1h 30m", "PT1H1", "٣h", "9" * 5000 + "d"])
def test_what_is_no_duration(text):
    assert duration.from_sentinel(text) is None
    assert duration.from_sigma(text) is None


def test_durations_are_written_in_one_unit():
    assert [duration.short(n * duration.SECOND) for n in (3600, 86400, 5400, 61, 0, 14 * 86400)] == ["1h", "1d", "90m", "61s", "0s", "14d"]
    assert duration.short(1) == "1s"
    assert duration.from_sigma("1M") == 2629746 * duration.SECOND
    assert duration.from_sigma("1m") == 60 * duration.SECOND


def test_attack_names():
    assert attack.to_sentinel("defense_evasion") == attack.to_sentinel("stealth") == "DefenseEvasion"
    assert attack.to_sentinel("network-effects") == ""
    assert attack.from_sentinel("CommandandControl") == ("command-and-control",)
    assert attack.from_sentinel("DefenseEvasion") == ("defense-evasion",)
    assert attack.from_sentinel("DefenseEvasion", ["T1562.001"]) == ("defense-impairment",)
    assert attack.current("T1086") == "T1059.001"
    assert attack.current("T1562.001") == "T1562.001"
    assert all(attack.to_sentinel(name) for name in attack.sentinel_tactics() if name != "PreAttack")


def test_attack_data_is_whole():
    known = attack.techniques()
    assert len(known) > 1000
    assert {each.successor for each in known.values()} - {""} <= set(known)
    tactics = {tactic for each in known.values() for tactic in each.tactics}
    assert {tactic for tactic in tactics if not attack.to_sentinel(tactic)} <= {"network-effects", "remote-service-effects"}
