"""``ruleconv lint --fix``, ``--diff`` and baselines as their users see them."""

from __future__ import annotations

import codecs
import json
import os
import subprocess

import pytest

from ruleconv.linter.rule import all_rules
from tests.cli.linting import REVOKED, RIGHT, SENTINEL, WRONG, put, run


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---------------------------------------------------------------- fixes
def test_fix(here):
    path = put(here / "r.yaml", REVOKED)
    assert run("r.yaml").stderr == "1 file: 1 warning; --fix repairs 1\n"
    result = run("--fix", "r.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "1 file: no findings; 1 file repaired\n")
    assert path.read_text() == REVOKED.replace("T1208", "T1558.003")
    path.chmod(0o444)
    os.utime(path, (1, 1))
    assert run("--fix", "r.yaml").stderr == "1 file: no findings\n"
    assert path.stat().st_mtime == 1
    assert sorted(each for each in os.listdir(here) if not each.startswith(".ruleconv_cache")) == ["r.yaml"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_fix_keeps_encoding_line_ends_and_mode(here, encoding, end):
    text = REVOKED.replace("a comment", "é").replace("\n", end)
    path = put(here / "r.yaml", text.encode(encoding))
    path.chmod(0o640)
    link = here / "l.yaml"
    link.symlink_to("r.yaml")
    assert run("--fix", "l.yaml").exit_code == 0
    assert path.read_bytes() == text.replace("T1208", "T1558.003").encode(encoding)
    assert path.read_bytes().startswith(codecs.BOM_UTF8) == (encoding == "utf-8-sig")
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()


def test_a_crash_half_way_leaves_the_original(here, monkeypatch):
    path = put(here / "r.yaml", REVOKED)

    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", crash)
    assert run("--fix", "r.yaml", "--no-cache").exit_code != 0
    assert path.read_text() == REVOKED
    assert os.listdir(here) == ["r.yaml"]


def test_diff_shows_and_changes_nothing(here):
    path = put(here / "r.yaml", REVOKED)
    result = run("--diff", "r.yaml")
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if line[:1] in "+-"] == [
        "--- r.yaml",
        "+++ r.yaml",
        "-  - T1208",
        "+  - T1558.003",
    ]
    assert path.read_text() == REVOKED
    assert run("--diff", "--fix", "r.yaml").exit_code == 1
    assert path.read_text() == REVOKED
    put(path, SENTINEL)
    assert (run("--diff", "r.yaml").exit_code, run("--diff", "r.yaml").stdout) == (0, "")


def test_a_diff_can_be_applied(here):
    put(here / "r.yaml", REVOKED.rstrip("\n"))
    diff = run("--diff", "r.yaml").stdout
    subprocess.run(["git", "init", "-q"], cwd=here, check=True)
    subprocess.run(["git", "apply", "-p0", "-"], cwd=here, input=diff, text=True, check=True)
    assert (here / "r.yaml").read_text() == REVOKED.rstrip("\n").replace("T1208", "T1558.003")


def test_unsafe_fixes_must_be_asked_for(here):
    rule, example = next((rule, each) for rule in all_rules() if rule.fixable == "unsafe" for each in rule.bad if each.fixed)
    text = example.file()
    select = ["--source", example.kind.value, "--select", rule.code, "r.txt"]
    path = put(here / "r.txt", text)
    run("--fix", *select)
    assert path.read_text() == text
    run("--fix", "--unsafe-fixes", *select)
    assert path.read_text() == example.file(example.fixed)


def test_findings_of_several_files_stay_after_a_fix(here):
    put(here / "a.yaml", REVOKED)
    put(here / "b.yaml", REVOKED)
    result = run("--fix", "--format", "json", ".")
    assert {each["code"] for each in json.loads(result.stdout)} == {"XRF001", "XRF002", "XRF003"}


# ---------------------------------------------------------------- baselines
def test_a_baseline_hides_what_is_known(here):
    path = put(here / "rules" / "a.kql", WRONG)
    result = run("--write-baseline", "known.json", "rules")
    assert (result.exit_code, result.stderr) == (0, "known.json: 1 finding (0 of them errors)\n")
    result = run("--baseline", "known.json", "rules")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "1 file: no findings; the baseline hides 1\n")
    put(path, "// moved\n\n" + WRONG)
    assert run("--baseline", "known.json", "rules").exit_code == 0
    put(path, WRONG + '| where UserAgnt == "new"\n')
    result = run("--baseline", "known.json", "rules")
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if "[KQL003]" in line] == [
        "rules/a.kql:3:9: warning: there is no column UserAgnt here [KQL003]"
    ]
    put(path, RIGHT)
    assert run("--baseline", "known.json", "rules").stderr == "1 file: no findings; the baseline hides 0 and has 1 that is gone\n"


def test_the_configuration_names_the_baseline(here, monkeypatch):
    put(here / "rules" / "a.kql", WRONG)
    put(here / "ruleconv.toml", 'baseline = "known.json"\n')
    assert run("--write-baseline", "known.json", "rules").exit_code == 0
    assert run("rules").exit_code == 0
    monkeypatch.chdir(here / "rules")
    assert run(".").exit_code == 0
    assert run("a.kql").exit_code == 0
    assert run("--isolated", "a.kql").exit_code == 1


def test_what_cannot_be_read_is_no_baseline(here):
    put(here / "a.kql", b"\xff")
    assert run("--write-baseline", "known.json", "a.kql").exit_code == 2
    assert json.loads((here / "known.json").read_text())["findings"] == {}
