"""Events for SQL: a table named after the log source, with a column of text for each field, or one JSON column that holds them all."""

from __future__ import annotations

from collections.abc import Iterable

from ruleconv.diagnostic import Unsupported
from ruleconv.schema import Schema
from ruleconv.sigma.events import Events, LogSource


class FlatPlatform:
    """See ``platforms.find``."""

    def __init__(self, schema: Schema, *, table: str | None = None, json_column: str | None = None, time_field: str | None = None) -> None:
        self.schema, self.table, self.json_column, self.time_field = schema, table, json_column, time_field

    def choices(self, logsource: LogSource, fields: Iterable[str]) -> Iterable[Events]:
        return (self.events(logsource, fields),)

    def events(self, logsource: LogSource, fields: Iterable[str]) -> Events:
        raise Unsupported("a Sigma rule", logsource.span)
