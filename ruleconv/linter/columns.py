"""Columns that a rule file names, against those that its query puts out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ruleconv.linter.subject import Subject

if TYPE_CHECKING:
    from ruleconv.rulefile.yaml_nodes import Node


def missing(subject: Subject, nodes: Iterable[Node]) -> Iterator[Node]:
    """Those of the nodes whose text is no output column; none at all where the columns are not all known."""
    columns = subject.columns
    if columns is None:
        return
    names = {column.name for column in columns}
    yield from (node for node in nodes if node.text.strip() not in names)


def nearest(subject: Subject, name: str) -> str | None:
    """The output column that differs from the name in case alone."""
    folded = name.strip().casefold()
    return next((column.name for column in subject.columns or () if column.name.casefold() == folded), None)
