import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from click.testing import CliRunner

from ruleconv.cli.group import cli
from ruleconv.cli.values import as_json, as_text
from ruleconv.diagnostic import UsageError


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.ndjson").write_text('{"a": 1, "s": "x"}\n{"a": 2, "s": null}\n')
    (tmp_path / "s.json").write_text('{"T": {"a": "long", "s": "string"}}')
    return tmp_path


def run(*arguments, **options):
    return CliRunner().invoke(cli, ["run", "--schema", "s.json", *arguments], catch_exceptions=False, **options)


def test_a_query_as_argument():
    result = run("print x = 1, y = 'a,b'", "--format", "csv")
    assert (result.exit_code, result.stdout) == (0, 'x,y\n1,"a,b"\n')


def test_a_file_over_a_table(here):
    (here / "q.kql").write_text("T | where a >= 1")
    result = run("q.kql", "--table", "T=t.ndjson", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == [{"a": 1, "s": "x"}, {"a": 2, "s": ""}]


def test_a_sentinel_rule_from_stdin():
    result = run("-", "--table", "T=t.ndjson", input="id: 1\nquery: |\n  T\n  | where a == 2\n")
    assert result.exit_code == 0
    assert result.stdout.split() == ["a", "s", "─" * 4, "2"] or "2" in result.stdout
    assert result.stderr == "1 row\n"


def test_a_wide_table_is_not_cut_in_a_pipe():
    assert "x" * 500 in run(f"print a = '{'x' * 500}'").stdout


def test_a_table_does_not_steer_the_terminal():
    assert "\x1b" not in run("print a = '\\u001b[31m[bold]'").stdout
    assert "[bold]" in run("print a = '[bold]'").stdout


def test_errors_have_a_place():
    result = run("print x = nofunction(1)")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("<query>:1:11: error: there is no function nofunction()")


def test_a_file_in_an_unknown_encoding(here):
    (here / "q.kql").write_bytes(b"T | where s == '\xe9'")
    result = run("q.kql")
    assert result.exit_code == 1
    assert result.stderr.startswith("q.kql:1:17: error: the file is not UTF-8 text")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["T", "--table", "T"], "--table T: expected NAME=PATH"),
        (["T", "--table", "T=none.json"], "none.json"),
        (["none.kql"], "none.kql: no such file"),
        (["."], "a folder"),
        (["T"], "no rows for the table T"),
        (["print 1", "--now", "noon"], "is no ISO 8601 time"),
        (["print 1", "--dsn", "postgresql://x"], "dsn"),
    ],
)
def test_wrong_usage(arguments, message):
    with pytest.raises(UsageError) as caught:
        run(*arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("value", "text", "json_value"),
    [
        (None, "", None),
        (True, "true", True),
        (5, "5", 5),
        (1.5, "1.5", 1.5),
        (float("nan"), "NaN", "NaN"),
        (float("-inf"), "-Infinity", "-Infinity"),
        (Decimal("1.10"), "1.10", "1.10"),
        (datetime(2024, 1, 31, 12, tzinfo=UTC), "2024-01-31T12:00:00Z", "2024-01-31T12:00:00Z"),
        (datetime(2024, 1, 31, 12, 0, 0, 5, tzinfo=UTC), "2024-01-31T12:00:00.000005Z", "2024-01-31T12:00:00.000005Z"),
        (timedelta(days=1, seconds=3), "1.00:00:03", "1.00:00:03"),
        (-timedelta(milliseconds=1500), "-00:00:01.5000000", "-00:00:01.5000000"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001"),
        ({"a": [1, None, float("nan")]}, '{"a":[1,null,"NaN"]}', {"a": [1, None, "NaN"]}),
    ],
)
def test_values(value, text, json_value):
    assert as_text(value) == text
    assert as_json(value) == json_value
