"""The entities that a result names: ``entityMappings`` from the columns that it really has, by ``data/entities.txt``.

Limits: https://learn.microsoft.com/azure/sentinel/map-data-fields-to-entities
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from ruleconv.ir.types import Column, Type
from ruleconv.rulefile.yaml_text import Value

DATA = os.path.join(os.path.dirname(__file__), "data", "entities.txt")

MAX_MAPPINGS = 10
MAX_IDENTIFIERS = 3
_NAME = re.compile(r"[a-zA-Z_]\w{0,499}", re.ASCII)
_TYPES = frozenset({Type.STRING, Type.INT, Type.LONG, Type.GUID, Type.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Field:
    identifier: str
    column: str
    needed: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A line of the data: ``ways`` to name one entity, the best first; the query must read one of ``tables``, if any, and none of
    ``others``. Both are patterns."""

    entity: str
    ways: tuple[tuple[Field, ...], ...]
    tables: tuple[str, ...]
    others: tuple[str, ...]

    def concerns(self, read: Sequence[str]) -> bool:
        return (not self.tables or _any(self.tables, read)) and not _any(self.others, read)


def mappings(columns: Sequence[Column], tables: Iterable[str]) -> list[dict[str, Value]]:
    """The mappings for a result of these columns of a query that reads these tables; at most ten, a column only once in a type."""
    present = {column.name for column in columns if column.type in _TYPES and _NAME.fullmatch(column.name)}
    read = tuple(tables)
    used: set[tuple[str, str]] = set()
    found: list[dict[str, Value]] = []
    for known in _known():
        free = {column for column in present if (known.entity, column) not in used}
        way = next((way for way in known.ways if all(field.column in free for field in way if field.needed)), None)
        if way is None or not known.concerns(read):
            continue
        taken = [field for field in way if field.column in free][:MAX_IDENTIFIERS]
        used.update((known.entity, field.column) for field in taken)
        fields: list[Value] = [{"identifier": field.identifier, "columnName": field.column} for field in taken]
        found.append({"entityType": known.entity, "fieldMappings": fields})
    return found[:MAX_MAPPINGS]


def _any(patterns: Sequence[str], names: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)


@cache
def _known() -> tuple[Known, ...]:
    with open(DATA, encoding="utf-8") as file:
        return tuple(_parsed(line.rstrip("\n")) for line in file if not line.startswith("#"))


def _parsed(line: str) -> Known:
    entity, ways, tables = f"{line}\t".split("\t")[:3]
    patterns = tables.split()
    return Known(
        entity,
        tuple(tuple(map(_field, way.split())) for way in ways.split("|")),
        tuple(each for each in patterns if not each.startswith("-")),
        tuple(each[1:] for each in patterns if each.startswith("-")),
    )


def _field(text: str) -> Field:
    identifier, _, column = text.partition("=")
    return Field(identifier.rstrip("?"), column, not identifier.endswith("?"))
