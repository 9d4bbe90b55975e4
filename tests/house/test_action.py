"""The GitHub Action's own script, run as the runner runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parents[2]
ACTION = yaml.safe_load((TOP / "action.yml").read_text("utf-8"))
STEPS = {step.get("id", step.get("name", step.get("uses"))): step for step in ACTION["runs"]["steps"]}
WRONG = 'SigninLogs\n| where ResultTyp == "x"\n'

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the script is bash")


def git(folder, *arguments):
    done = subprocess.run(
        ["git", "-c", "user.name=n", "-c", "user.email=e@x", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """A repository with an old finding, and its commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "old.kql").write_text(WRONG)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    return folder


def run(folder, **variables):
    """Exit code, what the step printed, its outputs, and the names of files in the SARIF log."""
    temp = folder.parent
    output, sarif = temp / "output", temp / "found.sarif"
    for path in (output, sarif):
        path.unlink(missing_ok=True)
    inputs = {"PATHS": ".", "CHANGED_ONLY": "true", "ARGUMENTS": "", "BASE": "", "SARIF": str(sarif), "GITHUB_OUTPUT": str(output)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", STEPS["lint"]["run"]]
    done = subprocess.run(
        script, cwd=folder, env={**os.environ, "PATH": path, **inputs, **variables}, capture_output=True, text=True, check=False
    )
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    names = []
    if sarif.exists():
        results = json.loads(sarif.read_text())["runs"][0]["results"]
        names = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results]
    return done, outputs, names


def test_everything(repository):
    done, outputs, names = run(repository)
    assert (done.returncode, outputs["exit-code"], names) == (1, "1", ["old.kql"])
    assert "::warning file=old.kql,line=2,col=9" in done.stdout
    assert outputs["sarif"].endswith("found.sarif")


def test_only_what_a_pull_request_changes(repository):
    base = git(repository, "rev-parse", "HEAD")
    odd = repository / "rules" / "a b; touch x $(touch y).kql"
    odd.parent.mkdir()
    odd.write_text(WRONG)
    (repository / "-n.kql").write_text(WRONG)
    (repository / "notes.md").write_text("x")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "two")
    done, _, names = run(repository, BASE=base)
    assert done.returncode == 1
    assert names == ["-n.kql", "rules/a%20b%3B%20touch%20x%20%24%28touch%20y%29.kql"]
    assert run(repository, BASE=base, PATHS="rules  docs")[2] == names[1:]
    assert run(repository, BASE=base, CHANGED_ONLY="false")[2] == ["-n.kql", "old.kql", names[1]]
    assert not (repository / "x").exists()
    assert not (repository / "y").exists()


def test_nothing_has_changed(repository):
    base = git(repository, "rev-parse", "HEAD")
    done, outputs, names = run(repository, BASE=base)
    assert (done.returncode, done.stdout, outputs, names) == (0, "no rule has changed\n", {"exit-code": "0"}, [])


def test_arguments(repository):
    assert run(repository, ARGUMENTS="--fail-on never")[0].returncode == 0
    assert run(repository, ARGUMENTS="--select ATT")[2] == []


def test_wrong_usage_fails_without_a_log(repository):
    done, outputs, names = run(repository, ARGUMENTS="--select NONSENSE")
    assert (done.returncode, outputs, names) == (2, {"exit-code": "2"}, [])


def test_nothing_of_a_pull_request_stands_in_a_script():
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_the_steps_in_between():
    names = set(STEPS["lint"]["env"])
    assert names == {"PATHS", "CHANGED_ONLY", "ARGUMENTS", "BASE", "SARIF"}
    assert STEPS["Upload to code scanning"]["with"]["sarif_file"] == "${{ steps.lint.outputs.sarif }}"
    assert all(f"inputs.{name}" in (TOP / "action.yml").read_text() for name in ACTION["inputs"])
