"""Sigma's null, '' and * are one in KQL (S35): which way the events deviate is told."""

from __future__ import annotations

import pytest

import ruleconv

RULE = """\
title: A test of what is missing
logsource: {{product: windows, category: process_creation}}
detection:
    selection:
        Image|endswith: '\\cmd.exe'
    field:
        {}
    other:
        {}
    condition: {}
"""


def told(field: str, condition: str, other: str = "User: a") -> list[tuple[str, str]]:
    made = ruleconv.translate(RULE.format(field, other, condition), source="sigma", to="kql")
    return [(note.code, note.effect.value) for note in made.notes if note.code == "KQW002"]


@pytest.mark.parametrize(
    ("field", "effect", "opposite"),
    [
        ("CommandLine: null", "widens", "narrows"),
        ("CommandLine: ''", "widens", "narrows"),
        ("CommandLine: ['', a]", "widens", "narrows"),
        ("CommandLine|exists: false", "widens", "narrows"),
        ("CommandLine|exists: true", "narrows", "widens"),
        ("CommandLine: '*'", "narrows", "widens"),
    ],
)
def test_which_way(field: str, effect: str, opposite: str) -> None:
    assert told(field, "selection and field") == [("KQW002", effect)]
    assert told(field, "selection and not field") == [("KQW002", opposite)]
    assert told(field, "selection and not (other or not field)") == [("KQW002", effect)]


def test_both_together_lose_nothing() -> None:
    assert told("CommandLine: [null, '']", "selection and not field") == []
    assert told("CommandLine: null", "selection and not field and not other", "CommandLine: ''") == []
    assert told("CommandLine: null", "selection and (field or other)", "CommandLine: ''") == []
    assert told("CommandLine: null", "selection and (field or other)", "ParentCommandLine: ''") == [("KQW002", "widens")] * 2


def test_other_types_have_a_null() -> None:
    assert told("ProcessId: null", "selection and not field") == []


def test_the_place_is_the_test_s() -> None:
    text = RULE.format("CommandLine: null", "User: a", "selection and field")
    (note,) = (n for n in ruleconv.translate(text, source="sigma", to="kql").notes if n.code == "KQW002")
    assert text[note.span.start : note.span.end] in ("null", "CommandLine")
