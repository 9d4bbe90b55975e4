"""The tables that a user gives (rows, or the path of a file) as typed tables for an engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from ruleconv.diagnostic import UsageError
from ruleconv.engines.convert import convert, infer
from ruleconv.engines.files import Rows, of_objects, read
from ruleconv.engines.model import Row, Table, Value
from ruleconv.engines.values import Mismatch
from ruleconv.ir.types import Column, Type

Given: TypeAlias = "Sequence[Mapping[str, object]] | str | PathLike[str]"
"""What a caller may say for a table."""


@dataclass(frozen=True)
class GivenTable:
    """Rows under a name, with the columns that they have by the schema (where it knows them) or by themselves."""

    name: str
    columns: tuple[Column, ...]
    raw: Rows

    def typed(self, columns: Iterable[Column] = ()) -> Table:
        """The table with its values in their types; ``columns`` are added where they are missing (NULL throughout)."""
        have = {column.name for column in self.columns}
        every = (*self.columns, *(column for column in columns if column.name not in have))
        return Table(self.name, every, [self._row(every, row, at) for at, row in enumerate(self.raw.rows, 1)])

    def _row(self, columns: tuple[Column, ...], row: dict[str, object], at: int) -> Row:
        cells: list[Value] = []
        for column in columns:
            value = row.get(column.name)
            try:
                cells.append(convert(value, column.type))
            except Mismatch:
                raise UsageError(
                    f"table {self.name}, row {at}, column {column.name}: {str(value)[:80]!r} is not a {column.type.value}"
                ) from None
        return tuple(cells)


def given(name: str, data: Given, known: tuple[Column, ...] | None) -> GivenTable:
    """Reads ``data``. ``known``: the columns that the schema has for that table; the rows may have more of their own.

    A column that differs from a known one only in case is an error: Kusto would silently not see it.
    """
    raw = read(Path(data)) if isinstance(data, str | PathLike) else of_objects(data, f"table {name}")
    columns = list(known or ())
    have = {column.name for column in columns}
    folded = {column.name.lower(): column.name for column in columns}
    for found in raw.names:
        if found in have:
            continue
        if found.lower() in folded:
            raise UsageError(
                f"table {name}: the rows have a column {found}, the schema has {folded[found.lower()]}", hint="names are case-sensitive"
            )
        kind = infer((row.get(found) for row in raw.rows), raw.untyped)
        columns.append(Column(found, kind))
    return GivenTable(name, tuple(columns), raw)


def empty(name: str, columns: Iterable[Column]) -> Table:
    """A table without rows. What type an unknown column has does not matter then."""
    return Table(name, tuple(Column(c.name, Type.STRING, c.nullable) if c.type is Type.UNKNOWN else c for c in columns))
