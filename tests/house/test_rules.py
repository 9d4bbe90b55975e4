"""The project's own rules translate to both dialects without missing a row."""

import re
from pathlib import Path

import pytest

import ruleconv
from ruleconv.reading import read
from ruleconv.rulefile.model import Kind
from ruleconv.rulefile.reader import read_rule

TOP = Path(__file__).parents[2]
RULES = sorted((TOP / "rules").rglob("*.*"))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
def test_a_rule_translates(path, dialect):
    made = ruleconv.translate(path.read_text(), to="sql", dialect=dialect, filename=str(path))
    assert made.effect in (ruleconv.Effect.EXACT, ruleconv.Effect.WIDENS), made.notes


@pytest.mark.parametrize("path", [p for p in RULES if p.suffix == ".yaml"], ids=lambda path: path.name)
def test_a_sentinel_rule_is_complete(path):
    rule = read_rule(read(path))
    assert rule.kind is Kind.SENTINEL
    assert rule.problems == ()
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", str(rule.metadata["id"]))
    assert {"name", "description", "severity", "tactics", "relevantTechniques", "requiredDataConnectors"} <= set(rule.metadata)
    mapped = [f["columnName"] for m in rule.metadata["entityMappings"] for f in m["fieldMappings"]]
    from ruleconv.translation import bound

    query, _ = bound(rule.file.text, filename=rule.file.name)
    assert set(mapped) <= {column.name for column in query.columns}


def test_ids_are_unique():
    ids = [read_rule(read(p)).metadata["id"] for p in RULES if p.suffix == ".yaml"]
    assert len(set(ids)) == len(ids) > 0


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_a_rule_has_no_finding(path):
    assert ruleconv.lint(path.read_text(), filename=str(path)) == []


@pytest.mark.parametrize("path", [p for p in RULES if p.suffix == ".yml"], ids=lambda path: path.name)
@pytest.mark.parametrize("target", ["kql", "sentinel"])
def test_a_sigma_rule_has_tables_of_its_own(path, target):
    """Neither a placeholder table nor a deviation."""
    made = ruleconv.translate(path.read_text(), to=target, filename=str(path))
    assert made.effect is ruleconv.Effect.EXACT, made.notes
    assert not [note for note in made.notes if note.code == "LOG001"]
