"""Correlations that say something wrong, or something that cannot be said: the message, and its place."""

from __future__ import annotations

import pytest

import ruleconv

BASE = """title: base
name: fail
id: 11111111-1111-4111-8111-111111111111
logsource:
    category: probe
detection:
    sel:
        EventID: 4625
    condition: sel
---
title: second
name: success
logsource:
    category: probe
detection:
    sel:
        EventID: 4624
    condition: sel
---
title: correlation
correlation:
"""
FIRST_LINE = BASE.count("\n") + 1
COUNT = """    type: event_count
    rules:
        - fail
    group-by:
        - User
    timespan: 10m
    condition:
        gte: 3
"""
TEMPORAL = """    type: temporal
    rules:
        - fail
        - success
    timespan: 10m
"""
ORDERED = TEMPORAL.replace("temporal", "temporal_ordered")
VALUES = COUNT.replace("event_count", "value_count")


def refusal(correlation: str) -> ruleconv.RuleconvError:
    with pytest.raises(ruleconv.RuleconvError) as caught:
        ruleconv.translate(BASE + correlation, source="sigma", to="sql", filename="rule.yml")
    return caught.value


@pytest.mark.parametrize(
    ("correlation", "message", "line", "column"),
    [
        (COUNT.replace("    type: event_count\n", ""), "a correlation without 'type'", 0, 5),
        (COUNT.replace("event_count", "events"), "'events' is no type of correlation", 0, 11),
        (COUNT.replace("    timespan: 10m\n", ""), "a correlation without 'timespan'", 0, 5),
        (COUNT.replace("10m", "10"), "'10' is no timespan", 5, 15),
        (COUNT.replace("10m", "0m"), "'0m' is no timespan", 5, 15),
        (COUNT.replace("10m", "10 minutes"), "'10 minutes' is no timespan", 5, 15),
        (COUNT.replace("10m", "999999999y"), "'999999999y' is no timespan", 5, 15),
        (COUNT.replace("    rules:\n        - fail\n", ""), "a correlation without 'rules'", 0, 5),
        (COUNT.replace("    rules:\n        - fail\n", "    rules: []\n"), "'rules' must be the name or id of a rule, or a list of them", 1,
         12),
        (COUNT.replace("- fail", "- nobody"), "there is no rule 'nobody'", 2, 11),
        (COUNT.replace("    condition:\n        gte: 3\n", ""), "a correlation of type event_count without 'condition'", 0, 5),
        (COUNT.replace("gte: 3", "field: x"), "a condition that compares with no number", 7, 9),
        (COUNT.replace("gte: 3", "gte: many"), "'many' is no number", 7, 14),
        (COUNT.replace("gte: 3", "gte: .nan"), "'.nan' is no number", 7, 14),
        (COUNT.replace("gte: 3", "gte: true"), "'true' is no number", 7, 14),
        (COUNT.replace("gte: 3", "above: 3"), "'above' is no part of a condition", 7, 9),
        (COUNT.replace("gte: 3", "gte: 3\n        field: x"), "a correlation of type event_count has no 'field'", 8, 16),
        (COUNT.replace("condition:\n        gte: 3", "condition: fail"),
         "the condition of a correlation of type event_count must be a mapping", 6, 16),
        (VALUES, "a correlation of type value_count without 'field' in its condition", 7, 9),
        (VALUES.replace("value_count", "value_percentile") + "        field: x\n",
         "a correlation of type value_percentile without 'percentile' in its condition", 7, 9),
        (VALUES.replace("value_count", "value_percentile") + "        field: x\n        percentile: 101\n", "101 is no percentile", 9, 21),
        (VALUES.replace("value_count", "value_sum") + "        field: [x, y]\n", "'field' must be the name of a field", 8, 16),
        (COUNT.replace("group-by:\n        - User", "group-by: {a: b}"), "'group-by' must be a field or a list of fields", 3, 15),
        (COUNT + "    generate: sometimes\n", "'generate' must be true or false", 8, 15),
        (COUNT + "    aliases: [a]\n", "'aliases' must be a mapping", 8, 14),
        (COUNT + "    aliases:\n        a: b\n", "the alias 'a' must map the names of rules to fields", 9, 12),
        (COUNT + "    aliases:\n        a:\n            nobody: b\n", "the alias 'a' is of 'nobody', no rule of this correlation", 10, 21),
        (TEMPORAL + "    condition: fail and\n", "the condition ends too early", 5, 16),
        (TEMPORAL + "    condition: (fail and success\n", "a parenthesis too few in the condition", 5, 16),
        (TEMPORAL + "    condition: fail and success)\n", "a parenthesis too many in the condition", 5, 16),
        (TEMPORAL + "    condition: fail success\n", "'success' has no place there in the condition", 5, 16),
        (TEMPORAL + "    condition: fail & success\n", "'& success' has no place in a condition", 5, 16),
        (TEMPORAL + "    condition: fail\n", "the rule 'success' is listed under 'rules' but not asked for by the condition", 5, 16),
        (TEMPORAL + "    condition: fail and success and other\n",
         "the condition asks for the rule 'other', which 'rules' does not list", 5, 16),
    ],
)  # fmt: skip
def test_wrong(correlation: str, message: str, line: int, column: int) -> None:
    error = refusal(correlation)
    assert isinstance(error, ruleconv.ParseError)
    assert (error.message, error.place) == (message, f"rule.yml:{FIRST_LINE + line}:{column}")


