"""Where the events of a log source stand, and where in them a Sigma field is: what ``sigma.bind`` asks, whoever answers.

``flat.FlatEvents`` answers for SQL (a table with a column for each field, or one JSON column), ``mapped.MappedEvents`` for KQL (the tables
of Log Analytics, Defender XDR and ASIM, from the data files in ``logsources/``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ruleconv.text import NOWHERE, Span

if TYPE_CHECKING:  # the linter reads log sources and needs no IR
    from ruleconv.ir.expr import Expr
    from ruleconv.ir.fidelity import Note
    from ruleconv.ir.query import Rel


@dataclass(frozen=True, slots=True)
class LogSource:
    """A rule's ``logsource``; a part that it does not give is empty. ``taxonomy``: whose names the rule uses, empty for Sigma's own."""

    product: str = ""
    category: str = ""
    service: str = ""
    span: Span = NOWHERE
    taxonomy: str = ""

    @classmethod
    def of(cls, parts: Mapping[str, str]) -> LogSource:
        """From ``product``, ``category`` and ``service``, of which some may be missing."""
        return cls(parts.get("product", ""), parts.get("category", ""), parts.get("service", ""))

    @property
    def name(self) -> str:
        """``windows_process_creation``: of a table that stands for it where none is known."""
        return "_".join(part for part in (self.product, self.category, self.service) if part) or "events"


class Events(Protocol):
    """The events of one log source."""

    @property
    def rel(self) -> Rel:
        """The table, with the filter that it needs for these events (``EventID == 1``)."""

    @property
    def time(self) -> Expr:
        """When an event happened (correlations need it)."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader should know: a placeholder table, fields that another table carries."""

    def field(self, name: str, span: Span) -> Expr:
        """The value of a Sigma field: a column with its type, a step into a dynamic column, an expression. Raises Unsupported with the
        name of a field that these events do not have."""

    def adapt(self, name: str, test: Expr, span: Span) -> Expr:
        """The same question in these events' own spelling (``HKLM\\`` as ``HKEY_LOCAL_MACHINE\\``, ``SHA256=..`` as a column, a name
        that is a number there). In: the field, and a ``Match``, ``Compare`` or ``Missing`` whose subject is what ``field`` gave for it.
        Most events give it back as it is. Raises Unsupported with the name of the field for a value that cannot be said."""


class Platform(Protocol):
    """Finds the events of a log source."""

    def choices(self, logsource: LogSource, fields: Iterable[str]) -> Iterable[Events]:
        """What can carry a rule on that log source that asks for these fields, best first and never empty: the first whose ``field`` and
        ``adapt`` refuse nothing is taken (when all refuse, the first one's refusal is told). Raises Unsupported when nothing carries it."""

    def events(self, logsource: LogSource, fields: Iterable[str]) -> Events:
        """The first of ``choices``."""
