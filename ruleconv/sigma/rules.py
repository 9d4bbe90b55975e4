"""Rules of a Sigma file once they are bound: what correlations refer to, by name or id."""

from __future__ import annotations

from dataclasses import dataclass, field

from ruleconv.ir.expr import Expr
from ruleconv.ir.fidelity import Note
from ruleconv.ir.query import Filter, Rel
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.sigma.events import Events
from ruleconv.text import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class DetectionRule:
    """A rule with a ``detection``. ``events`` answers for further fields of the same events (group-by fields, counted values); ask it
    before ``rel``, which holds every field that was asked for until then."""

    name: str
    id: str
    title: str
    events: Events
    predicate: Expr
    metadata: Metadata = NO_METADATA
    notes: tuple[Note, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def rel(self) -> Rel:
        """The events that the rule finds."""
        return Filter(self.events.rel, self.predicate, self.span)


@dataclass(frozen=True, slots=True)
class CorrelationRule:
    """A rule with a ``correlation``: the groups that it finds. ``time``: when a group's last event happened, as an expression of ``rel``
    (a chained correlation needs it). ``generate``: the rules that it refers to (``refers_to``: names or ids) stand for themselves too."""

    name: str
    id: str
    title: str
    rel: Rel
    time: Expr
    refers_to: tuple[str, ...]
    generate: bool = False
    metadata: Metadata = NO_METADATA
    notes: tuple[Note, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)
