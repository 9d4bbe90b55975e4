"""The data connectors of Microsoft Sentinel and the tables that they fill, from ``data/connectors.txt``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

DATA = os.path.join(os.path.dirname(__file__), "data", "connectors.txt")
CHOSEN = "*"


@dataclass(frozen=True, slots=True)
class Connector:
    """``tables``: those that it fills, as far as is known. ``chosen``: of these, the ones for which a rule names it, where several
    connectors fill them."""

    deprecated: bool
    tables: frozenset[str]
    chosen: frozenset[str]


@cache
def connectors() -> dict[str, Connector]:
    """By id."""
    with open(DATA, encoding="utf-8") as file:
        lines = (f"{line.rstrip()}\t\t".split("\t")[:3] for line in file if not line.startswith("#"))
        return {name: _connector(mark, tables.split()) for name, mark, tables in lines}


@cache
def by_table() -> dict[str, str]:
    """The connector that a rule names for a table."""
    return {table: name for name, connector in connectors().items() for table in connector.chosen}


def _connector(mark: str, tables: list[str]) -> Connector:
    chosen = frozenset(table.removesuffix(CHOSEN) for table in tables if table.endswith(CHOSEN))
    return Connector(mark == "deprecated", frozenset(table.removesuffix(CHOSEN) for table in tables), chosen)
