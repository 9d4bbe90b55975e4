import codecs
import os
import stat
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ruleconv.cli.group import cli
from ruleconv.kql.layout import format as formatter

UGLY = "T|where a==1 // why\n|take 5"
NICE = "T\n| where a == 1 // why\n| take 5\n"
SIGMA = "title: x\nlogsource:\n  category: a\ndetection:\n  s:\n    a: b\n  condition: s\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, **options):
    return CliRunner().invoke(cli, ["format", *arguments], catch_exceptions=False, **options)


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_file_is_formatted_in_place(here):
    path = put(here / "q.kql", UGLY)
    result = run("q.kql")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "1 file: 1 formatted\n")
    assert path.read_text() == NICE
    assert run("q.kql").stderr == "1 file: 1 unchanged\n"
    assert os.listdir(here) == ["q.kql"]


def test_an_unchanged_file_is_not_touched(here):
    path = put(here / "q.kql", NICE)
    os.utime(path, (1, 1))
    run("q.kql")
    assert path.stat().st_mtime == 1


def test_stdin(here):
    assert run("-", input=UGLY).stdout == NICE
    result = run("-", input="T | where (")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "<stdin>:1:" in result.stderr
    yaml = "name: n\nquery: |\n    T|take 5\nversion: 1\n"
    assert run("-", input=yaml).stdout == "name: n\nquery: |\n    T\n    | take 5\nversion: 1\n"
    assert run("--source", "kql", "-", input="T|take 5").stdout == "T\n| take 5\n"


def test_stdin_passes_sigma_on(here):
    result = run("-", input=SIGMA)
    assert (result.exit_code, result.stdout) == (0, SIGMA)
    assert "a Sigma rule holds no KQL" in result.stderr


def test_yaml_that_is_no_rule_is_skipped(here):
    put(here / "ci.yml", "on: push\njobs:\n  a: 1\n")
    result = run("ci.yml")
    assert result.exit_code == 0
    assert "skipped: this is no rule" in result.stderr
    assert run("--source", "sentinel", "ci.yml").exit_code == 1


def test_check_lists_what_would_change_and_writes_nothing(here):
    put(here / "a.kql", UGLY)
    put(here / "b.kql", NICE)
    result = run("--check", ".")
    assert (result.exit_code, result.stdout) == (1, "a.kql\n")
    assert result.stderr == "2 files: 1 would change, 1 unchanged\n"
    assert (here / "a.kql").read_text() == UGLY
    assert run("--check", "b.kql").exit_code == 0
    assert (run("--check", "-", input=UGLY).exit_code, run("--check", "-", input=NICE).exit_code) == (1, 0)


def test_diff_prints_and_writes_nothing(here):
    put(here / "a.kql", UGLY)
    result = run("--diff", "a.kql")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "--- a.kql",
        "+++ a.kql",
        "@@ -1,2 +1,3 @@",
        "-T|where a==1 // why",
        "-|take 5",
        "\\ No newline at end of file",
        "+T",
        "+| where a == 1 // why",
        "+| take 5",
    ]
    assert (here / "a.kql").read_text() == UGLY
    both = run("--diff", "--check", "a.kql")
    assert (both.exit_code, both.stdout) == (1, result.stdout)


@pytest.mark.skipif(not os.path.exists("/usr/bin/patch"), reason="there is no patch program")
def test_patch_takes_the_diff(here):
    path = put(here / "a.kql", UGLY)
    result = run("--diff", "a.kql")
    subprocess.run(["/usr/bin/patch", "-s", "a.kql"], input=result.stdout.encode(), check=True, cwd=here)
    assert path.read_text() == NICE


def test_width(here):
    query = "T | where aaaaaaaaaaaaaaa == 1 and bbbbbbbbbbbbbb == 2\n"
    assert run("--width", "40", "-", input=query).stdout == "T\n| where aaaaaaaaaaaaaaa == 1\n    and bbbbbbbbbbbbbb == 2\n"
    assert run("-", input=query).stdout == "T\n| where aaaaaaaaaaaaaaa == 1 and bbbbbbbbbbbbbb == 2\n"
    assert run("--width", "5", "-", input=query).exit_code == 2


# ---------------------------------------------------------------- YAML
RULE = """\
# a comment: |
id: x
name:   'odd   blanks'   # kept
query: |  # and this

  let a=1; // one

  T
    |where a==b and s == ```two
       lines```
entityMappings:
  - entityType: Account
# the end
"""
FORMATTED = """\
# a comment: |
id: x
name:   'odd   blanks'   # kept
query: |  # and this
  let a = 1; // one

  T
  | where a == b and s == ```two
       lines```
entityMappings:
  - entityType: Account
# the end
"""


