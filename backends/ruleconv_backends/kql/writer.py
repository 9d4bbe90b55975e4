"""What the parts of the writer share: notes, the names of lets, the columns that an expression sees, and how to write what is inside.

Expressions hold relations and relations expressions: ``Writer`` carries what writes them, so that no part imports one above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from ruleconv.diagnostic import RuleconvError
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.ir.types import Column
from ruleconv.kql import tree
from ruleconv.text import NOWHERE, Source, Span

Operators: TypeAlias = list[tree.TabularOperator]


@dataclass(slots=True)
class Writer:
    """``expr`` writes an expression (a scalar let by its name). ``pipeline``: a relation, as its source and the operators over it;
    ``operators``: stages alone, from the first to the last. ``source``: the text that the query was read from. ``now``: ticks that the
    clock shall show. ``row``: the columns of the rows at hand; ``all_known``: they surely have no others. ``lets``: how the query's tabular
    lets are called in the text. ``inline``: those over rows that change from row to row (mv-apply), which are put in. ``scalars``: scalar
    lets that may be named. ``used``: the lets that were named. ``safe``: what may be null is written so that it is false then (inside
    ``not``). ``steps``: the steps of the scan at hand, whose state is ``step.column``."""

    expr: Callable[[Writer, ir.Expr], tree.Expr]
    pipeline: Callable[[Writer, q.Rel], tuple[tree.Expr, Operators]]
    operators: Callable[[Writer, list[q.Rel]], Operators]
    source: Source | None = None
    now: int | None = None
    notes: list[Note] = field(default_factory=list)
    row: tuple[Column, ...] = ()
    all_known: bool = False
    lets: dict[str, str] = field(default_factory=dict)
    inline: dict[str, q.Rel] = field(default_factory=dict)
    scalars: dict[str, q.Scalar] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    safe: bool = False
    steps: frozenset[str] = frozenset()

    def note(self, code: str, effect: Effect, message: str, span: Span = NOWHERE) -> None:
        made = Note(code, effect, message, span)
        if made not in self.notes:
            self.notes.append(made)

    @contextmanager
    def over(self, columns: tuple[Column, ...], *, all_known: bool = False) -> Iterator[None]:
        """Expressions see these columns. ``all_known``: the rows surely have no others."""
        before = self.row, self.all_known
        self.row, self.all_known = columns, all_known
        try:
            yield
        finally:
            self.row, self.all_known = before

    @contextmanager
    def two_valued(self, safe: bool) -> Iterator[None]:
        """Whether null must be written away in the expressions inside."""
        before, self.safe = self.safe, safe
        try:
            yield
        finally:
            self.safe = before

    def text_of(self, span: Span) -> str:
        """What stands at a node's place in the text that was read; empty when there is none."""
        return self.source.text[span.start : span.end] if self.source is not None and span != NOWHERE else ""

    def syntax_at(self, span: Span) -> tree.Expr | None:
        """The expression that stands at a node's place in the text that was read, or None."""
        return self.syntax_of(self.text_of(span))

    @staticmethod
    def syntax_of(text: str) -> tree.Expr | None:
        """A text as an expression, or None when it is none."""
        from ruleconv.kql.parse import parse

        try:
            statements = parse(Source(text)).statements if text else ()
        except RuleconvError:
            return None
        only = statements[0] if len(statements) == 1 else None
        return only.value if isinstance(only, tree.ExpressionStatement) else None
