"""The data connectors that a query needs, from ``data/connectors.txt``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache

from ruleconv.rulefile.yaml_text import Value

DATA = os.path.join(os.path.dirname(__file__), "data", "connectors.txt")


def required(tables: Iterable[str]) -> list[dict[str, Value]]:
    """``requiredDataConnectors`` of a query that reads these tables; a table whose connector is not known is left out."""
    found: dict[str, list[str]] = {}
    for table in sorted(set(tables)):
        if connector := _by_table().get(table):
            found.setdefault(connector, []).append(table)
    return [{"connectorId": connector, "dataTypes": tables} for connector, tables in found.items()]


@cache
def _by_table() -> dict[str, str]:
    found = {}
    with open(DATA, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                connector, _, tables = line.rstrip("\n").partition("\t")
                found.update(dict.fromkeys(tables.split(), connector))
    return found
