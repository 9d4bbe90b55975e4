"""What ``requiredDataConnectors`` lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ruleconv.linter.subject import Subject
from ruleconv.rulefile.connectors import connectors

if TYPE_CHECKING:
    from ruleconv.rulefile.yaml_nodes import Node

_PRODUCT = re.compile(r"\s*\(.*\)\s*$")
"""``SecurityAlert (ASC)``: the product after the table."""


def named(subject: Subject) -> Iterator[tuple[Node, Node]]:
    """The entries that name a connector, each with the node of its id."""
    for entry in subject.entries("requiredDataConnectors"):
        node = entry.get("connectorId")
        if node is not None and node.kind == "scalar" and not node.is_null:
            yield entry, node


def types_of(entry: Node) -> list[Node]:
    """The data types of one connector."""
    node = entry.get("dataTypes")
    return [item for item in node.items if item.kind == "scalar" and not item.is_null] if node is not None else []


def data_types(subject: Subject) -> list[Node]:
    """Those of all connectors."""
    return [node for entry in subject.entries("requiredDataConnectors") for node in types_of(entry)]


def table_of(text: str) -> str:
    """The table that a data type names."""
    return _PRODUCT.sub("", text).strip()


def declared(subject: Subject) -> set[str]:
    """The tables that are listed."""
    return {table_of(node.text) for node in data_types(subject)}


def is_known(subject: Subject, text: str) -> bool:
    """A table of the schema, one that a connector fills, a custom table, or a function of a solution."""
    name = table_of(text)
    if name.endswith("_CL") or not re.fullmatch(r"\w+", name) or name.startswith(("_", "im", "vim", "ASim")):
        return True
    if subject.config.tables.table(name) is not None or any(name in each.tables for each in connectors().values()):
        return True
    # A solution's parser has a name of its own; only what is nearly a table is a mistake.
    return subject.config.tables.suggest(name) is None
