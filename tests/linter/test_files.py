"""Many files: the cache, several processes, and what cannot be read."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from ruleconv.diagnostic import Severity, UsageError
from ruleconv.linter import files
from ruleconv.linter.cache import FOLDER, Cache
from ruleconv.linter.config import Config
from ruleconv.linter.examples import BASES
from ruleconv.linter.files import Job, lint_all, lint_one
from ruleconv.rulefile.model import Kind

WRONG = b'SigninLogs\n| where ResultTyp == "x" and UserAgnt == "\xc3\xa9"\n'


def job(name="a.kql", content=WRONG, config=None, kind=None):
    return Job(name, config or Config(), content=content, kind=kind)


def seen(outcome):
    return (outcome.name, outcome.text, outcome.findings, outcome.facts, outcome.broken, outcome.skipped)


# ---------------------------------------------------------------- the cache
@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path)


@pytest.fixture
def counted(monkeypatch):
    """The names of the files that were linted, and not remembered."""
    names = []

    def count(given):
        names.append(given.name)
        return lint_one(given)

    monkeypatch.setattr(files, "lint_one", count)
    return names


def test_a_second_run_remembers_everything(cache, counted):
    jobs = [
        job(),
        job("b.yaml", BASES[Kind.SENTINEL].replace("T1110", "T1208").encode()),
        job("c.yml", BASES[Kind.SIGMA].encode()),
        job("d.yaml", b"on: push\n"),
        job("e.sql", b"select 1 where a = null"),
    ]
    first = lint_all(jobs, cache=cache)
    assert len(counted) == 5
    second = lint_all(jobs, cache=cache)
    assert len(counted) == 5
    assert list(map(seen, first)) == list(map(seen, second))
    assert any(each.fix for outcome in second for each in outcome.findings)
    assert second[3].skipped


@pytest.mark.parametrize(
    "other",
    [
        job(content=WRONG + b" "),
        job("b.kql"),
        job(config=Config(ignore=("KQL003",))),
        job(config=Config(severity={"KQL003": Severity.INFO})),
        job(kind=Kind.SQL),
    ],
)
def test_anything_else_is_linted_anew(cache, counted, other):
    lint_all([job()], cache=cache)
    lint_all([other], cache=cache)
    assert len(counted) == 2


def test_tables_of_the_users_own_are_part_of_the_key(cache, counted, tmp_path):
    tables = tmp_path / "t.csv"
    tables.write_text("table,column,type\nOurs,A,string\n")
    config = Config(schema_files=(str(tables),))
    ours = job(content=b"Ours | where B == 1", config=config)
    (before,) = lint_all([ours], cache=cache)
    assert [each.code for each in before.findings] == ["KQL003"]
    lint_all([ours], cache=cache)
    assert len(counted) == 1
    tables.write_text("table,column,type\nOurs,B,long\n")
    files_config = Config(schema_files=(str(tables), str(tables)))
    (after,) = lint_all([job(content=b"Ours | where B == 1", config=files_config)], cache=cache)
    assert after.findings == []


def test_tables_that_are_none(tmp_path):
    tables = tmp_path / "t.csv"
    tables.write_text("table,column,type\nOurs,A,strang\n")
    with pytest.raises(UsageError, match=r"t\.csv:2:"):
        lint_all([job(config=Config(schema_files=(str(tables),)))])


def test_faults_and_unreadable_files_are_not_remembered(cache, counted):
    jobs = [job(content=b"\xff\xfe\xff"), Job("none.kql", Config(), path="/nonexistent/none.kql")]
    assert [each.broken for each in lint_all(jobs, cache=cache)] == [True, False]
    lint_all(jobs, cache=cache)
    assert len(counted) == 4


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\0 and then nothing of the kind", b"x" * 5000])
def test_a_damaged_cache_is_made_anew(cache, counted, damage):
    lint_all([job()], cache=cache)
    cache.path.write_bytes(damage)
    lint_all([job()], cache=cache)
    lint_all([job()], cache=cache)
    assert len(counted) == 2


@pytest.mark.parametrize(
    "value", ["", "[]", "[[1],[],false]", '[[["KQL003","fatal","m",0,1,1,1,"",null]],[],false]', '[[],[{"x":1}],false]']
)
def test_a_damaged_entry_is_made_anew(cache, counted, value):
    lint_all([job()], cache=cache)
    with sqlite3.connect(cache.path) as connection:
        connection.execute("UPDATE findings SET value = ?", (value,))
    (outcome,) = lint_all([job()], cache=cache)
    assert len(counted) == 2
    assert outcome.findings


def test_a_cache_that_cannot_be_written(tmp_path, counted):
    (tmp_path / FOLDER).write_text("a file, where a folder belongs")
    lint_all([job()], cache=Cache(tmp_path))
    assert len(counted) == 1


def test_a_locked_cache_costs_time_and_nothing_else(cache, monkeypatch):
    lint_all([job()], cache=cache)
    monkeypatch.setattr("ruleconv.linter.cache._WAIT", 0.05)
    with sqlite3.connect(cache.path) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        (outcome,) = lint_all([job("b.kql")], cache=cache)
    assert outcome.findings
    assert cache.path.is_file()


def test_a_view_of_a_stranger_is_not_asked(cache, counted):
    lint_all([job()], cache=cache)
    forever = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) AS key, 1 AS value FROM n"
    with sqlite3.connect(cache.path) as connection:
        connection.execute("DROP TABLE findings")
        connection.execute(f"CREATE VIEW findings AS {forever}")
    lint_all([job()], cache=cache)
    lint_all([job()], cache=cache)
    assert len(counted) == 2


def test_links_in_a_cache_are_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("folder", "file", "ignore"):
        (tmp_path / name).mkdir()
    (tmp_path / "folder" / FOLDER).symlink_to(elsewhere)
    for name, link in (("file", "lint.sqlite3"), ("ignore", ".gitignore")):
        (tmp_path / name / FOLDER).mkdir()
        (tmp_path / name / FOLDER / link).symlink_to(elsewhere / "made")
    for name in ("folder", "file", "ignore"):
        lint_all([job()], cache=Cache(tmp_path / name))
    assert list(elsewhere.iterdir()) == []


def test_two_runs_at_once(tmp_path):
    for number in range(30):
        (tmp_path / f"{number}.kql").write_bytes(WRONG + b"// " + str(number).encode())
    command = [sys.executable, "-m", "ruleconv.cli", "lint", "--isolated", "--format", "json", "."]

    def run(_):
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(run, range(3)))
    assert {(each.returncode, each.stdout) for each in done} == {(1, done[0].stdout)}
    assert done[0].stdout.count("KQL003") == 60
    assert len(Cache(tmp_path).get([])) == 0
    with sqlite3.connect(Cache(tmp_path).path) as connection:
        assert connection.execute("SELECT count(*) FROM findings").fetchone() == (30,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_cache_is_no_part_of_the_repository(cache):
    lint_all([job()], cache=cache)
    assert (cache.path.parent / ".gitignore").read_text() == "*\n"


def test_old_entries_go(cache, monkeypatch):
    monkeypatch.setattr("ruleconv.linter.cache._MOST", 2)
    for number in range(5):
        cache.put({str(number): "[]"})
    assert sorted(cache.get(map(str, range(5)))) == ["3", "4"]


# ---------------------------------------------------------------- several processes
def test_several_processes_find_the_same(monkeypatch):
    jobs = [job(f"{number}.kql", WRONG + b"//" + str(number).encode()) for number in range(7)]
    alone = lint_all(jobs)
    monkeypatch.setattr(files, "PARALLEL_FROM", 2)
    monkeypatch.setattr(files, "_CHUNK", 2)
    together = lint_all(jobs, processes=2)
    assert list(map(seen, alone)) == list(map(seen, together))


def test_where_no_process_can_be_started(monkeypatch):
    def none(*_):
        raise OSError("no semaphores here")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", none)
    monkeypatch.setattr(files, "PARALLEL_FROM", 2)
    assert len(lint_all([job(), job("b.kql"), job("c.kql")], processes=2)) == 3


# ---------------------------------------------------------------- odd files
def test_what_is_no_text():
    outcome = lint_one(job(content=b"Signin\xffLogs"))
    assert outcome.broken
    (finding,) = outcome.findings
    assert (finding.code, finding.name, finding.line, finding.column) == ("SCH001", "a.kql", 1, 7)
    assert lint_one(job(content=b"\0\1\2")).broken
    assert lint_one(job(content=b"x" * (33 * 1024 * 1024))).broken


def test_sql_past_its_limit():
    outcome = lint_one(job("a.sql", b"select 1" + b", 1" * 400_000))
    assert (outcome.broken, outcome.findings[0].message) == (True, "too large to be looked at: more than 1,000,000 characters of SQL")


def test_other_encodings():
    wrong = WRONG.decode()
    for encoding in ("utf-8-sig", "utf-16"):
        outcome = lint_one(job(content=wrong.encode(encoding)))
        assert [(each.line, each.column) for each in outcome.findings] == [(2, 9), (2, 30)]


def test_what_is_no_rule_is_skipped():
    assert lint_one(job("ci.yml", b"on: push\njobs:\n  a:\n    query: x\n")).skipped
    assert lint_one(job("package.json", b'{"name": "x"}')).skipped
    assert not lint_one(job("rule.yaml", b"query: [\n")).skipped
    assert not lint_one(job("rule.yml", b"title: x\nlogsource: 1\n")).skipped
    assert not lint_one(job("ci.yml", b"on: push\n", kind=Kind.SENTINEL)).skipped


def test_a_fault_of_one_rule_costs_only_that_rule(monkeypatch):
    from ruleconv.linter.rule import rule_of

    def crash(self, subject):
        raise KeyError("x")

    monkeypatch.delenv("RULECONV_DEBUG", raising=False)
    monkeypatch.setattr(type(rule_of("KQL032")), "check", crash)
    outcome = lint_one(job())
    assert [each.code for each in outcome.findings] == ["internal", "KQL003", "KQL003"]
    assert "rule KQL032: KeyError" in outcome.findings[0].message
    assert "--ignore KQL032" in outcome.findings[0].hint
