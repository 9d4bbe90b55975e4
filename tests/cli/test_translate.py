import json
import os
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ruleconv.cli import files, progress
from ruleconv.cli.group import cli
from ruleconv.diagnostic import UsageError

CLEAN = "T | where a == 1\n"
RULE = "id: x\nname: n\nquery: |\n  T\n  | where {}\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.json").write_text('{"T": {"a": "long", "s": "string", "TimeGenerated": "datetime"}}')
    return tmp_path


def translate(*arguments, **options):
    return CliRunner().invoke(cli, ["translate", "--schema", "s.json", *arguments], catch_exceptions=False, **options)


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_one_file_gives_sql_on_stdout_and_nothing_else(here):
    put(here / "q.kql", CLEAN)
    result = translate("q.kql")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("SELECT")
    assert result.stdout.endswith(";\n")
    assert '"T"' in result.stdout


def test_stdin(here):
    result = translate("-", input="T | where b == 1")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[:3] == [
        "<stdin>:1:11: error: there is no column b here [KQL003]",
        "    1 | T | where b == 1",
        "      |           ^",
    ]


def test_dialects_differ(here):
    put(here / "q.kql", "T | where s contains 'x'")
    assert translate("q.kql").stdout != "" != translate("--dialect", "duckdb", "q.kql").stdout


def test_an_error_in_a_rule_is_placed_in_the_yaml_file(here):
    put(here / "r.yaml", RULE.format("b == 1"))
    result = translate("r.yaml")
    assert result.exit_code == 1
    assert "r.yaml:5:11: error: there is no column b here" in result.stderr
    assert "    5 |   | where b == 1\n      |           ^\n" in result.stderr


def test_a_folder_keeps_its_tree_and_broken_files_do_not_stop_the_others(here):
    put(here / "rules/a.kql", CLEAN)
    put(here / "rules/deep/b.yaml", RULE.format("a > 2"))
    put(here / "rules/deep/broken.yaml", "query: [")
    put(here / "rules/binary.kql", b"\x7fELF\0\0")
    put(here / "rules/half.kql", "T | where (a")
    put(here / "rules/.git/c.kql", CLEAN)
    put(here / "rules/readme.md", "no rule")
    result = translate("--out", "out", "rules")
    assert result.exit_code == 1
    assert result.stdout == ""
    written = sorted(str(p.relative_to(here / "out")) for p in (here / "out").rglob("*") if p.is_file())
    assert written == ["a.sql", "deep/b.sql"]
    assert (here / "out/a.sql").read_text().endswith(";\n")
    assert result.stderr.splitlines()[-1] == "5 rules: 2 exact, 3 broken"
    for place in ("rules/binary.kql:1:5", "rules/deep/broken.yaml:1:", "rules/half.kql:1:"):
        assert place in result.stderr


def test_json(here):
    put(here / "a.kql", CLEAN)
    put(here / "b.yaml", RULE.format("b == 1"))
    result = translate("--format", "json", "a.kql", "b.yaml")
    first, second = json.loads(result.stdout)
    assert (first["file"], first["effect"], first["notes"], first["errors"]) == ("a.kql", "exact", [], [])
    assert first["text"].startswith("SELECT")
    assert second["text"] is second["effect"] is None
    (error,) = second["errors"]
    assert (error["code"], error["line"], error["column"]) == ("KQL003", 5, 11)
    start, end = error["span"]
    assert RULE.format("b == 1")[start:end] == "b"


class Made:
    """A translation with one note, whatever the rule says."""

    def __init__(self, effect):
        self.effect = effect

    def __call__(self, file, **options):
        from ruleconv.ir.fidelity import Note, Translation
        from ruleconv.text import Span

        yield Translation("SELECT 1", (Note("SQW020", self.effect, "differs", Span(0, 1)),), file)


@pytest.mark.parametrize(
    ("effect", "fail_on", "code"),
    [
        ("exact", "widens", 0),
        ("widens", "widens", 1),
        ("widens", None, 0),
        ("narrows", None, 1),
        ("narrows", "changes", 0),
        ("changes", "changes", 1),
        ("changes", "never", 0),
        ("refused", "never", 1),
    ],
)
def test_fail_on(here, monkeypatch, effect, fail_on, code):
    from ruleconv.ir.fidelity import Effect

    put(here / "q.kql", CLEAN)
    monkeypatch.setattr("ruleconv.translation.translate_each", Made(Effect(effect)))
    result = translate("q.kql", *(("--fail-on", fail_on) if fail_on else ()))
    assert result.exit_code == code
    assert f"{effect}: differs [SQW020]" in result.stderr
    assert result.stdout == "SELECT 1;\n"


def test_a_crash_in_one_file_is_reported_and_the_others_go_on(here, monkeypatch):
    from ruleconv import translation

    real = translation.translate_each

    def sometimes(file, **options):
        if file.name == "b.kql":
            raise ZeroDivisionError("oops")
        return real(file, **options)

    for name in "abc":
        put(here / f"{name}.kql", CLEAN)
    monkeypatch.setattr("ruleconv.translation.translate_each", sometimes)
    result = translate("a.kql", "b.kql", "c.kql")
    assert result.exit_code == 1
    assert "b.kql:1:1: error: ZeroDivisionError: oops [internal]" in result.stderr
    assert result.stdout.count("SELECT") == 2


