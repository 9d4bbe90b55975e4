"""What an engine says when it cannot: always an ExecutionError with the SQL, and the next query runs."""

from __future__ import annotations

import time

import pytest

from ruleconv.diagnostic import ExecutionError, Unsupported, UsageError
from ruleconv.engines import find
from ruleconv.engines.model import Engine, Limits, Table
from ruleconv.ir.types import Column, Type

ONE = (Column("x", Type.LONG),)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ('SELECT * FROM "nope"', "nope"),
        ("SELECT 'a'", "is not a long"),
        ("SELECT 1.5", "is not a long"),
        ("SELECT CAST('1e30' AS DOUBLE PRECISION)", "out of the range of long"),
        ("SELECT 1, 2", "2 columns, the query has 1"),
        ("SELEC 1", "SELEC"),
        ("SELECT 1; SELECT 2", ""),
        ("DROP TABLE x", ""),
        ("", ""),
    ],
)
def test_errors_carry_message_and_sql(engine: Engine, sql: str, says: str) -> None:
    with pytest.raises(ExecutionError) as caught:
        engine.execute(sql, ONE)
    assert caught.value.sql == sql
    assert says in caught.value.message
    assert engine.execute("SELECT 1", ONE).rows == [(1,)]


@pytest.mark.parametrize("text", ["12000-01-01", "0044-03-15 BC"])
def test_a_datetime_out_of_range_is_null_as_in_kusto(engine: Engine, text: str) -> None:
    text = text.replace("BC", "(BC)") if engine.dialect == "duckdb" else text
    assert engine.execute(f"SELECT CAST('{text}' AS TIMESTAMP)", (Column("t", Type.DATETIME),)).rows == [(None,)]


def test_what_is_no_datetime_is_an_error(engine: Engine) -> None:
    with pytest.raises(ExecutionError, match="is not a datetime"):
        engine.execute("SELECT 'x'", (Column("t", Type.DATETIME),))


def test_time_limit(engine: Engine) -> None:
    sql = "SELECT count(*) FROM generate_series(1, 1000000) a(x), generate_series(1, 1000000) b(y) WHERE (a.x * b.y) % 7 = 3"
    start = time.monotonic()
    with pytest.raises(ExecutionError, match="stopped after"):
        engine.execute(sql, ONE, limits=Limits(seconds=0.3))
    assert time.monotonic() - start < 5
    assert engine.execute("SELECT 1", ONE).rows == [(1,)]


def test_row_limit(engine: Engine) -> None:
    with pytest.raises(ExecutionError, match="more than 100 rows"):
        engine.execute("SELECT * FROM generate_series(1, 1000000)", ONE, limits=Limits(rows=100))


def test_deep_json(engine: Engine) -> None:
    deep = "[" * 5000 + "]" * 5000
    with pytest.raises(ExecutionError):
        engine.execute(f"SELECT CAST('{deep}' AS JSON)", (Column("d", Type.DYNAMIC),))


def test_names_that_differ_in_case(duck: Engine, postgres: Engine) -> None:
    columns = (Column("a", Type.LONG), Column("A", Type.LONG))
    table = Table("T", columns, [(1, 2)])
    assert postgres.execute('SELECT "a", "A" FROM "T"', columns, [table]).rows == [(1, 2)]
    with pytest.raises(Unsupported, match="differ only in case, a and A"):
        duck.execute('SELECT "a", "A" FROM "T"', columns, [table])
    with pytest.raises(Unsupported, match="two tables"):
        duck.execute("SELECT 1", ONE, [Table("t", ONE), Table("T", ONE)])


def test_names_that_postgres_would_cut_off(duck: Engine, postgres: Engine) -> None:
    column = Column("x" * 64, Type.LONG)
    table = Table("T", (column,), [(1,)])
    assert duck.execute('SELECT * FROM "T"', (column,), [table]).rows == [(1,)]
    with pytest.raises(Unsupported, match="63 bytes"):
        postgres.execute('SELECT * FROM "T"', (column,), [table])


def test_unknown_engine() -> None:
    with pytest.raises(UsageError, match="unknown engine"):
        find("sqlite")
    with pytest.raises(UsageError, match="dsn"):
        find("duckdb", "host=x")


def test_many_terms_take_no_memory_without_bound(duck: Engine) -> None:
    """DuckDB's own optimizer would take 8 GB for these; it does not count them against its limit."""
    column = Column("a", Type.STRING)
    terms = " AND ".join(f"a ILIKE '%x{n}%'" for n in range(4000))
    assert duck.execute(f"SELECT a FROM t WHERE {terms}", (column,), [Table("t", (column,), [("x",)])]).rows == []
    assert duck.execute("SELECT 1", ONE).rows == [(1,)]


def test_columns_that_double_from_stage_to_stage_take_no_time_without_bound(duck: Engine) -> None:
    select = "SELECT a AS a0 FROM t"
    for n in range(40):
        select = f"SELECT a{n} || a{n} AS a{n + 1} FROM ({select})"
    column = Column("a", Type.STRING)
    assert duck.execute(f"SELECT a40 FROM ({select}) WHERE a40 = 'x'", (column,), [Table("t", (column,), [])]).rows == []


def test_a_statement_past_the_limit(engine: Engine) -> None:
    with pytest.raises(ExecutionError, match="more than the 2,000,000 that are executed"):
        engine.execute("SELECT 1 " + " " * 2_000_000, ONE)


@pytest.mark.usefixtures("postgres")
def test_a_database_that_reads_backslashes_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """A role or a database may set standard_conforming_strings = off, under which a value could end its own quotes."""
    sql = "SELECT current_setting('standard_conforming_strings') AS x"
    monkeypatch.setenv("PGOPTIONS", "-c standard_conforming_strings=off")
    from ruleconv.engines.postgres import Postgres

    other = Postgres()
    try:
        assert other.execute(sql, (Column("x", Type.STRING),)).rows == [("on",)]
    finally:
        other.close()
