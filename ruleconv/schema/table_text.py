"""The tables that come with ruleconv, as a text with one line a table, of which only the lines that are asked for are parsed.

A line is ``Name``, a tab, and the columns apart by blanks: ``name:type``, or just ``name`` for a string.
``tools/build_tables.py`` writes it; where the facts come from: ``data/PROVENANCE.md``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property

from ruleconv.ir.types import Column, Type
from ruleconv.schema.model import Table

DATA = os.path.join(os.path.dirname(__file__), "data", "tables.txt")
"""Not a pathlib path: importing pathlib takes longer than finding a table."""

ASIM = os.path.join(os.path.dirname(__file__), "data", "asim.txt")
"""The columns of ASIM's unifying parsers, written by ``tools/build_asim.py``."""


class TableText(Mapping[str, Table]):
    """The tables of such a text, by name."""

    def __init__(self, text: str, *, open: bool = False) -> None:
        self._text = "\n" + text
        self._open = open
        self._tables: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        table = self._tables.get(name)
        if table is None:
            start = self._find(name)
            if start < 0:
                raise KeyError(name)
            columns = self._text[start : self._text.index("\n", start)]
            table = self._tables[name] = Table(name, tuple(map(parse_column, columns.split(" "))), self._open)
        return table

    def _find(self, name: str) -> int:
        """Where the columns of the table start, or -1."""
        if not name or "\n" in name or "\t" in name:
            return -1
        at = self._text.find(f"\n{name}\t")
        return at if at < 0 else at + len(name) + 2

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._find(name) >= 0

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(line[: line.index("\t")] for line in self._text.splitlines() if line)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def parse_column(text: str) -> Column:
    name, _, type_name = text.partition(":")
    return Column(name, Type(type_name) if type_name else Type.STRING)


def format_table(table: Table) -> str:
    """The line of a table, without its end."""
    return f"{table.name}\t" + " ".join(c.name if c.type is Type.STRING else f"{c.name}:{c.type.value}" for c in table.columns)


def read(path: str = DATA, *, open_: bool = False) -> TableText:
    """The bundled tables; ``open_``: they may have more columns than the text lists."""
    with open(path, encoding="utf-8") as file:
        return TableText(file.read(), open=open_)
