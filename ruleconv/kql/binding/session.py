"""What one run of the binder collects: findings, notes, the lets that were used, the columns asked of open tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import query as q
from ruleconv.ir.expr import Expr
from ruleconv.ir.types import Column, Type
from ruleconv.kql.binding.findings import Finding
from ruleconv.kql.binding.scope import Origin, Row, Scope
from ruleconv.schema import Schema
from ruleconv.text import Source, Span

MAX_LETS = 2_000
MAX_CALLS = 60
MAX_INLINED = 1_000
MAX_NODES = 200_000
MAX_COLUMNS = 10_000
"""Of one table; each join of a table with itself doubles them."""
MAX_WIDTH = 100_000
"""The columns of all stages together; the widest query of the public collections has 6,000."""

_CUSTOM_SUFFIX = {"_s": Type.STRING, "_g": Type.STRING, "_d": Type.REAL, "_b": Type.BOOL, "_t": Type.DATETIME}
"""How the Log Analytics collector API names the columns of ``*_CL`` tables by their type."""


@dataclass(slots=True)
class Session:
    """``asked`` holds, by the key of an open source, the columns that the query uses of it; it outlives one run: the binder runs again
    until nothing new is asked, so that every stage knows its columns from the start."""

    schema: Schema
    source: Source
    asked: dict[str, dict[str, Type]] = field(default_factory=dict)
    refusals: list[Unsupported] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    reported: set[Finding] = field(default_factory=set)
    doubts: list[Finding] = field(default_factory=list)
    """What Microsoft's parser objects to and the meaning is clear of nevertheless: the linter says it, a translation goes on."""
    notes: list[tuple[str, str, Span]] = field(default_factory=list)
    lets: list[q.Let] = field(default_factory=list)
    scalars: list[q.Scalar] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    grew: bool = False
    calls: list[object] = field(default_factory=list)
    inlined: int = 0
    nodes: int = 0
    width: int = 0
    contexts: int = 0
    externals: int = 0
    unknown_calls: dict[str, list[str]] = field(default_factory=dict)
    """The arguments with which each unknown function is called."""
    default_column: int = 1
    render: str | None = None
    checking: bool = False
    """The part at hand is bound for its findings only."""

    def report(self, finding: Finding) -> None:
        if finding not in self.reported:
            self.reported.add(finding)
            self.findings.append(finding)

    def doubt(self, finding: Finding) -> None:
        if finding not in self.doubts:
            self.doubts.append(finding)
        self.note(finding.code, finding.message, finding.span)

    def spend(self, nodes: int, span: Span) -> None:
        """Counts what is put in for names of lets and parameters, so that no query grows without bounds."""
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise Unsupported("a query that becomes this large when its lets are put in", span, "give names to fewer parts of it")

    def widen(self, columns: int, span: Span) -> None:
        """Counts the columns of a stage: every stage after it, and every reader of the query, goes through them all."""
        self.width += columns
        if columns > MAX_COLUMNS or self.width > MAX_WIDTH:
            raise Unsupported("a query with this many columns", span, "name those that are needed with project")

    def note(self, code: str, message: str, span: Span) -> None:
        if (code, message, span) not in self.notes:
            self.notes.append((code, message, span))

    # ------------------------------------------------------------ lets
    def fresh(self, name: str) -> str:
        """A name that no other let of the query has."""
        unique, number = name, 1
        while unique in self.taken:
            number += 1
            unique = f"{name}_{number}"
        self.taken.add(unique)
        return unique

    def add_let(self, name: str, rel: q.Rel, span: Span, materialized: bool = False) -> q.LetRef:
        """Makes the rows a let of the query."""
        if len(self.lets) >= MAX_LETS:
            raise Unsupported("a query of this many tables", span)
        unique = self.fresh(name)
        self.lets.append(q.Let(unique, rel, materialized, span))
        return q.LetRef(unique, rel.columns, span)

    def context(self, stem: str) -> str:
        """The name of a row context (mv-apply, partition)."""
        self.contexts += 1
        return f"${stem}{self.contexts}"

    # ------------------------------------------------------------ open sources
    def columns_of(self, origin: Origin, known: tuple[Column, ...] = ()) -> tuple[Column, ...]:
        """The known columns and those that the query asks for."""
        names = {c.name for c in known}
        return known + tuple(Column(name, type_) for name, type_ in self.asked.get(origin.key, {}).items() if name not in names)

    def ask(self, origin: Origin, name: str) -> Column:
        """Notes that the open source must have the column."""
        if self.checking or not origin.key.startswith(("table:", "plugin:")):
            return Column(name, Type.UNKNOWN)
        columns = self.asked.setdefault(origin.key, {})
        if name not in columns:
            columns[name] = guessed_type(origin, name)
            self.grew = True
        return Column(name, columns[name])


def guessed_type(origin: Origin, name: str) -> Type:
    """The type of a column of an open source, where a convention of Log Analytics gives it."""
    if origin.key.startswith("plugin:"):
        return Type.UNKNOWN
    if name == "TimeGenerated":
        return Type.DATETIME
    if re.search(r"_CL$", origin.key):
        return _CUSTOM_SUFFIX.get(name[-2:], Type.UNKNOWN)
    return Type.UNKNOWN


@dataclass(frozen=True, slots=True)
class Context:
    """Where an expression stands. ``aggregates``: summarize's own expressions, in which columns stand only inside an aggregate.
    ``right``: the second table of a join. ``keys``: names of summarize's by list."""

    session: Session
    scope: Scope
    row: Row | None = None
    aggregates: bool = False
    inside_aggregate: bool = False
    right: Row | None = None
    keys: frozenset[str] = frozenset()
    sorted: bool = False
    search: bool = False
    outer: Expr | None = None
