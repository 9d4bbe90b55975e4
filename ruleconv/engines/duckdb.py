"""DuckDB inside this process: one locked in-memory database, a cursor and a transaction for each query.

The sandbox: files, network, extensions and Python's own variables are out of reach, and the configuration is locked,
before any query runs. What a query may read is what ``execute`` was given as tables.
"""

from __future__ import annotations

import atexit
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import duckdb

from ruleconv.diagnostic import ExecutionError, Unsupported, UsageError
from ruleconv.engines.model import DEFAULT_LIMITS, Limits, Result, Row, Table, check_length
from ruleconv.engines.values import Mismatch, converter, json_text
from ruleconv.ir.types import Column, Type

COLUMN_TYPES = {
    Type.BOOL: "BOOLEAN",
    Type.INT: "INTEGER",
    Type.LONG: "BIGINT",
    Type.REAL: "DOUBLE",
    Type.DECIMAL: "DECIMAL(38, 18)",
    Type.STRING: "VARCHAR",
    Type.DATETIME: "TIMESTAMP",
    Type.TIMESPAN: "INTERVAL",
    Type.GUID: "UUID",
    Type.DYNAMIC: "JSON",
    Type.UNKNOWN: "VARCHAR",
}

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",  # else FROM x reads the Python variable x
    "memory_limit": "2GB",
    "temp_directory": "",  # nothing spills to the disk
    "threads": "1",  # with more, rows without an order, and what takes the first of them, differ from run to run
}
_BATCH = 5_000
_DISABLED = "filter_pushdown"
"""An optimizer whose memory no limit bounds, nor its time: the square of the number of terms (2 GB for 2,000), and a copy of a column's
expression for each use of it in the SELECT around it (1 kB of KQL, 30 s). Joins keep their conditions, which stand in ON."""


class DuckDB:
    """An engine with one private database. ``shared()`` is the process's own."""

    dialect = "duckdb"
    _shared: ClassVar[DuckDB | None] = None
    _starting: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        self._connection = self._connected()

    @staticmethod
    def _connected() -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(":memory:", config=_CONFIG)
        connection.execute(f"SET disabled_optimizers = '{_DISABLED}'")
        with suppress(duckdb.Error):  # only the ICU extension, when it is built in, knows time zones
            connection.execute("SET GLOBAL TimeZone = 'UTC'")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection

    @classmethod
    def shared(cls) -> DuckDB:
        with cls._starting:
            if cls._shared is None:
                cls._shared = cls()
                atexit.register(cls._close)
            return cls._shared

    @classmethod
    def _close(cls) -> None:
        engine, cls._shared = cls._shared, None
        if engine is not None:
            engine._connection.close()

    def stored(self) -> dict[str, tuple[Column, ...]]:
        return {}

    def execute(self, sql: str, columns: tuple[Column, ...], tables: Sequence[Table] = (), limits: Limits = DEFAULT_LIMITS) -> Result:
        check_length(sql)
        _check_names(tables)
        cursor = self._connection.cursor()
        try:
            _check_statement(cursor, sql)
            cursor.execute("BEGIN")
            with _stopwatch(cursor, limits.seconds):
                for table in tables:
                    _create(cursor, table)
                cursor.execute(sql)
                return Result(columns, _rows(cursor, columns, limits.rows), sql)
        except duckdb.InterruptException:
            raise ExecutionError(f"the query was stopped after {limits.seconds:g} s", sql=sql) from None
        except (duckdb.InternalException, duckdb.FatalException) as error:
            # A fault of DuckDB's own makes the whole database unusable; the next query gets a new one.
            self._connection = self._connected()
            raise ExecutionError(str(error), sql=sql) from error
        except duckdb.Error as error:
            raise ExecutionError(str(error), sql=sql) from error
        except Mismatch as error:
            raise ExecutionError(str(error), sql=sql) from error
        finally:
            with suppress(duckdb.Error):
                cursor.execute("ROLLBACK")
            cursor.close()


