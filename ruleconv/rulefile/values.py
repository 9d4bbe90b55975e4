"""Texts out of a rule's YAML, whatever shape it has: what is written where a text belongs is a text, and what cannot be one is nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ruleconv.rulefile.yaml_nodes import Node

_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", re.ASCII)


def text(root: Node, key: str) -> str:
    """The value of a mapping's key, without blanks around it; a list's texts apart by commas; empty for a mapping, a null and no value."""
    return ", ".join(texts(root, key))


def texts(root: Node, key: str) -> tuple[str, ...]:
    """The value as a list, also where it is a single text."""
    node = root.get(key)
    return tuple(_texts([node] if node is not None and node.kind == "scalar" else node.items if node is not None else ()))


def children(root: Node, key: str) -> list[Node]:
    """The mappings in a list, or the one that stands there by itself."""
    node = root.get(key)
    if node is None:
        return []
    return [each for each in ([node] if node.kind == "mapping" else node.items) if each.kind == "mapping"]


def rest(root: Node, taken: Iterable[str]) -> dict[str, object]:
    """The keys of a mapping with their plain values, without those in ``taken``."""
    away = frozenset(taken)
    return {key.text: value.plain() for key, value in root.pairs if key.kind == "scalar" and key.text not in away}


def iso_date(written: str) -> str:
    """``2024/1/31`` and ``2024-01-31T..`` as ``2024-01-31``; another text as it is."""
    match = _DATE.match(written)
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else written


def _texts(nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        if node.kind == "scalar" and not node.is_null and (found := node.text.strip()):
            yield found
