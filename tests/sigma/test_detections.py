"""Each case of ``cases/``: one detection, events that it finds and events that it does not, on both engines."""

from pathlib import Path

import pytest
import yaml

import ruleconv
from ruleconv import engines
from ruleconv.engines.model import Table
from ruleconv.ir.types import Column, Type
from ruleconv.schema import Schema
from ruleconv.schema import Table as SchemaTable

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
HEAD = "title: case\nlogsource:\n  category: test\ndetection:\n"


def rule(detection: str) -> str:
    return HEAD + "".join(f"  {line}\n" for line in detection.splitlines())


def found(detection: str, events: list[dict[str, object]], engine: str) -> list[dict[str, object]]:
    result = ruleconv.run(rule(detection), source="sigma", events=[{**event, "_at": at} for at, event in enumerate(events)], engine=engine)
    where = [column.name for column in result.columns].index("_at") if result.columns else 0
    return [events[row[where]] for row in result.rows]


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize("case", CASES)
def test_case(case, engine):
    hits, misses = case["hits"], case["misses"]
    assert found(case["detection"], [*hits, *misses], engine) == hits
    # One event alone gives its columns other types than all together: the answer must not depend on it.
    for event in hits:
        assert found(case["detection"], [event], engine) == [event]
    for event in misses:
        assert found(case["detection"], [event], engine) == []


JSON_DIFFERS = {
    "numbers and their text": [2],
    "exists asks for the field and not for its value": [0, 1],
    "lists of values match by their elements": [1],
    "nested objects by their path": [1, 2],
    "lists of objects by their path": [0],
}
"""Hits that are none over one JSON column (S27, S28): a number is compared by its text there, a list by the text of the whole list, a null
is no value, and a dot is always a step."""


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize("case", CASES)
def test_case_over_a_json_column(case, engine):
    columns = (Column("at", Type.LONG), Column("raw", Type.DYNAMIC))
    if case.get("json") == "refused":  # no database's text holds the character NUL
        with pytest.raises(ruleconv.Unsupported, match="the character NUL"):
            ruleconv.translate(rule(case["detection"]), source="sigma", to="sql", dialect=engine, table="logs", json_column="raw")
        return
    made = ruleconv.translate(rule(case["detection"]), source="sigma", to="sql", dialect=engine, table="logs", json_column="raw")
    rows = [(at, event) for at, event in enumerate([*case["hits"], *case["misses"]])]
    result = engines.find(engine).execute(made.text, columns, [Table("logs", columns, rows)])
    missed = JSON_DIFFERS.get(case["name"], [])
    assert sorted(row[0] for row in result.rows) == [at for at in range(len(case["hits"])) if at not in missed]


TYPED = [
    {"Text": "Cmd.exe", "Whole": 5, "Broken": 1.5, "Flag": True, "When": "2025-01-01T05:30:00Z", "Bag": {"k": ["V", 7]}, "Id": 1},
    {"Text": "", "Whole": -50, "Broken": 2.0, "Flag": False, "When": "2024-12-30T23:59:59Z", "Bag": [], "Id": 2},
    {"Text": None, "Whole": None, "Broken": None, "Flag": None, "When": None, "Bag": None, "Id": 3},
]
TYPES = {"Text": "string", "Whole": "long", "Broken": "real", "Flag": "bool", "When": "datetime", "Bag": "dynamic", "Id": "long"}


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize(
    ("item", "ids"),
    [
        ("Whole: 5", [1]),
        ("Whole: '5'", [1]),
        ("Whole: ['5*', -50]", [1, 2]),
        ("Whole|contains: '5'", [1, 2]),
        ("Whole|re: '^-'", [2]),
        ("Whole: ''", []),
        ("Whole: null", [3]),
        ("Whole: '*'", [1, 2]),
        ("Whole|gt: -3.5", [1]),
        ("Broken: 2", [2]),
        ("Broken: '1.5'", [1]),
        ("Broken|lte: 2", [1, 2]),
        ("Flag: true", [1]),
        ("Flag: 'FALSE'", [2]),
        ("Flag: [true, false]", [1, 2]),
        ("Flag|contains: als", [2]),
        ("Flag: 1", []),
        ("Flag|exists: false", [3]),
        ("When|hour: 5", [1]),
        ("When|week: 1", [1, 2]),
        ("When|year|lt: 2025", [2]),
        ("When|startswith: '2025-01-01T05:30'", [1]),
        ("Bag|contains: 'v'", [1]),
        ("Bag: null", [3]),
        ("Whole|fieldref: Id", []),
        ("Id|fieldref: [Whole, Id]", [1, 2, 3]),
        ("Text|fieldref: Text", [1, 2]),
        ("'': [v, exe]", [1]),
    ],
)
def test_typed_columns(item, ids, engine):
    schema = Schema.of([SchemaTable("test", tuple(Column(name, Type(kind)) for name, kind in TYPES.items()))])
    for condition, expected in (("sel", ids), ("not sel", [at for at in (1, 2, 3) if at not in ids])):
        text = HEAD + f"  sel:\n    {item}\n  condition: {condition}\n"
        result = ruleconv.run(text, source="sigma", tables={"test": TYPED}, schema=schema, engine=engine)
        assert [row["Id"] for row in result.dicts()] == expected


def test_a_field_that_the_table_does_not_have():
    schema = Schema.of([SchemaTable("test", (Column("User", Type.STRING),))])
    with pytest.raises(ruleconv.Unsupported, match="the field user, which the table test does not have,") as caught:
        ruleconv.translate(rule("sel: {user: x}\ncondition: sel"), source="sigma", to="sql", schema=schema, filename="rule.yml")
    assert (caught.value.hint, caught.value.place) == ("did you mean User?", "rule.yml:5:9")


def test_the_rows_are_the_events_as_they_were_given():
    events = [{"A": "x", "n": 1}, {"B": [1, {"c": None}], "A": "X", "f": 1.5}, {"A": "y"}]
    result = ruleconv.run(rule("sel: {A: x}\ncondition: sel"), source="sigma", events=events)
    assert [column.name for column in result.columns] == ["A", "n", "B", "f"]
    assert result.rows == [("x", 1, None, None), ("X", None, [1, {"c": None}], 1.5)]
    assert result.sql.splitlines()[2] == 'FROM "events"'


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_json_in_a_column_of_text(engine):
    columns = (Column("at", Type.LONG), Column("raw", Type.STRING))
    schema = Schema.of([SchemaTable("logs", columns)])
    made = ruleconv.translate(
        rule("sel: {A.b: x, C|gt: 5}\nwords: [evil]\ncondition: sel and words"),
        source="sigma",
        to="sql",
        dialect=engine,
        schema=schema,
        table="logs",
        json_column="raw",
    )
    texts = ['{"A": {"b": "X"}, "C": 6, "D": ["an evil thing"]}', '{"A": {"b": "X"}, "C": 5, "D": "evil"}', "no JSON", None]
    rows = list(enumerate(texts, 1))
    result = engines.find(engine).execute(made.text, columns, [Table("logs", columns, rows)])
    assert [row[0] for row in result.rows] == [1]
