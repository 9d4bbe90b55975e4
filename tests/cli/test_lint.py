"""``ruleconv lint`` as its users see it: findings, formats, exit codes, configuration, stdin, several files, the cache."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ruleconv.diagnostic import UsageError
from tests.cli.linting import REVOKED, RIGHT, SENTINEL, SIGMA, WRONG, codes, put, run


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---------------------------------------------------------------- text
def test_a_finding_shows_its_line(here):
    put(here / "a.kql", WRONG)
    result = run("a.kql")
    assert result.stdout == (
        "a.kql:2:9: warning: there is no column ResultTyp here [KQL003]\n"
        '    2 | | where ResultTyp == "x"\n'
        "      |         ^^^^^^^^^\n"
        "  hint: did you mean ResultType?\n"
    )
    assert result.stderr == "1 file: 1 warning\n"
    assert result.exit_code == 1


def test_a_place_in_a_block_of_yaml(here):
    put(here / "r.yaml", SENTINEL.replace("ResultType", "ResultTyp"))
    (line, *_) = run("r.yaml").stdout.splitlines()
    number = SENTINEL[: SENTINEL.index("ResultType")].count("\n") + 1
    assert line == f"r.yaml:{number}:11: warning: there is no column ResultTyp here [KQL003]"


def test_a_clean_file(here):
    put(here / "r.yaml", SENTINEL)
    result = run("r.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "1 file: no findings\n")


def test_folders_and_the_present_one(here):
    put(here / "a.kql", WRONG)
    put(here / "b" / "c.kql", WRONG)
    put(here / ".git" / "d.kql", WRONG)
    put(here / "b" / "notes.txt", WRONG)
    assert codes() == codes(".") == codes("./") == [("a.kql", "KQL003"), ("b/c.kql", "KQL003")]
    assert codes("./b") == codes("b/") == [("b/c.kql", "KQL003")]
    assert codes("a.kql", ".", "./a.kql") == codes()


def test_escape_sequences_of_a_rule_do_not_reach_the_terminal(here):
    put(here / "a.kql", 'SigninLogs\n| where ResultTyp == "\x1b[2J"\n')
    result = run("a.kql", color=True)
    assert "\x1b[2J" not in result.stdout
    assert "\x1b[33m" in result.stdout


def test_what_is_no_rule_is_skipped(here):
    put(here / "docker-compose.yml", "services:\n  a: 1\n")
    put(here / "package.json", "{}")
    result = run("docker-compose.yml", "package.json")
    assert (result.exit_code, result.stderr) == (0, "0 files: no findings; 2 files skipped: no rule\n")


# ---------------------------------------------------------------- formats
def test_every_format_can_go_to_a_file(here):
    put(here / "a.kql", WRONG)
    for form in ("text", "json", "sarif", "github", "gitlab", "junit"):
        result = run("--format", form, "--output", "out/found.txt", "a.kql")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "KQL003" in (here / "out" / "found.txt").read_text("utf-8")
        assert result.stderr == ("1 file: 1 warning\n" if form == "text" else "")


def test_statistics(here):
    put(here / "a.kql", WRONG + '| where UserAgnt == "x"\n')
    put(here / "b.kql", WRONG)
    result = run("--statistics", ".")
    assert (result.exit_code, result.stdout) == (1, "     3 KQL003     warning\n")


# ---------------------------------------------------------------- exit codes
def test_exit_codes(here):
    put(here / "warned.yaml", SENTINEL.replace("T1110", "T1208"))
    assert run("warned.yaml").exit_code == 1
    assert run("--fail-on", "error", "warned.yaml").exit_code == 0
    assert run("--fail-on", "never", "warned.yaml").exit_code == 0
    assert run("--fail-on", "info", "warned.yaml").exit_code == 1
    assert run("--fail-on", "fatal", "warned.yaml").exit_code == 2
    put(here / "wrong.kql", "SigninLogs | where (")
    assert run("--fail-on", "error", "wrong.kql").exit_code == 1


def test_a_file_that_is_no_text_is_told_among_the_others(here):
    put(here / "a.kql", b"Signin\xff")
    put(here / "b.kql", RIGHT)
    result = run(".")
    assert result.exit_code == 2
    assert result.stdout.startswith("a.kql:1:7: error: the file is not UTF-8 text")


def test_a_file_that_cannot_be_opened_does_not_stop_the_others(here):
    put(here / "b.kql", WRONG)
    os.mkfifo(here / "pipe.kql")
    (here / "gone.kql").symlink_to("nowhere")
    result = run("b.kql", "pipe.kql", "gone.kql")
    assert result.exit_code == 2
    assert "KQL003" in result.stdout
    assert result.stderr.splitlines()[:2] == ["pipe.kql: error: not a regular file", "gone.kql: error: No such file or directory"]


def test_a_folder_that_cannot_be_read_is_told(here, monkeypatch):
    put(here / "a.kql", RIGHT)
    put(here / "secret" / "b.kql", WRONG)
    scandir = os.scandir

    def refuse(path="."):
        if os.fspath(path).endswith("secret"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    result = run(".")
    assert result.exit_code == 2
    assert result.stderr == "secret: error: Permission denied\n1 file: no findings\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.kql"], "none.kql: no such file or folder"),
        (["empty"], "no rules in empty"),
        (["--select", "EMT001", "a.kql"], "no rule EMT001"),
        (["--ignore", "ZZZ", "a.kql"], "no rule ZZZ"),
        (["--config", "none.toml", "a.kql"], "none.toml: No such file"),
        (["--config", "x.toml", "--isolated", "a.kql"], "--isolated uses no configuration"),
        (["--baseline", "none.json", "a.kql"], "none.json: No such file"),
        (["--schema", "none.csv", "a.kql"], "none.csv: No such file"),
        (["--base", "main", "a.kql"], "no git repository"),
        (["-", "-"], "stdin"),
    ],
)
def test_wrong_usage(here, monkeypatch, arguments, message):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(here.parent))
    put(here / "a.kql", RIGHT)
    (here / "empty").mkdir()
    with pytest.raises(UsageError) as caught:
        run(*arguments)
    assert message in caught.value.message


def test_a_usage_error_is_exit_code_2(here):
    done = subprocess.run([sys.executable, "-m", "ruleconv.cli", "lint", "none.kql"], cwd=here, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "Error: none.kql: no such file or folder\n")


# ---------------------------------------------------------------- selection and configuration
def test_select_and_ignore_by_prefix(here):
    put(here / "a.kql", WRONG + "\u200b")
    assert codes("a.kql") == [("a.kql", "KQL003"), ("a.kql", "MET002")]
    put(here / "a.kql", WRONG)
    assert codes("--ignore", "kql", "a.kql") == []
    assert codes("--ignore", "KQL", "--select", "KQL003", "a.kql") == [("a.kql", "KQL003")]
    assert codes("--select", "ATT,MET", "a.kql") == []
    put(here / "j.kql", "SigninLogs | join (AuditLogs) on CorrelationId")
    assert codes("j.kql") == []
    assert codes("--extend-select", "KQL026", "j.kql") == [("j.kql", "KQL026")]


def test_configuration_upwards(here, monkeypatch):
    put(here / "ruleconv.toml", 'ignore = ["KQL003"]\nexclude = ["old"]\n')
    put(here / "rules" / "a.kql", WRONG)
    put(here / "old" / "a.kql", "(")
    monkeypatch.chdir(here / "rules")
    assert codes() == []
    assert codes("--isolated") == [("a.kql", "KQL003")]
    assert codes("../old/a.kql") == []
    put(here / "other.toml", 'severity = { KQL003 = "info" }\n')
    result = run("--config", "../other.toml", "a.kql")
    assert (result.exit_code, result.stderr) == (0, "1 file: 1 info\n")


def test_overrides_by_path(here):
    put(here / "pyproject.toml", '[[tool.ruleconv.overrides]]\npaths = ["old/**"]\nignore = ["KQL003"]\n')
    put(here / "old" / "a.kql", WRONG)
    put(here / "new" / "b.kql", WRONG)
    assert codes() == [("new/b.kql", "KQL003")]


def test_excluded_files_are_not_looked_at_even_when_they_are_named(here):
    put(here / "ruleconv.toml", 'exclude = ["old/"]\n')
    put(here / "old" / "a.kql", WRONG)
    result = run("old/a.kql")
    assert (result.exit_code, result.stderr) == (0, "0 files: no findings\n")


def test_a_mistake_in_the_configuration(here):
    put(here / "a.kql", WRONG)
    put(here / "ruleconv.toml", 'slect = ["ATT"]\n')
    with pytest.raises(UsageError, match="unknown key 'slect'"):
        run("a.kql")


def test_tables_of_ones_own(here):
    put(here / "t.csv", "table,column,type\nOurs_CL,Who,string\n")
    put(here / "a.kql", 'Ours_CL | where Wo == "x"')
    assert codes("--schema", "t.csv", "a.kql") == [("a.kql", "KQL003")]
    put(here / "ruleconv.toml", 'tables = ["t.csv"]\n')
    assert codes("a.kql") == [("a.kql", "KQL003")]
    put(here / "a.kql", 'Ours_CL | where Who == "x"')
    assert codes("a.kql") == []


# ---------------------------------------------------------------- stdin
def test_stdin(here):
    result = run("-", input=WRONG)
    assert result.stdout.startswith("<stdin>:2:9: warning:")
    assert codes("-", "--stdin-filename", "rules/x.kql", input=WRONG) == [("rules/x.kql", "KQL003")]
    assert codes("--stdin-filename", "x.kql", input=WRONG) == [("x.kql", "KQL003")]
    assert codes("-", "--source", "kql", input=WRONG) == [("<stdin>", "KQL003")]


def test_the_name_of_stdin_chooses_kind_and_overrides(here):
    put(here / "ruleconv.toml", '[[overrides]]\npaths = ["old/*"]\nignore = ["KQL"]\n')
    assert codes("-", "--stdin-filename", "old/x.kql", input=WRONG) == []
    put(here / "ruleconv.toml", 'exclude = ["old/*"]\n')
    assert codes("-", "--stdin-filename", "old/x.kql", input=WRONG) == []
    assert ("x.sql", "SQL010") in codes("-", "--stdin-filename", "x.sql", input="SELECT a FROM t WHERE b = NULL")


def test_fixing_stdin_gives_the_text_and_nothing_else(here):
    result = run("-", "--fix", input=REVOKED)
    assert result.stdout == REVOKED.replace("T1208", "T1558.003")
    assert result.stderr == "1 file: no findings; 1 file repaired\n"
    result = run("-", "--fix", input=WRONG)
    assert result.stdout == WRONG
    assert "KQL003" in result.stderr
    assert result.exit_code == 1


# ---------------------------------------------------------------- more than one file
def test_across_files(here):
    put(here / "a.yml", SIGMA)
    put(here / "b.yml", SIGMA)
    assert sorted(codes()) == [("b.yml", "XRF001"), ("b.yml", "XRF002"), ("b.yml", "XRF003")]
    result = run(".")
    assert "b.yml:2:5: error: the id 0d2e1f6b-7a55-4a52-8b1d-90f4b3c3a6d2 is that of a.yml, too [XRF001]" in result.stdout
    put(here / "b.yml", "# ruleconv: ignore-file[XRF] a copy on purpose\n" + SIGMA)
    assert codes() == []
    assert codes("a.yml") == codes("b.yml") == []


def test_one_file_with_two_rules(here):
    put(here / "a.yml", SIGMA + "---\n" + SIGMA)
    assert ("a.yml", "XRF001") in codes("a.yml")


def test_base(here):
    def git(*arguments):
        subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@x", *arguments], cwd=here, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    put(here / "rules" / "a.yaml", SENTINEL)
    git("add", ".")
    git("commit", "-qm", "one")
    put(here / "rules" / "a.yaml", SENTINEL.replace("> 20", "> 30"))
    assert codes("rules") == []
    assert codes("--base", "main", "rules") == [("rules/a.yaml", "XRF004")]
    assert codes("--base", "HEAD", "rules/a.yaml") == [("rules/a.yaml", "XRF004")]
    put(here / "rules" / "a.yaml", SENTINEL.replace("> 20", "> 30").replace("version: 1.0.0", "version: 1.0.1"))
    assert codes("--base", "main", "rules") == []


# ---------------------------------------------------------------- the cache
def test_a_second_run_says_the_same_and_loads_no_rule(here):
    put(here / "a.kql", WRONG)
    put(here / "b.yaml", REVOKED)
    put(here / "c.yaml", REVOKED)
    first = run(".")
    assert (here / ".ruleconv_cache").is_dir()
    script = (
        "import sys; from ruleconv.cli.group import cli\n"
        "try: cli(['lint', '.'])\n"
        "finally: print(sorted(m for m in sys.modules if m.split('.')[0] in ('yaml', 'sqlglot', 'sigma', 'rich', 'duckdb', 'lark')"
        " or (m.startswith('ruleconv.linter.rules.') and not m.startswith('ruleconv.linter.rules.xrf'))), file=sys.stderr)\n"
    )
    second = subprocess.run([sys.executable, "-c", script], cwd=here, capture_output=True, text=True, check=False)
    assert second.stdout == first.stdout
    assert second.stderr.splitlines()[-1] == "[]"


def test_no_cache(here):
    put(here / "a.kql", WRONG)
    run("--no-cache", ".")
    assert os.listdir(here) == ["a.kql"]


@pytest.mark.parametrize(("name", "text"), [("a.yml", SIGMA), ("a.yaml", SENTINEL), ("a.kql", WRONG)])
def test_heavy_libraries_stay_out(here, name, text):
    put(here / name, text)
    script = (
        "import sys; from ruleconv.cli.group import cli\n"
        f"try: cli(['lint', '--no-cache', '{name}'])\n"
        "finally: print(sorted({m.split('.')[0] for m in sys.modules} & {'sqlglot', 'sigma', 'rich', 'duckdb', 'multiprocessing'}),"
        " file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=here, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "[]"
