"""The entity mappings of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ruleconv.linter.subject import Subject

if TYPE_CHECKING:
    from ruleconv.rulefile.yaml_nodes import Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """``node``: where to point (the entity type); ``identifiers``: their nodes."""

    type: str
    node: Node
    identifiers: tuple[Node, ...]


def typed(subject: Subject) -> Iterator[tuple[Node, Node]]:
    """The entries with a scalar for entity type, each with its node; the scalar may be null."""
    for entry in subject.entries("entityMappings"):
        node = entry.get("entityType")
        if node is not None and node.kind == "scalar":
            yield entry, node


def mappings(subject: Subject) -> list[Mapping]:
    """Those that name an entity type."""
    found = []
    for entry, node in typed(subject):
        if not node.is_null:
            fields = [field.get("identifier") for field in Subject.mappings(entry.get("fieldMappings"))]
            named = tuple(each for each in fields if each is not None and each.kind == "scalar" and not each.is_null)
            found.append(Mapping(node.text, node, named))
    return found
