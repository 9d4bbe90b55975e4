"""What docs/adopting.md tells people to write is right."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from ruleconv.cli.group import cli
from ruleconv.linter import config_file
from ruleconv.linter.engine import lint
from ruleconv.linter.examples import BASES
from ruleconv.rulefile.model import Kind

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "adopting.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
YAML = [yaml.safe_load(text) for kind, text in BLOCKS if kind == "yaml"]


def test_the_configuration_is_good(tmp_path):
    (text,) = (text for kind, text in BLOCKS if kind == "toml")
    path = tmp_path / "ruleconv.toml"
    path.write_text(text)
    settings = config_file.read(path)
    assert settings.overrides
    assert settings.config.schema_files == (str(tmp_path / "schema/"),)


@pytest.mark.parametrize("command", [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()])
def test_commands(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(BASES[Kind.SENTINEL])
    assert CliRunner().invoke(cli, shlex.split(command)[1:], catch_exceptions=False).exit_code == 0


def test_hooks_exist():
    known = {hook["id"] for hook in yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())}
    assert {hook["id"] for hook in YAML[0]["repos"][0]["hooks"]} <= known


def test_the_action_takes_what_is_given():
    (step,) = (step for step in YAML[1]["jobs"]["lint"]["steps"] if "ruleconv" in step["uses"])
    assert set(step["with"]) <= set(yaml.safe_load((TOP / "action.yml").read_text())["inputs"])


def test_the_gitlab_job(tmp_path, monkeypatch):
    command = YAML[2]["ruleconv"]["script"][1]
    words = shlex.split(re.sub(r'--base "[^"]*" ', "", command))[1:]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.kql").write_text("SigninLogs | where ResultTyp == 1")
    assert CliRunner().invoke(cli, words).exit_code == 1
    assert "KQL003" in (tmp_path / YAML[2]["ruleconv"]["artifacts"]["reports"]["codequality"]).read_text()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("sentinel", BASES[Kind.SENTINEL].replace("severity: Medium", "severity: Urgent  # ruleconv: ignore[SCH005] agreed with the SOC")),
        ("kql", "SigninLogs\n| where Legacy == 1  // ruleconv: ignore[KQL003] a column of ours"),
    ],
)
def test_comments(kind, text):
    comment = re.search(r"(#|//) ruleconv.*", text)
    assert comment is not None
    assert comment.group() in PAGE
    assert lint(text, source=kind) == []
    assert lint(text.replace(comment.group(), ""), source=kind) != []


def test_the_schema_is_where_the_page_says():
    assert (TOP / "docs" / re.search(r"\((\.\./\S+config_schema\.json)\)", PAGE).group(1)).is_file()
    jsonschema.Draft7Validator.check_schema(yaml.safe_load((TOP / "ruleconv/linter/config_schema.json").read_text()))


def test_the_page_can_be_followed_from_its_first_line_to_the_baseline(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("rules", "schema"):
        (tmp_path / folder).mkdir()
    (tmp_path / "schema/mine.json").write_text('{"Mine_CL": {"a": "string"}}')
    (tmp_path / "rules/a.yaml").write_text(BASES[Kind.SENTINEL].replace("severity:", "severity: x #"))
    configuration = next(text for kind, text in BLOCKS if kind == "toml")
    codes = []
    for kind, text in BLOCKS:
        if kind == "toml":
            (tmp_path / "ruleconv.toml").write_text(text)
        for line in text.splitlines() if kind == "sh" else ():
            codes.append(CliRunner().invoke(cli, shlex.split(line)[1:], catch_exceptions=False).exit_code)
    assert codes == [1, 1, 0, 1, 0]
    (named,) = re.findall(r"`(baseline = [^`]*)`", PAGE)
    (tmp_path / "ruleconv.toml").write_text(named + "\n" + configuration)
    assert CliRunner().invoke(cli, ["lint", "rules/"], catch_exceptions=False).exit_code == 0
