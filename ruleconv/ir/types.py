"""Kusto's scalar types, and the columns of a table.

Source: https://learn.microsoft.com/kusto/query/scalar-data-types
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """A scalar type; the value is Kusto's own name of it."""

    BOOL = "bool"
    INT = "int"
    LONG = "long"
    REAL = "real"
    DECIMAL = "decimal"
    STRING = "string"
    DATETIME = "datetime"
    TIMESPAN = "timespan"
    GUID = "guid"
    DYNAMIC = "dynamic"
    UNKNOWN = "unknown"
    """Of a column of an open table: any type may come."""

    @property
    def is_numeric(self) -> bool:
        return self in NUMERIC

    @property
    def is_integer(self) -> bool:
        return self in (Type.INT, Type.LONG)


NUMERIC = (Type.INT, Type.LONG, Type.REAL, Type.DECIMAL)

ALIASES = {
    "bool": Type.BOOL,
    "boolean": Type.BOOL,
    "int": Type.INT,
    "int8": Type.INT,
    "int16": Type.INT,
    "int32": Type.INT,
    "uint": Type.INT,
    "uint8": Type.INT,
    "uint16": Type.INT,
    "uint32": Type.INT,
    "int64": Type.LONG,
    "uint64": Type.LONG,
    "ulong": Type.LONG,
    "long": Type.LONG,
    "real": Type.REAL,
    "double": Type.REAL,
    "float": Type.REAL,
    "decimal": Type.DECIMAL,
    "string": Type.STRING,
    "datetime": Type.DATETIME,
    "date": Type.DATETIME,
    "timespan": Type.TIMESPAN,
    "time": Type.TIMESPAN,
    "guid": Type.GUID,
    "uuid": Type.GUID,
    "uniqueid": Type.GUID,
    "dynamic": Type.DYNAMIC,
}
"""Every spelling of a type that Kusto's grammar takes."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a stage's output.

    ``nullable`` is False when the column surely holds no SQL NULL (a literal, ``count()``, a string that was made by
    a function), so that the lowering can leave COALESCE out.
    """

    name: str
    type: Type
    nullable: bool = True