@pytest.mark.parametrize(
    ("correlation", "construct"),
    [
        (ORDERED + "    condition: fail or success\n", None),
        (ORDERED + "    condition: fail and not success\n", "temporal_ordered with this condition"),
        (ORDERED + "    condition:\n        gte: 1\n", "temporal_ordered with less than all its rules"),
    ],
)
def test_cannot_be_said(correlation: str, construct: str | None) -> None:
    if construct is None:
        assert ruleconv.translate(BASE + correlation, source="sigma", to="sql").text
        return
    error = refusal(correlation)
    assert isinstance(error, ruleconv.Unsupported)
    assert error.construct == construct
    assert error.place.startswith("rule.yml:")


def test_a_circle() -> None:
    first = "---\ntitle: one\nname: one\ncorrelation: {type: temporal, rules: [fail, two], timespan: 1h}\n"
    second = "---\ntitle: two\nname: two\ncorrelation: {type: temporal, rules: [fail, one], timespan: 1h}\n"
    error = refusal(COUNT + first + second)
    assert isinstance(error, ruleconv.ParseError)
    assert "circle" in error.message


def test_a_field_that_the_chained_correlation_does_not_have() -> None:
    outer = "---\ntitle: outer\ncorrelation: {type: temporal, rules: [many, success], group-by: [Host], timespan: 1h}\n"
    error = refusal(COUNT.replace("    type", "    type") + "name: many\n" + outer)
    assert isinstance(error, ruleconv.ParseError)
    assert (error.message, error.hint) == ("the correlation 'many' has no field 'Host'", "its group-by fields: User")


@pytest.mark.parametrize("rules", ["[r{0}]", "[r{0}, s{0}]"])
@pytest.mark.parametrize("to", ["sql", "kql"])
def test_chains_without_end(rules: str, to: str) -> None:
    """Refused before they are written out; the longest that are not refused can be written."""

    def chain(count: int) -> str:
        text = BASE.removesuffix("---\ntitle: correlation\ncorrelation:\n").replace("name: fail", "name: r0").replace("success", "s0")
        for at in range(count):
            for name in "rs":
                text += f"---\ntitle: chain\nname: {name}{at + 1}\ncorrelation: {{type: event_count, rules: {rules.format(at)}, "
                text += "group-by: [User], timespan: 1h, condition: {gte: 1}}\n"
        return text

    longest = 12 if "s" not in rules else 5
    options = {"platform": "generic"} if to == "kql" else {}
    assert ruleconv.translate(chain(longest), source="sigma", to=to, **options).text
    with pytest.raises(ruleconv.Unsupported, match="a correlation of so many correlations"):
        ruleconv.translate(chain(longest + 1), source="sigma", to=to, **options)


def test_generate() -> None:
    """The rules that a correlation refers to stand for themselves when it says so."""
    alone = ruleconv.translate(BASE + TEMPORAL, source="sigma", to="sql").text
    both = ruleconv.translate(BASE + TEMPORAL + "    generate: true\n", source="sigma", to="sql").text
    assert (alone.count(";\n\n"), both.count(";\n\n")) == (0, 2)
    assert both.endswith(alone)
