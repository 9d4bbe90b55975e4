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
