"""What a user sees of varied rules: the project's own, and those of the folder rules beside this file."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

import ruleconv
from ruleconv.cli import inspection_text
from ruleconv.inspection import as_json, as_markdown, json_schema

TOP = Path(__file__).parents[2]
OWN = Path(__file__).parent / "rules"
RULES = sorted([*(TOP / "rules").rglob("*.*"), *OWN.iterdir()], key=lambda path: path.name)


def inspected(path):
    home = OWN if path.is_relative_to(OWN) else TOP
    return ruleconv.inspect(path.read_text(), filename=str(path.relative_to(home)))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
@pytest.mark.parametrize("width", [120, 70])
def test_text(path, width, snapshot):
    written = StringIO()
    inspection_text.show(inspected(path), Console(file=written, width=width, highlight=False))
    lines = [line.rstrip() for line in written.getvalue().splitlines()]
    assert all(len(line) <= width for line in lines)
    assert "\n".join(lines) == snapshot


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_markdown(path, snapshot):
    assert as_markdown.render(inspected(path)) == snapshot


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_json(path, snapshot):
    """Without the columns that only come along with a table."""
    made = json.loads(as_json.render(inspected(path)))
    made["output"] = [each for each in made["output"] if each["listed"]]
    assert json.dumps(made, indent=1, ensure_ascii=False) == snapshot


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_the_json_is_as_its_schema_says(path):
    import jsonschema

    validator = jsonschema.Draft202012Validator(json_schema.schema())
    assert [error.message for error in validator.iter_errors(json.loads(as_json.render(inspected(path))))] == []


def test_the_schema_refuses_what_is_none():
    import jsonschema

    made = as_json.plain(inspected(RULES[0]))
    validator = jsonschema.Draft202012Validator(json_schema.schema())
    for wrong in ({**made, "more": 1}, {key: value for key, value in made.items() if key != "card"}, {**made, "stage_count": -1}):
        assert not validator.is_valid(wrong)
    made["indicators"][0]["kind"] = "match"
    assert not validator.is_valid(made)


def test_the_published_schemas_are_fresh():
    assert Path(json_schema.PATH).read_text() == json_schema.render(json_schema.schema())
    assert Path(json_schema.INDEX_PATH).read_text() == json_schema.render(json_schema.schema_of_index())


def test_the_index_is_as_its_schema_says():
    import jsonschema

    from ruleconv.inspection.index import as_json as index_json
    from ruleconv.inspection.index import build, entries

    jobs = [entries.Job(path.name, path.read_bytes()) for path in RULES] + [entries.Job("broken.kql", b"(")]
    index = build.build(entry for some in entries.read_all(jobs) for entry in some)
    validator = jsonschema.Draft202012Validator(json_schema.schema_of_index())
    made = json.loads("".join(index_json.render(index)))
    assert [error.message for error in validator.iter_errors(made)] == []
    made["rules"][0]["indicators"][0]["seen"].append({"value": 1})
    assert not validator.is_valid(made)


def test_there_are_a_dozen_rules_of_every_language():
    assert len(RULES) >= 12
    assert {inspected(path).language for path in RULES} == {"kql", "sentinel", "sigma", "sql"}
