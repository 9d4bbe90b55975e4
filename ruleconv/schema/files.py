"""The user's own tables, from CSV and JSON files.

- CSV with the columns table, column and type (or as ``T | getschema`` gives it, TableName/ColumnName/ColumnType); without a column for the
  table, the file's name is the table's.
- JSON in one of four forms: ``{"Name": .., "Properties": [{"Name": .., "Type": ..}]}`` (CustomTables of Azure-Sentinel), the same with
  ``OrderedColumns`` (``.show table T schema as json``), ``{table: {column: type}}``, or ``{table: [..]}`` with ``[name, type]`` or
  ``{"name": .., "type": ..}`` in the list; a list of the first two, or the last two under a key ``tables``.

A column ``*`` makes its table open.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ruleconv.diagnostic import SchemaError, UsageError
from ruleconv.ir.types import ALIASES, Column, Type
from ruleconv.reading import read
from ruleconv.schema import json_nodes
from ruleconv.schema.json_nodes import Node
from ruleconv.schema.model import Schema, Table, near_match
from ruleconv.text import Source, Span

_DOTNET = {
    "sbyte": Type.BOOL,
    "boolean": Type.BOOL,
    "int32": Type.INT,
    "int64": Type.LONG,
    "double": Type.REAL,
    "single": Type.REAL,
    "sqldecimal": Type.DECIMAL,
    "string": Type.STRING,
    "datetime": Type.DATETIME,
    "timespan": Type.TIMESPAN,
    "guid": Type.GUID,
    "object": Type.DYNAMIC,
}
_JSON_HINT = 'expected {"Name": .., "Properties": [{"Name": .., "Type": ..}]} or {table: {column: type}}'
_CSV_HINT = "the first line names the columns: table,column,type"


@dataclass
class _Reader:
    """Collects the columns of one file's tables; ``where`` is the place of the name or type in question."""

    source: Source
    tables: dict[str, dict[str, Column]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def fail(self, message: str, where: Span, hint: str = "") -> SchemaError:
        return SchemaError(message, where, hint, self.source)

    def declare(self, table: str, where: Span) -> dict[str, Column]:
        if not table.strip():
            raise self.fail("a table without a name", where)
        return self.tables.setdefault(table.strip(), {})

    def add(self, table: str, name: str, type_name: str, where: Span) -> None:
        columns = self.declare(table, where)
        name = name.strip()
        if name == "*":
            self.open.add(table.strip())
            return
        if not name:
            raise self.fail(f"a column without a name in table {table}", where)
        column = Column(name, self.type(type_name, where))
        if columns.setdefault(name, column) != column:
            raise self.fail(f"{table} has the column {name} twice, as {columns[name].type} and as {column.type}", where)

    def type(self, written: str, where: Span) -> Type:
        name = written.strip().casefold()
        if (found := ALIASES.get(name) or _DOTNET.get(name.rpartition(".")[2])) is None:
            near = near_match(name, ALIASES)
            raise self.fail(
                f"unknown type {written!r}",
                where,
                f"did you mean {near}?" if near else "types: " + ", ".join(sorted(set(ALIASES.values()))),
            )
        return found

    def finish(self) -> Iterator[Table]:
        return (Table(name, tuple(columns.values()), name in self.open) for name, columns in self.tables.items())


def load_files(paths: Iterable[str | os.PathLike[str]]) -> Schema:
    """The tables of all files, and of the ``.json`` and ``.csv`` files in folders. A later file replaces a table of an earlier one."""
    schema = Schema()
    for path in files_of(paths):
        schema = schema.extended(load_text(read(path)))
    return schema


def files_of(paths: Iterable[str | os.PathLike[str]]) -> Iterator[str]:
    """The files as they are, and of folders those that hold tables. UsageError for a folder without any."""
    for path in (os.fspath(each) for each in paths):
        if not os.path.isdir(path):
            yield path
            continue
        names = sorted(name for name in os.listdir(path) if name.casefold().endswith((".json", ".csv")))
        if not names:
            raise UsageError(f"{path}: a folder without .json or .csv files")
        yield from (os.path.join(path, name) for name in names)


def load_text(source: Source) -> list[Table]:
    """The tables of one file's text; the name ending in ``.csv`` says that it is CSV."""
    reader = _Reader(source)
    if source.name.casefold().endswith(".csv"):
        _read_csv(reader)
    else:
        _read_json(reader, json_nodes.parse(source))
    if not reader.tables:
        raise reader.fail("no table in this file", Span(0, 0), _CSV_HINT if source.name.casefold().endswith(".csv") else _JSON_HINT)
    return list(reader.finish())


# ---------------------------------------------------------------- CSV
def _read_csv(reader: _Reader) -> None:
    lines = reader.source.text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    rows = csv.reader(lines, strict=True)
    header: dict[str, int] | None = None
    first = 0
    try:
        for row in rows:
            where = Span(starts[first], starts[rows.line_num])
            first = rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            if header is None:
                header = _header(reader, row, where)
                continue
            if len(row) <= max(header.values()):
                raise reader.fail(f"this line has {len(row)} fields, the first one {len(header)}", where, _CSV_HINT)
            table = row[header["table"]] if "table" in header else os.path.splitext(os.path.basename(reader.source.name))[0]
            reader.add(table, row[header["column"]], row[header["type"]], where)
    except csv.Error as error:
        at = starts[min(first, len(starts) - 1)]
        raise reader.fail(f"this is not CSV: {error}", Span(at, at), _CSV_HINT) from None


_HEADERS = {
    "table": ("table", "tablename", "table_name"),
    "column": ("column", "columnname", "column_name", "name", "field"),
    "type": ("type", "columntype", "column_type", "csltype", "datatype", "data_type"),
}


def _header(reader: _Reader, row: list[str], where: Span) -> dict[str, int]:
    cells = [cell.strip().casefold() for cell in row]
    found = {role: cells.index(name) for role, names in _HEADERS.items() for name in reversed(names) if name in cells}
    for role in ("column", "type"):
        if role not in found:
            raise reader.fail(f"no column named {role!r} in the first line", where, _CSV_HINT)
    return found


# ---------------------------------------------------------------- JSON
def _read_json(reader: _Reader, root: Node) -> None:
    if root.items is not None:
        for item in root.items:
            _named_table(reader, item)
    elif root.members is None:
        raise reader.fail("neither an object nor a list", root.span, _JSON_HINT)
    elif _columns_of(root) is not None:
        _named_table(reader, root)
    else:
        tables = root.get("tables")
        for key, value in (tables.members if tables else None) or root.members:
            if isinstance(key.value, str) and (tables is None or not key.value.startswith("_")):
                _table(reader, key, value)


def _columns_of(node: Node) -> Node | None:
    name = node.get("Name", "TableName")
    return node.get("Properties", "OrderedColumns", "Columns") if name is not None and isinstance(name.value, str) else None


def _named_table(reader: _Reader, node: Node) -> None:
    name, columns = node.get("Name", "TableName"), _columns_of(node)
    if name is None or columns is None:
        raise reader.fail("expected a table with Name and Properties", node.span, _JSON_HINT)
    _table(reader, name, columns)


def _table(reader: _Reader, name: Node, columns: Node) -> None:
    table = str(name.value)
    if table in reader.tables:
        raise reader.fail(f"the table {table} stands here twice", name.span)
    reader.declare(table, name.span)
    if columns.members is not None:
        for key, value in columns.members:
            reader.add(table, str(key.value), _string(reader, value, "a type"), value.span)
    elif columns.items is not None:
        for item in columns.items:
            pair = (
                item.items
                if item.items is not None
                else [item.get("Name", "ColumnName"), item.get("CslType", "ColumnType", "Type", "DataType")]
            )
            if len(pair) != 2 or pair[0] is None or pair[1] is None:
                raise reader.fail(f"expected a column of {table} with Name and Type", item.span, _JSON_HINT)
            reader.add(table, _string(reader, pair[0], "a column's name"), _string(reader, pair[1], "a type"), pair[1].span)
    else:
        raise reader.fail(f"expected the columns of {table}", columns.span, _JSON_HINT)


def _string(reader: _Reader, node: Node, what: str) -> str:
    if not isinstance(node.value, str):
        raise reader.fail(f"expected {what} in quotes", node.span, _JSON_HINT)
    return node.value