# ---------------------------------------------------------------- writing
def test_two_inputs_for_one_name_keep_their_suffixes(here):
    put(here / "r/a.kql", CLEAN)
    put(here / "r/a.yaml", RULE.format("a == 1"))
    assert translate("--out", "out", "r").exit_code == 0
    assert sorted(os.listdir(here / "out")) == ["a.kql.sql", "a.yaml.sql"]


def test_two_inputs_for_one_file_are_wrong_usage(here):
    put(here / "r/a.kql", CLEAN)
    put(here / "q/a.kql", CLEAN)
    with pytest.raises(UsageError, match="would both be written to"):
        translate("--out", "out", "r", "q")
    assert not (here / "out").exists()


@pytest.mark.parametrize("name", ["-x.kql", "a b.kql", "é.kql", "..kql", "a\nb.kql", "....yaml", "x;rm.kql", ".kql"])
def test_odd_names_stay_inside(here, name):
    put(here / "in" / "x.kql", CLEAN)
    put(here / "in" / name, CLEAN)
    result = translate("--source", "kql", "--out", "out/here", "--", os.path.join("in", name))
    assert result.exit_code == 0
    outside = {"s.json", "in", "out"}
    assert set(os.listdir(here)) == outside
    assert len(os.listdir(here / "out/here")) == 1


def test_a_link_in_the_output_folder_is_not_followed_out_of_it(here):
    put(here / "in/deep/a.kql", CLEAN)
    (here / "out").mkdir()
    (here / "elsewhere").mkdir()
    (here / "out/deep").symlink_to(here / "elsewhere")
    result = translate("--out", "out", "in")
    assert result.exit_code == 1
    assert "lies outside of out" in result.stderr
    assert os.listdir(here / "elsewhere") == []


def test_a_link_as_target_is_replaced_and_not_written_through(here):
    put(here / "a.kql", CLEAN)
    put(here / "precious", "keep")
    (here / "out").mkdir()
    (here / "out/a.sql").symlink_to(here / "precious")
    assert translate("--out", "out", "a.kql").exit_code == 0
    assert (here / "precious").read_text() == "keep"
    assert not (here / "out/a.sql").is_symlink()


def test_links_out_of_an_input_folder_are_not_read(here):
    put(here / "secret.kql", CLEAN)
    put(here / "in/a.kql", CLEAN)
    (here / "in/b.kql").symlink_to(here / "secret.kql")
    (here / "in/c.kql").symlink_to("a.kql")
    assert [each.path for each in files.expand(["in"], (".kql",), [])] == ["in/a.kql", "in/c.kql"]


def test_a_failed_write_leaves_nothing_behind(here, monkeypatch):
    put(here / "a.kql", CLEAN)

    def broken(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    result = translate("--out", "out", "a.kql")
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert os.listdir(here / "out") == []


def test_written_files_have_the_usual_rights(here):
    put(here / "a.kql", CLEAN)
    translate("--out", "out", "a.kql")
    assert (here / "out/a.sql").stat().st_mode & 0o777 == (here / "a.kql").stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.kql"], "none.kql: no such file or folder"),
        (["-", "-"], "stdin (-) is given twice"),
        (["empty"], "no rules in empty"),
        (["--out", "s.json", "s.json"], "s.json: not a folder"),
        (["--schema", "none.json", "s.json"], "none.json: No such file"),
    ],
)
def test_wrong_usage(here, arguments, message):
    (here / "empty").mkdir()
    with pytest.raises(UsageError) as caught:
        translate(*arguments)
    assert message in str(caught.value)


def test_wrong_usage_ends_with_2(here):
    done = subprocess.run([sys.executable, "-m", "ruleconv.cli", "translate", "none.kql"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "Error: none.kql: no such file or folder\n")


def test_a_reader_that_goes_away_is_no_error(here):
    for number in range(300):
        put(here / f"in/{number}.kql", CLEAN)
    command = f"{sys.executable} -m ruleconv.cli translate --schema s.json in 2>err | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.stdout.startswith("-- in/0.kql")
    assert "Traceback" not in (here / "err").read_text()


def test_no_bar_without_a_terminal(capsys):
    assert list(progress.tracked(range(100), "x", quiet=False)) == list(range(100))
    assert capsys.readouterr().err == ""


def test_a_bar_when_it_takes_long_and_a_person_looks(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    assert list(progress.tracked(range(100), "translating", quiet=False)) == list(range(100))
    assert "translating" in capsys.readouterr().err
    assert list(progress.tracked(range(5), "x", quiet=False)) == list(range(5))
    assert list(progress.tracked(range(100), "x", quiet=True)) == list(range(100))
    assert capsys.readouterr().err == ""


def test_notes_come_in_the_order_of_the_rule(here):
    text = "T\n| where TimeGenerated > ago(1h)\n| take 5\n| sort by s\n"
    done = translate("--to", "sigma", "-", input=text)
    assert re.findall(r"<stdin>:(\d)", done.stderr) == ["2", "3", "4"]
