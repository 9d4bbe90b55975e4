"""What has been read of a query: flows of events, each from one table through filters, and how they are grouped or joined at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.text import NOWHERE, Span
from ruleconv_backends.sigma.inline import inline
from ruleconv_backends.sigma.temporal import Temporal
from ruleconv_backends.sigma.times import TimeFilter


@dataclass
class Flow:
    """Events of one table. ``columns``: what each column of the present stage is, over the table's own. ``shown``: those that the
    query puts out, None for all."""

    source: q.Source
    columns: dict[str, ir.Expr]
    filters: list[ir.Expr] = field(default_factory=list)
    times: list[TimeFilter] = field(default_factory=list)
    shown: list[str] | None = None

    def inlined(self, node: ir.Expr) -> ir.Expr:
        return inline(node, self.columns)


@dataclass
class Group:
    """A ``summarize``. ``keys``: over the columns before it. ``columns``: those after it, over the ones before (aggregates included).
    ``thresholds``: filters on aggregates."""

    keys: tuple[q.Named, ...]
    aggregates: tuple[q.Named, ...]
    columns: dict[str, ir.Expr]
    span: Span = NOWHERE
    thresholds: list[ir.Expr] = field(default_factory=list)
    closed: bool = False
    """Another stage has grouped the groups: their columns are not to be filtered any more."""


@dataclass
class State:
    """``temporal``: the two flows are those of a join."""

    flows: list[Flow]
    group: Group | None = None
    temporal: Temporal | None = None
    repeated: str = ""
    """What gave an event several rows before they were grouped."""
