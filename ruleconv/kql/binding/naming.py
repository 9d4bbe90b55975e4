"""Names of output columns: what an expression without a name is called, and what happens when two columns clash.

The rules are those of Microsoft's parser: ``count_``, ``sum_x``, ``d_foo`` for ``d.foo``, ``Column1`` and, on a clash, ``x1``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ruleconv.ir.expr import Expr
from ruleconv.ir.query import Named
from ruleconv.ir.types import Column, Type
from ruleconv.kql.binding.findings import Finding, duplicate_column
from ruleconv.text import Span


class UniqueNames:
    """Gives every name once: the second ``x`` is ``x1``."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._last = dict.fromkeys(names, 0)

    def __contains__(self, name: str) -> bool:
        return name in self._last

    def add(self, name: str) -> None:
        self._last.setdefault(name, 0)

    def unique(self, name: str, base: str = "") -> str:
        """The name, or the first of ``name1``, ``name2`` ... that is free. It is taken from now on."""
        if name not in self._last:
            self._last[name] = 0
            return name
        number = self._last[name]
        while True:
            number += 1
            candidate = f"{base or name}{number}"
            if candidate not in self._last:
                self._last[name] = number
                self._last[candidate] = 0
                return candidate


def unique_all(names: list[str]) -> list[str]:
    """The names of a join's output: ``[c, c, c1]`` gives ``[c, c2, c1]``, so that no new name renames a later column."""
    first: dict[str, int] = {}
    for at, name in enumerate(names):
        first.setdefault(name, at)
    table = UniqueNames(first)
    return [name if first[name] == at else table.unique(name) for at, name in enumerate(names)]


@dataclass(slots=True)
class Item:
    """An output column. ``source``: the input column that it shows unchanged, under whatever name."""

    name: str
    value: Expr
    column: Column
    source: str | None = None
    fresh: bool = True


@dataclass(slots=True)
class Projection:
    """The output columns of a stage while they are collected.

    ``declared``: names that were written, which may not be written again. ``away``: input columns that are not added (again).
    """

    report: Callable[[Finding], None]
    items: list[Item] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)
    away: set[str] = field(default_factory=set)
    _index: dict[str, int] = field(default_factory=dict)
    _names: UniqueNames = field(default_factory=UniqueNames)

    def add(self, item: Item, *, replace: bool = False, do_not_repeat: bool = False) -> None:
        """Adds a column, under another name when its own is taken; ``replace``: takes the place of the one of its name instead."""
        if item.source is not None and item.source in self.away:
            return
        if replace and item.name in self._index:
            self.items[self._index[item.name]] = item
        else:
            unique = self._names.unique(item.name)
            if unique != item.name:
                item = Item(unique, item.value, Column(unique, item.column.type, item.column.nullable), item.source, item.fresh)
            self._index[unique] = len(self.items)
            self.items.append(item)
        if do_not_repeat and item.source is not None:
            self.away.add(item.source)

    def declare(self, item: Item, span: Span, *, replace: bool = False) -> None:
        """Adds a column whose name was written."""
        if item.name in self.declared:
            self.report(duplicate_column(item.name, span))
            return
        if replace and item.name in self._index:
            self.items[self._index[item.name]] = item
            self.declared.add(item.name)
            return
        before = len(self.items)
        self.add(item)
        if len(self.items) > before:
            self.declared.add(self.items[-1].name)

    def rename(self, old: str, new: str, span: Span) -> None:
        """Gives the column ``old`` another name, in its place."""
        at = self._index.get(old)
        if at is None:
            return
        if new in self.declared:
            self.report(duplicate_column(new, span))
            return
        item = self.items[at]
        self.items[at] = Item(new, item.value, Column(new, item.column.type, item.column.nullable), item.source, item.fresh)
        del self._index[old]
        self._index[new] = at
        self.declared.add(new)
        self._names.add(new)

    # ------------------------------------------------------------ results
    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(item.column for item in self.items)

    @property
    def named(self) -> tuple[Named, ...]:
        return tuple(Named(item.name, item.value) for item in self.items)

    @property
    def fresh(self) -> tuple[Named, ...]:
        """Those that are not the input's own columns."""
        return tuple(Named(item.name, item.value) for item in self.items if item.fresh)


def unified(tables: Iterable[Iterable[Column]]) -> list[tuple[Column, str, Type]]:
    """A union's output columns: by name, and where types differ one a type, called ``name_type``.

    Gives for each the column, and the name and type that it stands for in the legs.
    """
    types: dict[str, list[Type]] = {}
    for columns in tables:
        for column in columns:
            known = types.setdefault(column.name, [])
            if column.type not in known:
                known.append(column.type)
    names = UniqueNames()
    result = []
    for name, kinds in types.items():
        for kind in kinds:
            unique = names.unique(name if len(kinds) == 1 else f"{name}_{kind.value}")
            result.append((Column(unique, kind), name, kind))
    return result
