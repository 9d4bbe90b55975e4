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


def hint(subject: Subject, name: str) -> str:
    """What to do about a column that the query does not put out."""
    from difflib import get_close_matches

    names = [column.name for column in subject.columns or ()]
    near = nearest(subject, name) or next(iter(get_close_matches(name.strip(), names, 1, 0.8)), None)
    return f"did you mean {near}?" if near else "let it through the query's last project or summarize"


def nearest(subject: Subject, name: str) -> str | None:
    """The output column that differs from the name in case alone."""
    folded = name.strip().casefold()
    return next((column.name for column in subject.columns or () if column.name.casefold() == folded), None)
