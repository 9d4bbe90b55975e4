"""Whole rules, as people read them and as Sentinel takes them: the YAML reads back, its query binds, its mapped columns exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

import ruleconv
from ruleconv.ir.fidelity import Effect
from ruleconv.rulefile import duration
from ruleconv.rulefile.attack import sentinel_tactics, techniques
from ruleconv.rulefile.reader import read_rule
from ruleconv.rulefile.sentinel_metadata import from_sentinel
from ruleconv.rulefile.sigma_metadata import from_sigma
from ruleconv.rulefile.yaml_nodes import compose_all
from ruleconv.text import Source
from ruleconv.translation import bound

HERE = Path(__file__).parent
RULES = sorted((HERE / "rules").iterdir())
SENTINEL = sorted((HERE.parent.parent / "rules" / "sentinel").glob("*.yaml"))


def written(path: Path) -> ruleconv.Translation:
    return ruleconv.translate(path.read_text(encoding="utf-8"), to="sentinel", filename=path.name)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_rule(path: Path, snapshot: SnapshotAssertion) -> None:
    made = written(path)
    notes = "".join(f"# note {note}\n" for note in made.notes)
    # The query of a Sigma rule is the business of the log sources and of the KQL writer, and tested there.
    text = re.sub(r"(?m)^query: \|\n(?:  .*\n)+", "query: ...\n", made.text) if path.suffix == ".yml" else made.text
    assert f"{notes}{text}" == snapshot


@pytest.mark.parametrize("path", [*RULES, *SENTINEL], ids=lambda path: path.stem)
def test_sentinel_takes_it(path: Path) -> None:
    for rule in yaml.safe_load_all(written(path).text):
        text = yaml.safe_dump(rule)
        query, _ = bound(text, source="sentinel")
        mapped = [field["columnName"] for each in rule.get("entityMappings", ()) for field in each["fieldMappings"]]
        assert set(mapped) <= {column.name for column in query.columns}
        assert rule["severity"] in ("Informational", "Low", "Medium", "High")
        assert set(rule["tactics"]) <= set(sentinel_tactics())
        assert set(rule.get("relevantTechniques", ())) <= set(techniques())
        frequency, period = (duration.from_sentinel(rule[key]) for key in ("queryFrequency", "queryPeriod"))
        assert 5 * duration.MINUTE <= frequency <= period <= 14 * duration.DAY
        assert len(rule["query"]) <= 10_000
        assert {"name", "description", "requiredDataConnectors", "triggerOperator", "triggerThreshold", "version", "kind"} <= rule.keys()


@pytest.mark.parametrize("path", SENTINEL, ids=lambda path: path.stem)
def test_a_sentinel_rule_keeps_what_it_says(path: Path) -> None:
    before = yaml.safe_load(path.read_text(encoding="utf-8"))
    after = yaml.safe_load(written(path).text)
    assert {key: after[key] for key in before if key != "query"} == {key: value for key, value in before.items() if key != "query"}


def test_a_near_real_time_rule_gets_no_schedule() -> None:
    made = ruleconv.translate("id: x\nname: n\nkind: NRT\nquery: SigninLogs\n", to="sentinel")
    rule = yaml.safe_load(made.text)
    assert rule["kind"] == "NRT"
    assert "queryFrequency" not in rule
    assert "triggerOperator" not in rule


@pytest.mark.parametrize("name", ["rundll32.yml"])
def test_a_sigma_rule_keeps_its_metadata_both_ways(name: str) -> None:
    path = HERE / "rules" / name
    before = from_sigma(compose_all(Source(path.read_text(encoding="utf-8")))[0][0])
    root = read_rule(Source(written(path).text, "x.yaml")).root
    assert root is not None
    after = from_sentinel(root)
    for key in ("title", "level", "status", "author", "date", "modified", "references", "falsepositives", "description", "logsource"):
        assert getattr(after, key) == getattr(before, key), key
    assert set(after.tags) == set(before.tags)
    assert [(each.id, each.type) for each in after.related] == [(before.id, "derived")]


def test_ids_are_stable_and_apart() -> None:
    def id_of(text: str) -> str:
        return yaml.safe_load(ruleconv.translate(text, source="kql", to="sentinel").text)["id"]

    assert id_of("SigninLogs") == id_of("SigninLogs")
    assert id_of("SigninLogs") != id_of("AuditLogs")


def test_what_is_too_long_is_cut_and_noted() -> None:
    rule = f"title: t\ndescription: {'d' * 6000}\nlevel: low\nlogsource: {{product: windows, category: process_creation}}\n"
    rule += "detection:\n  selection:\n    CommandLine: a\n  condition: selection\n"
    made = ruleconv.translate(rule, to="sentinel", platform="generic")
    assert [note.message for note in made.notes if note.code == "SEW005"] == ["the description has 6,000 characters and is cut to 4,940"]
    read = yaml.safe_load(made.text)["description"]
    assert len(read) == 5000
    # What is told after the text is whole.
    assert read.endswith("d…\n\nSigma rule (product: windows, category: process_creation).")


def test_a_name_that_is_too_long_is_cut() -> None:
    made = ruleconv.translate("SigninLogs", source="kql", to="sentinel", filename="n" * 300 + ".kql")
    assert len(yaml.safe_load(made.text)["name"]) == 256
    assert any(note.message == "the name has 300 characters and is cut to 256" for note in made.notes)


def test_a_query_that_is_too_long_is_noted() -> None:
    values = ", ".join(f'"{n:0>40}"' for n in range(300))
    made = ruleconv.translate(f"SigninLogs | where UserPrincipalName in ({values})", to="sentinel")
    assert any(note.code == "SEW009" and note.effect is Effect.EXACT for note in made.notes)