def test_only_the_query_of_a_yaml_file_changes(here):
    path = put(here / "r.yaml", RULE)
    assert run("r.yaml").exit_code == 0
    assert path.read_text() == FORMATTED


@pytest.mark.parametrize("header", ["|", "|-", "|+", "|4", "|2-", "!!str |"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n\n", "\nversion: 1\n", "\n\n# end\nversion: 1.0.0"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_headers_ends_and_line_ends_stay(here, header, end, newline):
    indent = " " * (int(header[1]) if header[1:2].isdigit() else 4)
    before = f"name: n\nquery: {header}\n{indent}T|take 5{end}".replace("\n", newline)
    path = put(here / "r.yaml", before)
    result = run("r.yaml")
    assert result.exit_code == 0, result.stderr
    after = f"name: n\nquery: {header}\n{indent}T\n{indent}| take 5{end}".replace("\n", newline)
    assert path.read_bytes() == after.encode()
    assert run("--check", "r.yaml").exit_code == 0


@pytest.mark.parametrize("query", ["'T|take 5'", '"T|take 5"', "T|take 5", ">\n  T|take 5\n"])
def test_a_query_without_lines_of_its_own_is_left_alone(here, query):
    text = f"name: n\nquery: {query}\n"
    path = put(here / "r.yaml", text)
    result = run("r.yaml")
    assert result.exit_code == 0
    assert "r.yaml:" in result.stderr
    assert "warning: skipped: the query has no lines of its own" in result.stderr
    assert path.read_text() == text


# ---------------------------------------------------------------- bytes
@pytest.mark.parametrize("bom", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encoding_byte_order_mark_and_line_ends_stay(here, bom, newline):
    encoding = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(bom, "utf-8")
    path = put(here / "q.kql", bom + f"T|where s=='é😀'{newline}|take 5".encode(encoding))
    assert run("q.kql").exit_code == 0
    assert path.read_bytes() == bom + newline.join(["T", "| where s == 'é😀'", "| take 5", ""]).encode(encoding)


def test_mode_and_links_stay(here):
    path = put(here / "q.kql", UGLY)
    path.chmod(0o640)
    (here / "link.kql").symlink_to("q.kql")
    assert run("link.kql").exit_code == 0
    assert (here / "link.kql").is_symlink()
    assert path.read_text() == NICE
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


# ---------------------------------------------------------------- what goes wrong
def test_broken_files_do_not_stop_the_others(here):
    put(here / "a.kql", UGLY)
    put(here / "b.kql", "T | where (a")
    put(here / "c.yaml", "name: n\nquery: |\n  T\n  | wher a\n")
    put(here / "d.yaml", "query: [")
    put(here / "e.kql", b"\x7fELF\0\0")
    put(here / "f.yml", SIGMA)
    put(here / "notes.md", UGLY)
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    result = run(".")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "6 files: 1 formatted, 1 skipped, 4 broken"
    assert "c.yaml:4:5: error:" in result.stderr
    assert "Sigma" not in result.stderr
    after = {path.name: path.read_bytes() for path in here.iterdir()}
    assert after.pop("a.kql").decode() == NICE
    before.pop("a.kql")
    assert after == before


def test_a_sigma_rule_that_is_asked_for_is_named(here):
    path = put(here / "f.yml", SIGMA)
    result = run("f.yml")
    assert result.exit_code == 0
    assert "f.yml:1:1: info: skipped: a Sigma rule holds no KQL" in result.stderr
    assert path.read_text() == SIGMA


def test_a_fault_of_the_printer_leaves_the_file_alone(here, monkeypatch):
    path = put(here / "q.kql", UGLY)
    render = formatter.render
    monkeypatch.setattr(formatter, "render", lambda *given: render(*given).replace("1", "2"))
    result = run("q.kql")
    assert result.exit_code == 1
    assert "fault of ruleconv" in result.stderr
    assert path.read_text() == UGLY


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_written(here):
    path = put(here / "q.kql", UGLY)
    path.chmod(0o444)
    result = run("q.kql")
    assert result.exit_code == 1
    assert "not writable" in result.stderr
    assert path.read_text() == UGLY


def test_wrong_usage(here):
    for arguments in ([], ["nothing.kql"], ["-", "-"], ["."]):
        result = subprocess.run([sys.executable, "-m", "ruleconv.cli", "format", *arguments], capture_output=True, cwd=here, input=b"T")
        assert result.returncode == 2, arguments
        assert b"Traceback" not in result.stderr


def test_help_has_examples():
    assert "ruleconv format --check rules/" in run("--help").stdout


def test_the_projects_own_rules_are_in_the_style():
    rules = os.path.join(os.path.dirname(__file__), "..", "..", "rules")
    result = run("--check", rules)
    assert (result.exit_code, result.stdout) == (0, "")
