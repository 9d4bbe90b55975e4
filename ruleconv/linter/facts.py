"""Data connectors, and entity types from the files in ``data/``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from ruleconv.rulefile.connectors import connectors

_FOLDER = os.path.join(os.path.dirname(__file__), "data")


@dataclass(frozen=True, slots=True)
class EntityType:
    """``required``, ``strong``: sets of identifiers, of which one is needed in whole."""

    identifiers: tuple[str, ...]
    required: tuple[frozenset[str], ...]
    strong: tuple[frozenset[str], ...]


@cache
def connector_ids() -> dict[str, str]:
    """The ids by their case-folded form."""
    return {name.casefold(): name for name in connectors()}


@cache
def entity_types() -> dict[str, EntityType]:
    """By name."""
    return {
        name: EntityType(tuple(identifiers.split()), _sets(required), _sets(strong))
        for name, identifiers, required, strong in rows("entities.txt", 4)
    }


def _sets(text: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(each.split("+")) for each in text.split())


def rows(name: str, width: int) -> list[list[str]]:
    """The lines of a file, cut at their tabs."""
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return [line + [""] * (width - len(line)) for line in lines]
