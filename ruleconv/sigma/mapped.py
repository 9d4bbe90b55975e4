"""Events for KQL: the tables of Defender XDR, Log Analytics and ASIM that carry a log source, from the data files in ``logsources/``."""

from __future__ import annotations

from collections.abc import Iterable

from ruleconv.diagnostic import Unsupported
from ruleconv.schema import Schema
from ruleconv.sigma.events import Events, LogSource


class MappedPlatform:
    """See ``platforms.find``."""

    def __init__(self, schema: Schema, name: str | None) -> None:
        self.schema, self.name = schema, name

    def events(self, logsource: LogSource, fields: Iterable[str]) -> Events:
        raise Unsupported("a Sigma rule", logsource.span)

    def choices(self, logsource: LogSource, fields: Iterable[str]) -> Iterable[Events]:
        return (self.events(logsource, fields),)
