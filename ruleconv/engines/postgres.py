"""PostgreSQL: a server of the user's, named by a dsn, or a private one (``pgserver``).

A query is one transaction that is always rolled back: given tables go into pg_temp, then the transaction becomes read
only, then the query runs through a cursor, which takes nothing but a SELECT.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar, LiteralString, cast

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.sql import SQL, Composed, Identifier

from ruleconv.diagnostic import ExecutionError, Unsupported, UsageError
from ruleconv.engines import pgcatalog
from ruleconv.engines.model import DEFAULT_LIMITS, Limits, Result, Row, Table, check_length
from ruleconv.engines.pgserver import HINT, private_server
from ruleconv.engines.values import Mismatch, converter, json_text
from ruleconv.ir.types import Column, Type

COLUMN_TYPES: dict[Type, LiteralString] = {
    Type.BOOL: "boolean",
    Type.INT: "integer",
    Type.LONG: "bigint",
    Type.REAL: "double precision",
    Type.DECIMAL: "numeric",
    Type.STRING: "text",
    Type.DATETIME: "timestamp",
    Type.TIMESPAN: "interval",
    Type.GUID: "uuid",
    Type.DYNAMIC: "jsonb",
    Type.UNKNOWN: "text",
}

_SESSION = (
    "SET standard_conforming_strings = on; SET TimeZone = 'UTC'; SET IntervalStyle = 'postgres'; SET DateStyle = 'ISO'; "
    "SET extra_float_digits = 1; SET cursor_tuple_fraction = 1;"
    # An aggregate over distinct values else sorts the rows for the others, too: a list would not be in the order in which they came.
    "SELECT SET_CONFIG(name, 'off', false) FROM pg_settings WHERE name = 'enable_presorted_aggregate'"
)
_BATCH = 5_000
_JSON_TYPES = frozenset({114, 3802})  # json, jsonb
_LONGEST_NAME = 63
"""Bytes of an identifier; PostgreSQL cuts longer ones off without an error."""


class _Moment(Loader):
    """Dates and timestamps, also those that no datetime can hold: they stay text, which ``values.moment`` refuses."""

    def load(self, data: Buffer) -> datetime | str:
        text = bytes(data).decode()
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return text


class _Text(Loader):
    def load(self, data: Buffer) -> str:
        return bytes(data).decode()


class Postgres:
    """An engine over one connection. ``shared(dsn)`` is the process's own for that server."""

    dialect = "postgres"
    _shared: ClassVar[dict[tuple[int, str | None], Postgres]] = {}
    _starting: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, dsn: str | None = None) -> None:
        self._dsn = dsn
        self._lock = threading.Lock()
        self._connection = self._connect()
        self._views: dict[str, tuple[str, ...]] | None = None

    @classmethod
    def shared(cls, dsn: str | None = None) -> Postgres:
        """``dsn`` None: the one of RULECONV_POSTGRES_DSN, else the private server."""
        dsn = dsn or os.environ.get("RULECONV_POSTGRES_DSN") or None
        with cls._starting:
            engine = cls._shared.get((os.getpid(), dsn))
            if engine is None or engine._connection.closed:
                engine = cls._shared[os.getpid(), dsn] = cls(dsn)
            return engine

    def close(self) -> None:
        self._connection.close()

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        try:
            if self._dsn is not None:
                connection = psycopg.connect(self._dsn, autocommit=True, connect_timeout=10)
            else:
                connection = _private_connection()
        except psycopg.Error as error:
            raise UsageError(f"no connection to PostgreSQL: {str(error).strip()}", hint=HINT) from error
        connection.execute(_SESSION)
        for name in ("timestamp", "timestamptz", "date"):
            connection.adapters.register_loader(name, _Moment)
        for name in ("json", "jsonb"):
            connection.adapters.register_loader(name, _Text)
        return connection

    def stored(self) -> dict[str, tuple[Column, ...]]:
        if self._dsn is None:
            return {}
        with self._lock:
            try:
                rows = self._connection.execute(pgcatalog.VISIBLE_COLUMNS).fetchall()
            except psycopg.Error as error:
                raise ExecutionError(_message(error), sql=pgcatalog.VISIBLE_COLUMNS) from error
            found, self._views = pgcatalog.tables(cast("list[tuple[str, str, str, str]]", rows))
        return found

    def execute(self, sql: str, columns: tuple[Column, ...], tables: Sequence[Table] = (), limits: Limits = DEFAULT_LIMITS) -> Result:
        check_length(sql)
        if "\0" in sql:
            raise ExecutionError("the SQL holds the character NUL", sql=sql)
        with self._lock:
            if self._connection.closed:
                self._connection = self._connect()
            try:
                self._connection.execute(f"BEGIN; SET LOCAL statement_timeout = {int(limits.seconds * 1000)}".encode())
                for table in tables:
                    if table.stored:
                        self._view(table)
                    else:
                        self._create(table)
                self._connection.execute("SET TRANSACTION READ ONLY")
                with self._connection.cursor(name="ruleconv") as cursor:
                    cursor.execute(sql.encode())
                    return Result(columns, _rows(cursor, columns, limits.rows), sql)
            except psycopg.errors.QueryCanceled as error:
                raise ExecutionError(f"the query was stopped after {limits.seconds:g} s", sql=sql) from error
            except psycopg.Error as error:
                raise ExecutionError(_message(error), sql=sql) from error
            except (Mismatch, UnicodeError, OverflowError) as error:
                raise ExecutionError(str(error), sql=sql) from error
            finally:
                with suppress(psycopg.Error):
                    self._connection.execute("ROLLBACK")

    def _create(self, table: Table) -> None:
        columns = table.columns
        rows = table.rows
        if rows and not columns:
            # COPY needs a column; a query that uses none of an open table's may still count its rows
            columns, rows = (Column("ruleconv_row", Type.LONG),), [(at,) for at in range(len(rows))]
        names = [_identifier(column.name) for column in columns]
        body = SQL(", ").join(SQL("{} {}").format(name, SQL(COLUMN_TYPES[c.type])) for name, c in zip(names, columns, strict=True))
        name = _identifier(table.name)
        self._connection.execute(SQL("CREATE TEMP TABLE {} ({})").format(name, body))
        if not rows:
            return
        dynamic = frozenset(at for at, column in enumerate(columns) if column.type is Type.DYNAMIC)
        with self._connection.cursor() as cursor, cursor.copy(SQL("COPY {} ({}) FROM STDIN").format(name, SQL(", ").join(names))) as copy:
            for row in rows:
                copy.write_row([_bound(value, at in dynamic) for at, value in enumerate(row)])

    def _view(self, table: Table) -> None:
        """A view in pg_temp that hides the stored table and has the types that the SQL expects, where they differ."""
        expressions = (self._views or {}).get(table.name)
        if expressions is None:
            return
        pairs = zip(table.columns, expressions, strict=True)
        body: list[Composed] = []
        for column, expression in pairs:
            name = _identifier(column.name)
            body.append(SQL("{} AS {}").format(SQL(expression).format(name), name))
        view = SQL("CREATE TEMP VIEW {0} AS SELECT {1} FROM {0}").format(_identifier(table.name), SQL(", ").join(body))
        self._connection.execute(view)


