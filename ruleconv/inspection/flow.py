"""A bound query walked from its tables to its result: what every stage tests, and what it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from ruleconv.inspection.model import Exclusion, Indicator, Role, Test
from ruleconv.inspection.places import one_line
from ruleconv.inspection.predicates import Reader, conjuncts, excludes
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.correlation import Correlate
from ruleconv.ir.walk import walk
from ruleconv.text import NOWHERE, Span

_ANTI = (q.JoinKind.LEFTANTI, q.JoinKind.RIGHTANTI)
MOST = 20_000
"""Indicators of one rule, before equal ones are put together."""


@dataclass
class Flow:
    """``reader`` reads predicates; ``names``: what a test that leaves out is called, by its place (Sigma's searches)."""

    reader: Reader
    names: Callable[[Span], str] = lambda span: ""
    indicators: list[Indicator] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    _entered: set[tuple[str, Role]] = field(default_factory=set)

    def unused(self, let: q.Let) -> None:
        """A let that no stage reached by now (a set of values of a function that nobody knows): its tests choose rows of something."""
        if not any((let.name, role) in self._entered for role in Role):
            self._entered.add((let.name, Role.LOOKUP))
            self.walk(let.rel, Role.LOOKUP)

    # ------------------------------------------------------------ stages
    def walk(self, rel: q.Rel, role: Role = Role.MATCH) -> None:
        """All stages below and including this one, the first ones first."""
        chain: list[q.Rel] = []
        at: q.Rel | None = rel
        while at is not None:
            chain.append(at)
            at = at.left if isinstance(at, q.Join) else getattr(at, "input", None)
        for stage in reversed(chain):
            self._stage(stage, role)

    def _stage(self, rel: q.Rel, role: Role) -> None:
        match rel:
            case q.Filter():
                self._filter(rel, role)
            case q.LetRef():
                target = self.reader.terms.lineage.lets.get(rel.name)
                if target is not None and (rel.name, role) not in self._entered:
                    self._entered.add((rel.name, role))
                    self.walk(target, role)
            case q.Join():
                self._join(rel, role)
            case q.Union():
                for leg in rel.legs:
                    self.walk(leg.input, role)
            case q.Apply() | q.PartitionBy():
                self._values((each.value for each in getattr(rel, "values", ())), rel, role)
                self.walk(rel.body, role)
            case Correlate():
                for each in rel.rules:
                    self.walk(each.input, role)
            case q.Extend() | q.Serialize() | q.Project() | q.Distinct() | q.Expand():
                self._values((each.value for each in rel.values), rel, role)
            case q.Aggregate():
                self._values((each.value for each in (*rel.keys, *rel.aggregates)), rel, role)
            case q.MakeSeries():
                self._values((each.value for each in rel.series), rel, role)
            case q.Scan():
                for step in rel.steps:
                    self._tests(step.condition, rel.input, rel.span, Role.CONDITION)
            case q.Rows():
                for row in rel.rows:
                    self._values(row, rel, role)
            case _:
                pass

    def _filter(self, rel: q.Filter, role: Role) -> None:
        for node, negated in conjuncts(rel.predicate):
            if len(self.indicators) > MOST:
                return
            self._queries(node)
            if role is Role.MATCH and excludes(node, negated):
                self._exclude(node, negated, rel)
            else:
                self._tests(node, rel.input, rel.span, role, negated)

    def _tests(self, node: ir.Expr, rel: q.Rel, span: Span, role: Role, negated: bool = False) -> None:
        self.indicators.extend(self.reader.indicators(node, rel, self.reader.number(span), role, negated=negated))

    def _exclude(self, node: ir.Expr, negated: bool, rel: q.Filter) -> None:
        """Of ``not(A and B)`` the conditions are A and B; ``!in`` is named so, its condition is an ``in``."""
        stage = self.reader.number(rel.span)
        found = tuple(self.reader.indicators(node, rel.input, stage, Role.EXCLUSION, negated=not negated))
        form = self.names(span_of(node))
        if not form and len(found) == 1 and not negated:
            form = next(self.reader.indicators(node, rel.input, stage, Role.EXCLUSION), found[0]).operator
        text = self.reader.terms.text(node)
        place = self.reader.terms.place_of(span_of(node))
        self.exclusions.append(Exclusion(form or "not", found, f"not({text})" if negated else text, stage, place))

    def _join(self, rel: q.Join, role: Role) -> None:
        if rel.kind not in _ANTI:
            self.walk(rel.right, role)
            return
        stage = self.reader.number(rel.span)
        left = rel.kind is q.JoinKind.LEFTANTI
        other = rel.right if left else rel.left
        value = self.reader.terms.of_query(other)
        conditions = []
        for mine, theirs in rel.keys:
            key, table = (mine, rel.left) if left else (theirs, rel.right)
            name, of = self.reader.terms.field(key, table)
            sources = self.reader.terms.lineage.sources(key, table)
            named = replace(value, type=key.type.value)
            conditions.append(
                Indicator(name, Test.IN, (named,), rel.kind.value, role=Role.EXCLUSION, of=of, sources=sources, stages=(stage,))
            )
        self.walk(other, Role.LOOKUP)
        text = one_line(self.reader.terms.source.text[rel.span.start : rel.span.end])
        self.exclusions.append(Exclusion(rel.kind.value, tuple(conditions), text, stage, self.reader.terms.place_of(rel.span)))
        if not left:
            self.walk(rel.right, role)

    # ------------------------------------------------------------ expressions
    def _values(self, values: Iterable[ir.Expr], rel: q.Rel, role: Role) -> None:
        """Tests within values that are computed."""
        below = getattr(rel, "input", None)
        stage = self.reader.number(getattr(rel, "span", NOWHERE))
        for value in values:
            if len(self.indicators) > MOST:
                return
            self._queries(value)
            if role is Role.MATCH:
                self.indicators.extend(self.reader.conditions(value, below, stage))

    def _queries(self, node: ir.Expr) -> None:
        """The queries whose rows an expression asks for."""
        for part in walk(node):
            if isinstance(part, ir.MatchQuery | ir.ScalarQuery):
                self.walk(part.query, Role.LOOKUP)


def span_of(node: ir.Expr) -> Span:
    """The node's own, else that of what stands in it."""
    if node.span.end > node.span.start:
        return node.span
    spans = [part.span for part in walk(node) if part.span.end > part.span.start]
    return Span(min(each.start for each in spans), max(each.end for each in spans)) if spans else NOWHERE


def merged(found: Iterable[Indicator]) -> Iterator[Indicator]:
    """Equal tests as one, with all its stages and places."""
    together: dict[Indicator, list[Indicator]] = {}
    for each in found:
        key = replace(each, stages=(), places=(), required=False, of="", sources=())
        together.setdefault(key, []).append(each)
    for group in together.values():
        yield replace(
            group[0],
            required=any(each.required for each in group),
            of=next((each.of for each in group if each.of), ""),
            sources=tuple(dict.fromkeys(source for each in group for source in each.sources)),
            stages=tuple(dict.fromkeys(stage for each in group for stage in each.stages)),
            places=tuple(dict.fromkeys(place for each in group for place in each.places)),
        )
