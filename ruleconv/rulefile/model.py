"""A file with one rule in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ruleconv.diagnostic import Diagnostic
from ruleconv.text import Source

if TYPE_CHECKING:
    from ruleconv.rulefile.yaml_nodes import Node


class Kind(StrEnum):
    """The language of a rule's text; the names that ``source=`` takes."""

    KQL = "kql"
    SENTINEL = "sentinel"
    SIGMA = "sigma"
    SQL = "sql"


@dataclass(frozen=True)
class RuleFile:
    """``source`` is the query's text, whose places are those of the file; ``file`` the whole file.

    ``metadata`` is what the rule says besides its query (empty for a bare query), ``root`` the same as nodes with places.
    """

    kind: Kind
    file: Source
    source: Source
    metadata: Mapping[str, object] = field(default_factory=dict)
    root: Node | None = None
    problems: tuple[Diagnostic, ...] = ()
