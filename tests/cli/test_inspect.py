"""``ruleconv inspect``: forms, folders, exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ruleconv.cli import inspection_text
from ruleconv.cli.group import cli

TOP = Path(__file__).parents[2]
RULE = str(TOP / "rules/sentinel/guest-invited-by-first-time-inviter.yaml")


def run(*words, **options):
    return CliRunner().invoke(cli, ["inspect", *words], **options)


def test_text_is_for_people():
    done = run(RULE)
    assert done.exit_code == 0
    assert "leftanti: Inviter in ‹let knownInviters›" in done.stdout
    assert not any(line.endswith(" ") for line in done.stdout.splitlines())


def test_json_is_one_document_for_one_rule():
    made = json.loads(run("--format", "json", RULE).stdout)
    assert made["card"]["title"] == "Guest invited by someone who never invited before"


def test_json_of_several_rules_is_a_list():
    other = str(TOP / "rules/kql/password-spray-from-one-address.kql")
    assert [each["language"] for each in json.loads(run("--format", "json", RULE, other).stdout)] == ["sentinel", "kql"]


def test_markdown():
    assert run("--format", "markdown", RULE).stdout.startswith("# Guest invited by someone who never invited before\n")


def test_stdin():
    done = run("-", input="SigninLogs | where UserAgent has 'curl'")
    assert 'UserAgent term "curl" [any case]' in done.stdout


def test_a_broken_file_is_told_and_the_others_go_on(tmp_path):
    (tmp_path / "a.kql").write_text("T | where (")
    (tmp_path / "b.kql").write_text("SigninLogs | where UserAgent has 'curl'")
    done = run(str(tmp_path / "a.kql"), str(tmp_path / "b.kql"))
    assert done.exit_code == 1
    assert "a.kql:1:" in done.stderr
    assert "UserAgent" in done.stdout


@pytest.mark.parametrize(("form", "start"), [("markdown", "# Rules"), ("html", "<!doctype html>"), ("json", "{")])
def test_a_folder_gives_an_index(form, start):
    done = run("--format", form, str(TOP / "rules"))
    assert done.exit_code == 0
    assert done.stdout.startswith(start)


def test_a_folder_s_index_with_a_broken_rule(tmp_path):
    (tmp_path / "a.kql").write_text("T | where (")
    (tmp_path / "b.kql").write_text("SigninLogs | where UserAgent has 'curl'")
    done = run("--format", "json", "--navigator", str(tmp_path / "layer.json"), "--output", str(tmp_path / "index.json"), str(tmp_path))
    assert done.exit_code == 1
    assert "a.kql:1:" in done.stderr
    made = json.loads((tmp_path / "index.json").read_text())
    assert (len(made["rules"]), len(made["broken"])) == (1, 1)
    assert json.loads((tmp_path / "layer.json").read_text())["techniques"] == []


def test_a_file_that_cannot_be_opened_or_is_no_text_does_not_stop_the_others(tmp_path):
    (tmp_path / "a.kql").symlink_to(tmp_path / "gone.kql")
    (tmp_path / "b.kql").write_bytes(b"\xff\xfe\xff")
    (tmp_path / "c.kql").write_text("SigninLogs | where UserAgent has 'curl'")
    made = json.loads(run("--format", "json", str(tmp_path)).stdout)
    assert (len(made["rules"]), len(made["broken"])) == (1, 2)
    done = run(str(tmp_path / "b.kql"), str(tmp_path / "c.kql"))
    assert done.exit_code == 1
    assert "b.kql:1:1: error" in done.stderr
    assert "curl" in done.stdout


def test_a_folder_has_no_text_form(tmp_path):
    (tmp_path / "b.kql").write_text("T")
    done = run("--format", "text", str(tmp_path))
    assert done.exception is not None
    assert "no text form" in str(done.exception)


def test_no_text_of_a_rule_steers_the_terminal(tmp_path):
    (tmp_path / "a.yml").write_text(
        'title: "a\\e]0;x\\a\\u202eb [bold]c"\nlogsource: {category: x}\ndetection: {s: {A: "\\e[31m"}, condition: s}\n'
    )
    done = run(str(tmp_path / "a.yml"))
    assert done.exit_code == 0
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "[bold]c" in done.stdout


def test_a_schema_of_the_user_s_own(tmp_path):
    (tmp_path / "mine.json").write_text('{"Mine": {"Field": "string"}}')
    (tmp_path / "q.kql").write_text("Mine | where Field == 'a'")
    made = json.loads(run("--format", "json", "--schema", str(tmp_path / "mine.json"), str(tmp_path / "q.kql")).stdout)
    assert made["problems"] == []
    assert made["indicators"][0]["sources"] == ["Mine.Field"]


def test_narrow_terminals_get_lines():
    assert inspection_text.NARROW > 80
    assert "GuestInvited" not in run(RULE, env={"COLUMNS": "60"}).stdout
    assert all(len(line) <= 60 for line in run(RULE, env={"COLUMNS": "60"}).stdout.splitlines())
