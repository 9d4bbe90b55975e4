"""The log source of a rule from the table of a query, and Sigma's names for its columns."""

from __future__ import annotations

from dataclasses import dataclass

from ruleconv.ir.query import Source
from ruleconv_backends.sigma.losses import Losses


@dataclass(frozen=True, slots=True)
class Named:
    """A table as Sigma calls it. The fields are the table's own columns, keys below them after a dot."""

    logsource: dict[str, str]

    def field(self, path: tuple[str, ...]) -> str:
        return ".".join(path)


def named(source: Source, losses: Losses) -> Named:
    """The log source for a table."""
    return Named({"service": source.table.lower()})
