"""What the SQL rules say that PostgreSQL does, asked of PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ruleconv.engines.pgserver import private_server
from ruleconv.linter.config import Config
from ruleconv.linter.engine import check_file
from ruleconv.linter.examples import Example
from ruleconv.linter.rule import all_rules
from ruleconv.rulefile.model import Kind
from ruleconv.sql.parse import read
from ruleconv.sql.tokens import TokenKind
from ruleconv.text import Source

STATEMENTS = [
    line
    for line in (Path(__file__).parent / "data" / "statements.sql").read_text("utf-8").splitlines()
    if line and not line.startswith(("-- S", "-- W"))
]
TEXTS = "a b c d e f x y ip path name upn code login host result country city user_name"
TABLES = {
    "t": f'{TEXTS} n m "userName" "user" day key',
    "u": "a x n m",
    "known": "ip c x",
    "sign_ins": "a b c ip country city user_name result error_code id sign_in_id",
    "audit": "x y result ip audit_id id t targets",
    "logins": "host result",
    "hosts": "name",
    "users": "name id",
    "files": "path",
    "other": "t",
    "s": f"{TEXTS} id",
}
SETUP = "; ".join(
    f"CREATE TEMP TABLE {table} ({', '.join(f'{name} text' for name in dict.fromkeys(names.split()))})" for table, names in TABLES.items()
)
REFUSED = {
    "SQL001": {"SyntaxError", "UndefinedColumn"},
    "SQL002": {"SyntaxError"},
    "SQL004": {"UndefinedTable"},
    "SQL005": {"UndefinedColumn"},
    "SQL012": {"GroupingError"},
    "SQL013": {"GroupingError", "WindowingError"},
    "SQL015": {"SyntaxError", "UndefinedColumn", "UndefinedFunction", "InvalidDatetimeFormat"},
}
"""The rules that say PostgreSQL refuses, and the errors with which it does."""


NO_OPERATOR = re.compile("==|=<|=!")


@pytest.fixture(scope="module")
def postgres() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(host=private_server().host, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(SETUP)
        connection.execute("ALTER TABLE t ADD created timestamptz, ADD j jsonb, ADD k jsonb, ADD j2 jsonb")
        connection.execute("ALTER TABLE sign_ins ADD created timestamptz, ADD t timestamptz, ADD ok boolean")
        connection.execute("ALTER TABLE logins ADD targets jsonb; ALTER TABLE users ADD PRIMARY KEY (id); ALTER TABLE t ADD t text")
        connection.execute("CREATE SCHEMA audit CREATE TABLE logins (host text, targets jsonb)")
        yield connection
        connection.execute("DROP SCHEMA audit CASCADE")


def answer(postgres: psycopg.Connection[Any], sql: str) -> str:
    """The error's class, empty when there is none. What the statement does is undone."""
    try:
        with postgres.transaction(force_rollback=True):
            postgres.execute(sql.encode())
    except psycopg.Error as error:
        return type(error).__name__
    return ""


def says(sql: str, *codes: str) -> list[str]:
    return [each.code for each in check_file(Source(sql, "rule.sql"), Kind.SQL, Config(select=codes, sql_dialect="postgres"))]


@pytest.mark.parametrize("line", STATEMENTS)
def test_syntax_errors_are_those_of_postgres(postgres: psycopg.Connection[Any], line: str) -> None:
    sql = line.removeprefix("missed: ")
    error = answer(postgres, sql)
    refused = error == "SyntaxError" or (error == "UndefinedFunction" and NO_OPERATOR.search(sql) is not None)
    assert bool(says(sql, "SQL001", "SQL002", "SQL015")) == (refused and sql == line)
    assert refused or sql == line


def examples(good: bool) -> list[Any]:
    return [
        pytest.param(rule.code, example, id=f"{rule.code}-{at}")
        for rule in all_rules()
        if rule.code.startswith("SQL") and (good or rule.code in REFUSED)
        for at, example in enumerate(rule.good if good else rule.bad)
        if runs(example)
    ]


