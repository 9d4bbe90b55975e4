"""Placeholders in the formats of ``alertDetailsOverride``: ``{{Column}}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ruleconv.rulefile.yaml_nodes import Node

FORMATS = ("alertDisplayNameFormat", "alertDescriptionFormat")
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def placeholders(node: Node) -> list[str]:
    """The names in a format."""
    return _PLACEHOLDER.findall(node.text) if node.kind == "scalar" else []
