"""What goes wrong around a rule: closed streams, files of options that cannot be read, options that make no sense together."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SIGMA = "title: a\nlogsource:\n  category: process_creation\n  product: windows\ndetection:\n  s:\n    Image: a\n  condition: s\n"


def run(command, cwd, **environment):
    """A shell's command line of ruleconv, in a process of its own: ``$R`` stands for the program."""
    shell = ["bash", "-c", command.replace("$R", f"{sys.executable} -m ruleconv.cli")]
    return subprocess.run(shell, cwd=cwd, env={**os.environ, "PYTHONPATH": str(TOP), **environment}, capture_output=True, text=True)


@pytest.fixture
def here(tmp_path):
    (tmp_path / "rule.yml").write_text(SIGMA)
    (tmp_path / "empty.json").write_text("")
    (tmp_path / "empty.yml").write_text("")
    (tmp_path / "binary.kql").write_bytes(b"\x7fELF\xd0\0\0")
    return tmp_path


@pytest.mark.parametrize("command", ["translate -", "lint -", "format -", "inspect -", "run -"])
def test_a_closed_stdin_is_an_empty_one(here, command):
    done = run(f"$R {command} <&-", here)
    assert done.returncode == 1
    assert "empty" in done.stdout + done.stderr
    assert "fault" not in done.stderr


def test_nobody_needs_to_listen(here):
    assert run("$R translate rule.yml >&- 2>&-", here).returncode == 0
    assert run("$R lint --no-cache rule.yml >&- 2>&-", here).returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_told(here):
    done = run("$R translate rule.yml > /dev/full", here)
    assert (done.returncode, done.stderr) == (2, "Error: No space left on device\n")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("translate --schema empty.json rule.yml", "Error: empty.json:1:1: this is not JSON: Expecting value\n"),
        ("run --schema empty.json 'print 1'", "Error: empty.json:1:1: this is not JSON: Expecting value\n"),
        ("inspect --schema empty.json rule.yml", "Error: empty.json:1:1: this is not JSON: Expecting value\n"),
        ("translate --pipeline empty.yml rule.yml", "Error: empty.yml:1:1: a processing pipeline is a YAML map\n"),
        ("translate --platform asim rule.yml", "Error: --platform chooses tables of KQL (SQL reads those of"),
        ("translate ''", "Error: '': no such file or folder\n"),
        ("run rule.yml", "Error: no rows for the table windows_process_creation (give its rows, or its file: --table"),
        ("run lost.json", "Error: lost.json: no such file\n"),
    ],
)
def test_wrong_use_is_told_in_a_line(here, command, message):
    done = run(f"$R {command}", here)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(message)


@pytest.mark.skipif(not shutil.which("script"), reason="needs a terminal")
@pytest.mark.parametrize("command", ["lint --no-cache rule.yml", "inspect rule.yml", "translate --to kql lost.kql rule.yml"])
def test_a_terminal_gets_colours_unless_nobody_wants_them(here, command):
    (here / "lost.kql").write_text("T | where (")
    program = f"script -qec '{sys.executable} -m ruleconv.cli {command}' /dev/null"
    assert "\x1b[" in run(program, here, NO_COLOR="", TERM="xterm").stdout
    assert "\x1b[" not in run(program, here, NO_COLOR="1", TERM="xterm").stdout


def test_a_broken_pipeline_is_named_and_not_the_rule(here):
    (here / "pipeline.yml").write_text("nonsense: 1\n")
    done = run("$R translate --pipeline pipeline.yml rule.yml", here)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: pipeline.yml is no processing pipeline: ")


def test_inspect_takes_the_language_as_every_command_does(here):
    assert run("$R inspect --source sigma rule.yml", here).returncode == 0


def test_inspect_goes_on_past_what_cannot_be_read(here):
    (here / "gone.kql").symlink_to("nowhere.kql")
    for arguments, shown in (("binary.kql gone.kql rule.yml", "keywords: Image"), (".", "rule.yml`, sigma")):
        done = run(f"$R inspect {arguments}", here)
        assert done.returncode == 1
        assert "binary.kql:1:" in done.stderr
        assert re.search(r"^gone.kql(:1:1)?: error: No such file or directory", done.stderr, re.MULTILINE)
        assert "fault" not in done.stderr
        assert shown in done.stdout


STEERING = 'title: t\nlogsource: {category: c}\ndetection: {s: {A: "\\e[31mred", B: "\\x9b31m"}, condition: s}\n'


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("translate steering.yml", "'\x1b[31mred'"),
        ("translate --format json steering.yml", r"'\u001b[31mred'"),
        ("inspect --format markdown steering.yml", "\x9b31m"),
        ("run --format csv \"print x = '\\u001b[31mred'\"", "\x1b[31mred"),
        ("format --diff steering.kql", '-T|where a == "\x1b[31mred"'),
    ],
)
def test_what_is_read_by_a_program_has_every_character(here, command, shown):
    (here / "steering.yml").write_text(STEERING)
    (here / "steering.kql").write_text('T|where a == "\x1b[31mred"\n')
    assert shown in run(f"$R {command}", here).stdout


@pytest.mark.skipif(not shutil.which("script"), reason="needs a terminal")
@pytest.mark.parametrize(
    "command", ["translate", "translate --format json", "inspect", "inspect --format json", "inspect --format markdown"]
)
def test_no_rule_steers_a_terminal(here, command):
    (here / "steering.yml").write_text(STEERING)
    done = run(f"script -qec '{sys.executable} -m ruleconv.cli {command} steering.yml' /dev/null", here, NO_COLOR="1", TERM="xterm")
    assert "31m" in done.stdout
    assert "\x1b[31m" not in done.stdout
    assert "\x9b" not in done.stdout


def test_no_name_of_a_file_steers_a_terminal(here):
    done = run("$R translate --schema $'\\x1b[31m.json' rule.yml; $R lint --config $'\\x1b[31m.toml' rule.yml", here)
    assert done.stderr.count("\ufffd[31m.") == 2
    assert "\x1b" not in done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_named_pipe_in_a_folder_is_told(here):
    os.mkfifo(here / "pipe.json")
    assert "pipe.json:1:1: error: not a regular file" in run("timeout 20 $R inspect .", here).stderr
    assert run("timeout 20 $R lint --baseline pipe.json rule.yml", here).stderr.startswith("Error: pipe.json: not a regular file")


def test_names_that_are_no_unicode_are_spelt_out(here):
    done = run("cp rule.yml $'\\xff.yml'; $R inspect --format json --output index.json .; $R lint --format json --output lint.json .", here)
    assert "fault" not in done.stderr
    assert "\\udcff.yml" in (here / "index.json").read_text()
    assert "\\udcff.yml" in (here / "lint.json").read_text()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_a_file_that_root_repairs_stays_its_owners(here):
    file = here / "query.kql"
    file.write_text("T|where a==1")
    os.chown(file, 65534, 65534)
    file.chmod(0o640)
    assert run("$R format query.kql", here).returncode == 0
    found = file.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (65534, 65534, 0o640)
    assert file.read_text() == "T\n| where a == 1\n"
