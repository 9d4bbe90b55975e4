"""Given events (S29): the types of their columns, lists, and how rules of a file name each other."""

import pytest
import yaml

import ruleconv

ENGINES = ["duckdb", "postgres"]


def found(item: dict[str, object], values: list[object], engine: str) -> list[object]:
    """Of events with these values in F, those that an item finds."""
    rule = {"title": "t", "logsource": {"category": "c"}, "detection": {"sel": item, "condition": "sel"}}
    events = [{"F": value, "at": f"§{at}"} for at, value in enumerate(values)]
    result = ruleconv.run(yaml.safe_dump(rule), source="sigma", events=events, engine=engine)
    return [values[int(row["at"][1:])] for row in result.dicts()]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("item", "hits"),
    [
        ({"F|endswith": "2"}, [12, 2.0]),
        ({"F|startswith": "0.5"}, [0.5]),
        ({"F": 12}, [12]),
        ({"F": "2"}, [2.0]),
        ({"F|gt": 1}, [12, 2.0]),
    ],
)
def test_whole_numbers_beside_fractions_read_as_they_are(item, hits, engine):
    assert found(item, [12, 0.5, 2.0], engine) == hits


LISTS = [[1, 9], ["x", "2025-01-01T05:30:00"], "7", [], None, [[6]], [1, "2"]]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("item", "hits"),
    [
        ({"F|gt": 5}, [[1, 9], "7", [[6]]]),
        ({"F|lt|neq": 5}, [["x", "2025-01-01T05:30:00"], "7", [], None, [[6]]]),
        ({"F|hour": 5}, [["x", "2025-01-01T05:30:00"]]),
        ({"F|minute|gte": 30}, [["x", "2025-01-01T05:30:00"]]),
        ({"F|fieldref": "F"}, [[1, 9], ["x", "2025-01-01T05:30:00"], "7", [[6]], [1, "2"]]),
    ],
)
def test_of_a_list_one_element_is_compared(item, hits, engine):
    assert found(item, LISTS, engine) == hits


def test_a_comparison_with_a_long_list_is_refused():
    with pytest.raises(ruleconv.Unsupported, match="a comparison with a list of more than 50 values"):
        found({"F|gt": 5}, [list(range(51))], "duckdb")


ID = "7a7851d7-7bba-480a-a885-040986847c7c"


@pytest.mark.parametrize("kind", ["correlation", "filter"])
def test_the_case_of_an_id_does_not_count(kind):
    base = {"title": "b", "id": ID, "logsource": {"category": "c"}, "detection": {"sel": {"A": "x"}, "condition": "sel"}}
    other: dict[str, object] = {
        "title": "o",
        kind: {"type": "event_count", "rules": [ID.upper()], "timespan": "1m", "condition": {"gte": 2}},
    }
    if kind == "filter":
        other = {"title": "o", "logsource": {"category": "c"}, kind: {"rules": [ID.upper()], "f": {"B": 1}, "condition": "not f"}}
    events = [{"A": "x", "B": 1, "timestamp": "2025-01-01T00:00:00"}] * 2
    rows = ruleconv.run(yaml.safe_dump_all([base, other]), source="sigma", events=events).rows
    assert len(rows) == (1 if kind == "correlation" else 0)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("exists", "hits"), [(True, [0, 1, 2, 3]), (False, [4, 5, 6])])
def test_a_nested_field_is_there_if_only_with_a_null(exists, hits, engine):
    rule = {"title": "t", "logsource": {"category": "c"}, "detection": {"sel": {"a.b|exists": exists}, "condition": "sel"}}
    events = [{"a": {"b": 1}}, {"a": {"b": None}}, {"a.b": None}, {"a": [{"c": 1}, {"b": None}]}, {"a": {"c": 1}}, {"a": 1}, {"x": 1}]
    given = [{**event, "at": at} for at, event in enumerate(events)]
    assert [row["at"] for row in ruleconv.run(yaml.safe_dump(rule), source="sigma", events=given, engine=engine).dicts()] == hits


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("item", [{"F|re": "^true$"}, {"F|contains|cased": "ru"}, {"F|re|i": "^TRUE$"}, {"F|startswith": "TR"}])
def test_a_truth_value_reads_as_json_has_it(item, engine):
    assert found(item, [True, False, None], engine) == [True]
    assert found(item, [True, "true", "x"], engine) == [True, "true"]


COUNT = """
title: base
name: base
logsource: {category: c}
detection: {sel: {F: 1}, condition: sel}
---
title: t
correlation: {type: event_count, rules: [base], timespan: 5m, condition: {gte: 2}}
"""


def test_a_time_that_cannot_be_read_is_told():
    events = [{"F": 1, "timestamp": at} for at in ("2025-01-01T00:00:00Z", "2025-01-01 00:01:00 UTC", "yesterday", None)]
    result = ruleconv.run(COUNT, source="sigma", events=events)
    assert [row["EventCount"] for row in result.dicts()] == [2]
    assert [(note.code, note.effect.value, "'yesterday'" in note.message) for note in result.notes] == [("SGR004", "narrows", True)]


def test_times_that_nobody_asked_for_need_not_be_read():
    events = [{"F": 1, "timestamp": "yesterday"}]
    assert not ruleconv.run(COUNT.split("---")[0], source="sigma", events=events).notes