def _private_connection() -> psycopg.Connection[tuple[Any, ...]]:
    """As a role without rights: the superuser could read files and run programs."""
    server = private_server()
    try:
        return psycopg.connect(host=server.host, user="ruleconv", dbname="postgres", autocommit=True)
    except psycopg.OperationalError:
        with psycopg.connect(host=server.host, user="postgres", dbname="postgres", autocommit=True) as superuser:
            superuser.execute("CREATE ROLE ruleconv LOGIN")
        return psycopg.connect(host=server.host, user="ruleconv", dbname="postgres", autocommit=True)


def _identifier(name: str) -> Identifier:
    if "\0" in name or not name:
        raise Unsupported("a name that is empty or holds the character NUL")
    if len(name.encode()) > _LONGEST_NAME:
        raise Unsupported(f"the name {name} of more than {_LONGEST_NAME} bytes", hint="PostgreSQL cuts it off; the engine duckdb does not")
    return Identifier(name)


def _bound(value: object, dynamic: bool) -> object:
    if value is None:
        return None
    if dynamic:
        return json_text(value)
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _message(error: psycopg.Error) -> str:
    primary = error.diag.message_primary
    detail = error.diag.message_detail
    return " ".join(part for part in (primary or str(error).strip(), detail) if part)


def _rows(cursor: psycopg.ServerCursor[tuple[Any, ...]], columns: tuple[Column, ...], limit: int) -> list[Row]:
    description = cursor.description or []
    if not columns:  # a query of which no column is known still has rows
        return [()] * len(cursor.fetchmany(limit))
    if len(description) != len(columns):
        raise Mismatch(f"the SQL gives {len(description)} columns, the query has {len(columns)}")
    read = [converter(column.type, entry.type_code in _JSON_TYPES) for column, entry in zip(columns, description, strict=True)]
    rows: list[Row] = []
    while batch := cursor.fetchmany(_BATCH):
        rows.extend(tuple(f(value) for f, value in zip(read, row, strict=True)) for row in batch)
        if len(rows) > limit:
            raise Mismatch(f"the result has more than {limit} rows")
    return rows
