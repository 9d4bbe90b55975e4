"""The data connectors that a query needs."""

from __future__ import annotations

from collections.abc import Iterable

from ruleconv.rulefile.connectors import by_table
from ruleconv.rulefile.yaml_text import Value


def required(tables: Iterable[str]) -> list[dict[str, Value]]:
    """``requiredDataConnectors`` of a query that reads these tables; a table whose connector is not known is left out."""
    found: dict[str, list[str]] = {}
    for table in sorted(set(tables)):
        if connector := by_table().get(table):
            found.setdefault(connector, []).append(table)
    return [{"connectorId": connector, "dataTypes": tables} for connector, tables in found.items()]
