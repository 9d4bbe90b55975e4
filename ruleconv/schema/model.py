"""What is known of the tables that queries read: their columns, in order, with types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ruleconv.ir.types import Column

MAX_SUGGESTION = 128
"""No near match is looked for beyond this many characters: nobody misspelt such a name."""


@dataclass(frozen=True)
class Table:
    """``open``: the table has columns that are not listed, so an unknown name in it is no error."""

    name: str
    columns: tuple[Column, ...]
    open: bool = False

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> Column | None:
        """The column of exactly that name: Kusto's names are case-sensitive."""
        return self._by_name.get(name)

    def suggest(self, name: str) -> str | None:
        """The column that was probably meant."""
        return near_match(name, self._by_name)


class Schema:
    """Tables by name, in layers: a table of a later layer replaces the one of the same name before it."""

    def __init__(self, *layers: Mapping[str, Table]) -> None:
        self._layers = layers

    @classmethod
    def of(cls, tables: Iterable[Table]) -> Schema:
        return cls({table.name: table for table in tables})

    def table(self, name: str) -> Table | None:
        """The table of exactly that name, or None."""
        for layer in reversed(self._layers):
            if (found := layer.get(name)) is not None:
                return found
        return None

    def __contains__(self, name: object) -> bool:
        return any(name in layer for layer in self._layers)

    def __iter__(self) -> Iterator[Table]:
        return (table for name in self.names if (table := self.table(name)) is not None)

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every table's name, sorted."""
        return tuple(sorted({name for layer in self._layers for name in layer}))

    def suggest(self, name: str) -> str | None:
        """The table that was probably meant."""
        return near_match(name, self.names)

    def __or__(self, other: Schema) -> Schema:
        """Both; where they share a name, the table of ``other``."""
        return Schema(*self._layers, *other._layers)

    def extended(self, tables: Iterable[Table]) -> Schema:
        """This schema with more (or other) tables."""
        return self | Schema.of(tables)


def near_match(name: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that differs in case alone, else the most similar one if it is similar at all."""
    if not 0 < len(name) <= MAX_SUGGESTION:
        return None
    choices = list(names)
    folded = name.casefold()
    for choice in choices:
        if choice.casefold() == folded:
            return choice
    from difflib import get_close_matches  # only on the way to an error message

    return next(iter(get_close_matches(name, choices, n=1, cutoff=0.75)), None)
