"""What goes into an engine and what comes out: tables of typed rows, and a result with Kusto's names and types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol, TypeAlias
from uuid import UUID

from ruleconv.diagnostic import ExecutionError
from ruleconv.ir.expr import JSON
from ruleconv.ir.fidelity import Note
from ruleconv.ir.types import Column

Value: TypeAlias = "bool | int | float | Decimal | str | datetime | timedelta | UUID | JSON | None"
"""A Kusto value in Python: datetimes know their zone (UTC), a dynamic is what ``json.loads`` gives, a string is never None."""

Row: TypeAlias = "tuple[Value, ...]"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that the engine has to provide: ``rows`` are parallel to ``columns`` and hold values of their types, None for NULL.

    ``stored``: it is one of the engine's own (``Engine.stored``), with these columns; ``rows`` does not count.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Row] = ()
    stored: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a query is stopped. ``rows`` is Kusto's own limit of a result."""

    seconds: float = 60.0
    rows: int = 500_000


DEFAULT_LIMITS = Limits()

MAX_SQL = 2_000_000
"""Characters of a statement. What an engine's planner takes for it, a gigabyte at five million, no limit of the engine's bounds."""


def check_length(sql: str) -> None:
    """Raises ExecutionError for a statement that is too long."""
    if len(sql) > MAX_SQL:
        raise ExecutionError(f"the SQL has {len(sql):,} characters, more than the {MAX_SQL:,} that are executed", sql=sql)


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a query, with the names and types that Kusto would give its columns."""

    columns: tuple[Column, ...]
    rows: list[Row]
    sql: str = field(default="", compare=False)
    notes: tuple[Note, ...] = field(default=(), compare=False)

    def dicts(self) -> list[dict[str, Value]]:
        """The rows by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


class Engine(Protocol):
    """Runs one SELECT at a time; nothing of one execution is left for the next."""

    dialect: str
    """The SQL dialect of the backend that writes for this engine."""

    def execute(self, sql: str, columns: tuple[Column, ...], tables: Sequence[Table] = (), limits: Limits = DEFAULT_LIMITS) -> Result:
        """The rows of ``sql`` over ``tables``, as values of the types in ``columns``; the SQL's own column names do not count.

        Raises ExecutionError (with ``sql``) when the engine refuses, a limit is passed, or a value is none of its column's type.
        """
        ...

    def stored(self) -> dict[str, tuple[Column, ...]]:
        """The tables that are already there (a user's database), with the types that queries see. Empty for a private engine."""
        ...