def runs(example: Example) -> bool:
    """In PostgreSQL, and without variables and templates."""
    found = read(example.text)
    later = (TokenKind.PARAMETER, TokenKind.TEMPLATE)
    return found.is_postgres and "{{" not in example.text and not any(t.kind in later for s in found.statements for t in s.tokens)


@pytest.mark.parametrize(("code", "example"), examples(good=False))
def test_postgres_refuses_what_is_bad(postgres: psycopg.Connection[Any], code: str, example: Example) -> None:
    assert answer(postgres, example.text) in REFUSED[code]


@pytest.mark.parametrize(("code", "example"), [each for each in examples(good=False) if each.values[1].fixed])
def test_postgres_takes_what_is_fixed(postgres: psycopg.Connection[Any], code: str, example: Example) -> None:
    assert answer(postgres, example.fixed) in ("", "UndefinedColumn", "UndefinedFunction"), "columns and types are those of the test"


@pytest.mark.parametrize(("code", "example"), examples(good=True))
def test_postgres_takes_what_is_good(postgres: psycopg.Connection[Any], code: str, example: Example) -> None:
    error = answer(postgres, example.text)
    assert error not in REFUSED.get(code, {"SyntaxError"}) - {"UndefinedColumn", "UndefinedFunction"}
    assert error in ("", "UndefinedFunction", "UndefinedColumn", "UndefinedTable"), "types and tables are those of the test"


def rows(postgres: psycopg.Connection[Any], sql: str) -> list[Any]:
    with postgres.transaction(force_rollback=True):
        return postgres.execute(sql.encode()).fetchall()


@pytest.mark.parametrize(
    ("code", "bad", "meant"),
    [
        pytest.param("SQL006", "select 'Synchro' ilike 'Sync_%'", r"select 'Synchro' ilike 'Sync\_%'", id="SQL006"),
        pytest.param(
            "SQL009",
            "select 'x' not in (select a from (values ('y'), (null)) v(a))",
            "select not exists (select 1 from (values ('y'), (null)) v(a) where v.a = 'x')",
            id="SQL009",
        ),
        pytest.param("SQL010", "select count(*) from (values (null)) v(a) where a = null", "select 1", id="SQL010"),
        pytest.param(
            "SQL023",
            "select a or b and c from (values (true, true, false)) v(a, b, c)",
            "select (a or b) and c from (values (true, true, false)) v(a, b, c)",
            id="SQL023",
        ),
        pytest.param(
            "SQL024",
            "select user = 'alice' from (select 'alice' as \"user\") x",
            """select "user" = 'alice' from (select 'alice' as "user") x""",
            id="SQL024",
        ),
        pytest.param("SQL025", r"select 'C:\cmd.exe' ilike '%\cmd.exe%' and 'xcmd.exe' not ilike '%\cmd.exe%'", "select true", id="SQL025"),
        pytest.param("SQL025", r"select 'C:\Windows' = 'C:\\Windows'", r"select 'C:\Windows' = 'C:\Windows'", id="SQL025-doubled"),
    ],
)
def test_the_statement_means_something_else(postgres: psycopg.Connection[Any], code: str, bad: str, meant: str) -> None:
    """Both run, with different answers, and the rule finds the first alone."""
    assert rows(postgres, bad) != rows(postgres, meant)
    assert says(bad, code)
    assert not says(meant, code)


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("""select '{"a": "x"}'::jsonb -> 'a' = 'x'""", "InvalidTextRepresentation"),
        ("""select '{"a": "x"}'::jsonb -> 'a' like 'x%'""", "UndefinedFunction"),
        ("""select '{"a": 6}'::jsonb ->> 'a' > 5""", "UndefinedFunction"),
    ],
)
def test_json_compared_with_a_text(postgres: psycopg.Connection[Any], sql: str, error: str) -> None:
    assert answer(postgres, sql) == error
    assert says(sql, "SQL016") == ["SQL016"]
