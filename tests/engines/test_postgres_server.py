"""The private server goes away with its process, and a user's own database is read with its own types and never written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from ruleconv.diagnostic import ExecutionError, UsageError
from ruleconv.engines.model import Table
from ruleconv.engines.pgserver import private_server
from ruleconv.engines.postgres import Postgres
from ruleconv.ir.types import Column, Type

START = "from ruleconv.engines.pgserver import private_server as p; print(p().host, flush=True); import sys; sys.stdin.read()"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, None], ids=["killed", "terminated", "at exit"])
def test_the_server_goes_when_its_process_goes(how: signal.Signals | None) -> None:
    process = subprocess.Popen([sys.executable, "-c", START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    host = Path(process.stdout.readline().strip())
    assert (host / "data" / "postmaster.pid").exists()
    if how is None:
        process.stdin.close()
    else:
        os.kill(process.pid, how)
    process.wait(20)
    end = time.monotonic() + 20
    while host.exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert not host.exists()
    process.stdout.close()


def test_text_is_that_of_unicode() -> None:
    """Case folding, classes and order of the private server do not depend on the machine."""
    sql = "SELECT lower('ÄÉЖ') || upper('äж'), CASE WHEN 'Ж' ILIKE 'ж' AND 'é' ~ '^[[:alnum:]]$' AND NOT '_' ~ '[[:alnum:]]' THEN 'yes' END"
    columns = (Column("a", Type.STRING), Column("b", Type.STRING))
    assert Postgres.shared().execute(sql, columns).rows == [("äéжÄЖ", "yes")]
    ordered = "SELECT x, '' FROM unnest(ARRAY['a', 'B', 'é', 'Z', '_']) AS t(x) ORDER BY x"
    assert "".join(str(row[0]) for row in Postgres.shared().execute(ordered, columns).rows) == "BZ_aé"


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    """A database as a user may have it."""
    host = private_server().host
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute("CREATE DATABASE of_a_user")
    theirs = f"host={host} user=postgres dbname=of_a_user"
    with psycopg.connect(theirs, autocommit=True) as user:
        user.execute("""
            CREATE TABLE "SigninLogs" ("TimeGenerated" timestamptz, "ResultType" varchar(10), "Location" json, "Tags" text[],
                                       "Address" inet, "Count" smallint, "Took" time, "Day" date);
            INSERT INTO "SigninLogs" VALUES ('2024-01-01 02:00+02', '0', '{"a": 1}', '{x,y}', '10.0.0.1', 3, '01:02:03', '2024-01-02');
            CREATE TABLE plain (a bigint, b text, c jsonb)
        """)
    yield theirs
    Postgres.shared(theirs).close()


def test_a_users_table_has_kusto_types(dsn: str) -> None:
    engine = Postgres.shared(dsn)
    stored = engine.stored()
    assert [column.type for column in stored["plain"]] == [Type.LONG, Type.STRING, Type.DYNAMIC]
    columns = stored["SigninLogs"]
    types = [Type.DATETIME, Type.STRING, Type.DYNAMIC, Type.DYNAMIC, Type.STRING, Type.INT, Type.TIMESPAN, Type.DATETIME]
    assert [column.type for column in columns] == types
    result = engine.execute('SELECT * FROM "SigninLogs"', columns, [Table("SigninLogs", columns, stored=True)])
    moment, took = datetime(2024, 1, 1, tzinfo=UTC), timedelta(hours=1, minutes=2, seconds=3)
    assert result.rows == [(moment, "0", {"a": 1}, ["x", "y"], "10.0.0.1", 3, took, datetime(2024, 1, 2, tzinfo=UTC))]


def test_given_tables_hide_stored_ones(dsn: str) -> None:
    column = Column("a", Type.STRING)
    assert Postgres.shared(dsn).execute("SELECT * FROM plain", (column,), [Table("plain", (column,), [("given",)])]).rows == [("given",)]
    assert Postgres.shared(dsn).execute("SELECT a FROM plain", (Column("a", Type.LONG),)).rows == []


def test_a_users_database_is_not_written(dsn: str) -> None:
    columns = (Column("a", Type.LONG),)
    with psycopg.connect(dsn, autocommit=True) as user:
        user.execute("CREATE FUNCTION sneaky() RETURNS bigint LANGUAGE sql AS 'INSERT INTO plain VALUES (1) RETURNING a'")
    with pytest.raises(ExecutionError, match="read-only"):
        Postgres.shared(dsn).execute("SELECT sneaky()", columns)


def test_no_server_there() -> None:
    with pytest.raises(UsageError, match="no connection to PostgreSQL"):
        Postgres("host=/nonexistent user=x dbname=y")


def test_a_lost_connection_is_made_anew(dsn: str) -> None:
    engine = Postgres(dsn)
    one = (Column("a", Type.LONG),)
    with psycopg.connect(dsn, autocommit=True) as user:
        user.execute("SELECT pg_terminate_backend(%s)", [engine._connection.info.backend_pid])
    with pytest.raises(ExecutionError):
        engine.execute("SELECT 1", one)
    assert engine.execute("SELECT 1", one).rows == [(1,)]
    engine.close()
