"""What happens to hasty hands: options that do nothing together, results over rules, folders of everything, an interrupt."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from ruleconv.cli.group import cli
from tests.cli.test_odd_inputs import run

KQL = 'SigninLogs\n| where ResultType == "50126"\n'
SIGMA = "title: a\nlogsource:\n  category: process_creation\n  product: windows\ndetection:\n  s:\n    Image: a\n  condition: s\n"
SENTINEL = "id: 1\nname: n\nquery: |\n  SigninLogs\n  | where ResultType == '1'\n"


@pytest.fixture
def here(tmp_path):
    (tmp_path / "a.kql").write_text(KQL)
    (tmp_path / "s.yml").write_text(SIGMA)
    (tmp_path / "r.yaml").write_text(SENTINEL)
    (tmp_path / "rows.json").write_text('[{"Image": "a", "UserPrincipalName": "u", "ResultType": "50126"}]')
    return tmp_path


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("translate --to kql --dialect duckdb a.kql", "--dialect goes with --to sql, not with --to kql"),
        ("translate --json-column e a.kql", "--json-column is an option for Sigma rules (this is a kql rule)"),
        ("translate --to kql --platform asim r.yaml", "--platform is an option for Sigma rules (this is a sentinel rule)"),
        ("translate --to kql --time-field t s.yml", "--time-field has nothing to name in kql"),
        ("translate --to sigma --table t s.yml", "--table is of no use to Sigma"),
        ("translate --to sigma --platform asim s.yml", "--platform is of no use to Sigma"),
        ("translate --to kql --platform asim --table t s.yml", "--table and a platform: one of the two"),
        ("translate --table '' s.yml", "--table is no name: ''"),
        ("translate '*.csl'", "*.csl: no such file or folder (no file matches this pattern)"),
        ("translate --output out.sql a.kql", "--output out.sql: the name of a folder is expected (into one file: > out.sql)"),
        ("translate --output '' a.kql", "--output: '' is no folder's name"),
        ("run a.kql --events rows.json", "--events are for Sigma rules; this is a kql rule"),
        ("run s.yml --events rows.json --now 2024-01-01", "--events and --now do not go together"),
        ("run s.yml --events rows.json --source kql", "--events and --source kql do not go together"),
        ("run a.kql --table SigninLogs=rows.json --table SigninLogs=rows.json", "--table SigninLogs is given twice"),
        ("run a.kql --table signinlogs=rows.json", "no rows for the table SigninLogs (there are rows for signinlogs; the case of a name"),
        ("run a.kql --time-field t --table SigninLogs=rows.json", "--time-field is an option for Sigma rules"),
        ("run a.kql --table SigninLogs=rows.json --now soon", "--now: 'soon' is no ISO 8601 time"),
        ("run a.kql --table SigninLogs=rows.json --dsn x", "--dsn goes with the engine postgres"),
        ("lint --statistics --format json a.kql", "--statistics and --format do not go together"),
        ("lint --diff --output x a.kql", "--diff and --output do not go together"),
        ("lint --write-baseline b.json --fix a.kql", "--write-baseline and --fix do not go together"),
        ("lint --unsafe-fixes a.kql", "--unsafe-fixes goes with --fix or --diff"),
        ("lint --stdin-filename x.kql a.kql", "--stdin-filename names what stdin gives (give - as the file)"),
        ("lint --output '' a.kql", "--output: '' is no file's name"),
        ("lint --output . a.kql", "--output .: a folder; a file is expected"),
        ("inspect --output x --navigator x .", "--output and --navigator name the same file: x"),
        ("inspect --navigator a.kql/x .", "--navigator a.kql/x: "),
        ("support make_set summariz", "nothing is called summariz (did you mean summarize?)"),
        ("rule ''", "no rule ''"),
    ],
)
def test_what_would_be_ignored_or_go_wrong_is_refused_in_the_user_s_words(here, command, message):
    done = run(f"$R {command}", here)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"Error: {message}")
    assert {*os.listdir(here)} - {".ruleconv_cache"} == {"a.kql", "r.yaml", "rows.json", "s.yml"}


@pytest.mark.parametrize(
    "command",
    [
        "translate --to kql --output . .",
        "translate --to sigma --output . s.yml",
        "translate --to sentinel --output . r.yaml",
        "lint --output a.kql .",
        "lint --output link.txt .",
        "lint --write-baseline s.yml .",
        "inspect --output r.yaml .",
        "inspect --navigator a.kql .",
    ],
)
def test_no_result_is_written_over_a_rule_that_is_read(here, command):
    (here / "link.txt").symlink_to("a.kql")
    done = run(f"$R {command}", here)
    assert done.returncode == 2
    assert "is a rule that is read: it would be written over" in done.stderr
    assert [(here / name).read_text() for name in ("a.kql", "s.yml", "r.yaml")] == [KQL, SIGMA, SENTINEL]


def test_a_link_an_output_names_stays_one_and_a_mode_stays(here):
    (here / "real").write_text("old")
    (here / "real").chmod(0o600)
    (here / "link").symlink_to("real")
    assert run("$R inspect --output link a.kql", here).returncode == 0
    assert (here / "link").is_symlink()
    assert "SigninLogs" in (here / "real").read_text()
    assert stat.S_IMODE((here / "real").stat().st_mode) == 0o600


def test_a_pipe_is_written_to_and_not_replaced(here):
    os.mkfifo(here / "pipe")
    done = run("cat pipe > got & $R lint --no-cache --output pipe s.yml; wait", here)
    assert stat.S_ISFIFO((here / "pipe").stat().st_mode)
    assert "s.yml:1:1: warning" in (here / "got").read_text()
    assert done.stdout == ""


def test_a_minus_is_stdout(here):
    assert "s.yml:1:1: warning" in run("$R lint --no-cache -o - s.yml", here).stdout
    assert "# a" in run("$R inspect --format markdown -o - s.yml", here).stdout


def test_a_baseline_that_cannot_be_read_is_told_before_anything_is_repaired(here):
    rule = SENTINEL.replace("query:", "relevantTechniques:\n  - T1208\nquery:")
    (here / "r.yaml").write_text(rule)
    done = run("$R lint --no-cache --fix --baseline gone.json r.yaml", here)
    assert (done.returncode, done.stderr) == (2, "Error: gone.json: No such file or directory (write it with --write-baseline)\n")
    assert (here / "r.yaml").read_text() == rule


def test_tables_that_the_configuration_names_wrongly_are_its_fault(here):
    (here / "ruleconv.toml").write_text('tables = ["gone/"]\n')
    done = run("$R lint .", here)
    assert done.returncode == 2
    assert re.fullmatch(r"Error: \S*ruleconv.toml: tables: \S*gone: no such file or folder\n", done.stderr)


# ---------------------------------------------------------------- folders of everything
@pytest.fixture
def everything(here):
    arm = {"type": "Microsoft.SecurityInsights/alertRules", "kind": "Scheduled"}
    queries = ("SigninLogs | take 1", "SigninLogs | where Nope == 1", "SigninLogs | evaluate basket()", "SigninLogs | take 2")
    rules = [{**arm, "properties": {"displayName": f"n{at}", "query": query}} for at, query in enumerate(queries)]
    (here / "arm.json").write_text(json.dumps({"resources": rules}, indent=1))
    (here / "work.yml").write_text("on: push\njobs: {}\n")
    (here / "lost.kql").symlink_to("nowhere")
    (here / "two.yaml").write_text(SENTINEL + "---\n" + SENTINEL.replace("name: n", "name: m"))
    return here


def test_the_rules_of_a_file_are_counted_and_the_broken_ones_told(everything):
    done = run("$R translate --output out .", everything)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "10 rules: 7 exact, 1 refused, 2 broken; 1 file skipped: no rule"
    assert "lost.kql: error: No such file or directory [error]\n" in done.stderr
    assert "Nope" in done.stderr
    assert "basket" in done.stderr
    assert (everything / "out/arm.sql").read_text().count("SELECT") == 2
    assert (everything / "out/two.sql").read_text().count("SELECT") == 2


def test_inspect_and_format_go_on_too(everything):
    shown = run("$R inspect --format json arm.json lost.kql work.yml two.yaml", everything)
    assert [each["card"]["title"] for each in json.loads(shown.stdout)] == ["n0", "n1", "n2", "n3", "n", "m"]
    assert "work.yml: skipped: this is no rule" in shown.stderr
    index = run("$R inspect --format json .", everything)
    assert [each["file"] for each in json.loads(index.stdout)["broken"]] == ["lost.kql"]
    (everything / "two.yaml").write_text((everything / "two.yaml").read_text().replace("== '1'", "=='1'"))
    done = run("$R format .", everything)
    assert (everything / "two.yaml").read_text().count("ResultType == '1'") == 2
    assert "arm.json" not in done.stderr


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        ("translate -o out", 1, "3 rules: 3 exact"),
        ("format --check", 1, "3 files: "),
        ("inspect", 1, "s.yml"),
        ("lint --no-cache", 2, "s.yml:1:1: warning"),
    ],
)
def test_a_folder_that_cannot_be_read_does_not_stop_the_others(here, command, code, told, monkeypatch):
    (here / "locked").mkdir()
    real = os.scandir

    def closed(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.chdir(here)
    monkeypatch.setattr(os, "scandir", closed)  # a test that runs as root can read every folder
    done = CliRunner().invoke(cli, [*command.split(), "."], catch_exceptions=False)
    assert done.exit_code == code
    assert "locked: error: Permission denied\n" in done.stderr
    assert told in done.output


def test_several_files_on_stdout_are_documents_of_one_file(here):
    shown = run("$R translate --to sentinel a.kql r.yaml s.yml", here).stdout
    assert [each["name"] for each in yaml.safe_load_all(shown)] == ["a", "n", "a"]


def test_options_for_sigma_hold_for_the_sigma_rules_among_others(here):
    done = run("$R translate --json-column e a.kql s.yml", here)
    assert done.returncode == 0
    assert "'Image'" in done.stdout
    alone = run("$R translate --json-column e a.kql r.yaml", here)
    assert alone.returncode == 0
    assert alone.stderr.endswith("--json-column had no effect: no rule here is a Sigma rule\n")


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_an_interrupt_ends_the_run_and_leaves_nothing_half_written(here):
    (here / "in").mkdir()
    for number in range(2000):
        (here / f"in/{number}.yml").write_text(SIGMA)
    command = [sys.executable, "-m", "ruleconv.cli", "translate", "--output", "out", "in"]
    path = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, cwd=here, env=path, stderr=subprocess.PIPE, text=True) as process:
        while not list((here / "out").glob("*.sql")):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 130
    assert told.endswith("Interrupted\n")
    assert "Traceback" not in told
    written = list((here / "out").iterdir())
    assert 0 < len(written) < 2000
    assert all(each.suffix == ".sql" and each.read_text().endswith(";\n") for each in written)