def _check_statement(cursor: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = cursor.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise ExecutionError("the SQL is not one SELECT", sql=sql)


def _check_names(tables: Sequence[Table]) -> None:
    """DuckDB folds the case of names, quoted ones too; Kusto does not. What differs only in case cannot be kept apart."""
    seen: dict[str, str] = {}
    for table in tables:
        _distinct(table.name, seen, "tables")
        columns: dict[str, str] = {}
        for column in table.columns:
            _distinct(column.name, columns, f"columns of {table.name}")


def _distinct(name: str, seen: dict[str, str], what: str) -> None:
    other = seen.setdefault(name.lower(), name)
    if other != name:
        raise Unsupported(f"two {what} that differ only in case, {other} and {name},", hint="the engine postgres keeps them apart")


def quoted(name: str) -> str:
    if "\0" in name or not name:
        raise Unsupported("a name that is empty or holds the character NUL")
    return '"' + name.replace('"', '""') + '"'


def _create(cursor: duckdb.DuckDBPyConnection, table: Table) -> None:
    """A temporary table of this cursor alone. Rows go in as one list for each column: about a microsecond for a value."""
    if not table.columns:
        # a table must have a column; a query that uses none of an open table's may still count its rows
        table = Table(table.name, (Column("ruleconv_row", Type.LONG),), [(at,) for at in range(len(table.rows))])
    body = ", ".join(f"{quoted(column.name)} {COLUMN_TYPES[column.type]}" for column in table.columns)
    cursor.execute(f"CREATE TEMP TABLE {quoted(table.name)} ({body})")
    values = ", ".join(
        _PLACEHOLDERS.get(column.type, f"CAST(unnest(?::VARCHAR[]) AS {COLUMN_TYPES[column.type]})") for column in table.columns
    )
    for start in range(0, len(table.rows), _BATCH):
        batch = zip(*table.rows[start : start + _BATCH], strict=True)
        parameters = [[_bound(value, column.type) for value in cells] for column, cells in zip(table.columns, batch, strict=True)]
        cursor.execute(f"INSERT INTO {quoted(table.name)} SELECT {values}", parameters)


_PLACEHOLDERS = {
    Type.BOOL: "unnest(?::BOOLEAN[])",
    Type.INT: "unnest(?::BIGINT[])",
    Type.LONG: "unnest(?::BIGINT[])",
    Type.REAL: "unnest(?::DOUBLE[])",
}


def _bound(value: object, kind: Type) -> object:
    """Numbers as they are, all else as text: the driver would take datetime.max for infinity."""
    if value is None or kind in _PLACEHOLDERS:
        return value
    if kind is Type.DYNAMIC:
        return json_text(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, timedelta):
        return f"{(value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds} microseconds"
    return str(value)


@contextmanager
def _stopwatch(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _rows(cursor: duckdb.DuckDBPyConnection, columns: tuple[Column, ...], limit: int) -> list[Row]:
    types = [str(entry[1]) for entry in cursor.description or ()]
    if not columns:  # a query of which no column is known still has rows
        return [()] * len(cursor.fetchmany(limit))
    if len(types) != len(columns):
        raise Mismatch(f"the SQL gives {len(types)} columns, the query has {len(columns)}")
    for at, name in enumerate(types):
        if "TIME ZONE" in name:  # the driver would ask for pytz
            raise Mismatch(f"the column {columns[at].name} came as {name}")
    read = [converter(column.type, name == "JSON") for column, name in zip(columns, types, strict=True)]
    rows: list[Row] = []
    while batch := cursor.fetchmany(_BATCH):
        rows.extend(tuple(f(value) for f, value in zip(read, row, strict=True)) for row in batch)
        if len(rows) > limit:
            raise Mismatch(f"the result has more than {limit} rows")
    return rows


def parquet_rows(path: Path) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Column names and rows of a Parquet file, read by a connection that sees no query."""
    literal = re.sub(r"([*?\[])", r"[\1]", str(path))  # the name of one file, not a pattern
    with duckdb.connect(":memory:", config=_CONFIG) as connection:
        try:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [literal]).fetchall()
            names = tuple(str(row[0]) for row in described)
            zoned = [at for at, row in enumerate(described) if row[1] == "TIMESTAMP WITH TIME ZONE"]  # the driver would ask for pytz
            replaced = ", ".join(f"epoch_us({quoted(names[at])}) AS {quoted(names[at])}" for at in zoned)
            chosen = f"* REPLACE ({replaced})" if replaced else "*"
            rows = connection.execute(f"SELECT {chosen} FROM read_parquet(?)", [literal]).fetchmany(_MOST_ROWS + 1)  # noqa: S608
        except duckdb.Error as error:
            raise UsageError(f"{path} is no Parquet file: {error}") from error
    if len(rows) > _MOST_ROWS:
        raise UsageError(f"{path} has more than {_MOST_ROWS} rows", hint="load it into a database and use the engine postgres with a dsn")
    for at in zoned:
        rows = [(*row[:at], _from_epoch(row[at]), *row[at + 1 :]) for row in rows]
    return names, rows


def _from_epoch(micros: int | None) -> datetime | None:
    return None if micros is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


_MOST_ROWS = 5_000_000
