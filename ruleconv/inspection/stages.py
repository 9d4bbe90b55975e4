"""The stages of a KQL query, out of its syntax tree: numbered, with their own texts, branches and the lets that they refer to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from string import ascii_lowercase

from ruleconv.inspection.model import Binding, Branch, Place, Predicate, Stage
from ruleconv.inspection.places import piece, place, without
from ruleconv.kql import tree
from ruleconv.text import Source, Span

_KINDS: dict[type, str] = {
    tree.Extend: "extend",
    tree.ProjectReorder: "project-reorder",
    tree.Summarize: "summarize",
    tree.Distinct: "distinct",
    tree.Count: "count",
    tree.Sample: "sample",
    tree.SampleDistinct: "sample-distinct",
    tree.Top: "top",
    tree.TopNested: "top-nested",
    tree.TopHitters: "top-hitters",
    tree.Union: "union",
    tree.MvApply: "mv-apply",
    tree.ParseKv: "parse-kv",
    tree.MakeSeries: "make-series",
    tree.Search: "search",
    tree.Find: "find",
    tree.Evaluate: "evaluate",
    tree.Invoke: "invoke",
    tree.Serialize: "serialize",
    tree.Scan: "scan",
    tree.Partition: "partition",
    tree.As: "as",
    tree.Render: "render",
    tree.Reduce: "reduce",
    tree.Consume: "consume",
    tree.Fork: "fork",
    tree.Facet: "facet",
    tree.DataTable: "datatable",
    tree.ExternalData: "externaldata",
    tree.Print: "print",
    tree.Range: "range",
}
_WORD = re.compile(r"\w+")
_ONE_NAME = {"filter": "where", "limit": "take", "order": "sort", "mvexpand": "mv-expand"}
"""Operators with two names."""
OPERATORS = frozenset((*_KINDS, tree.Where, tree.Project, tree.Take, tree.Sort, tree.Join, tree.MvExpand, tree.Parse, tree.GetSchema))
"""The nodes that are tabular operators."""


@dataclass
class Stages:
    """``top``: of the query itself; ``lets``: in their order; ``spans``: every operator's span with the number of its stage."""

    top: tuple[Stage, ...] = ()
    lets: tuple[Binding, ...] = ()
    spans: list[tuple[Span, str]] = field(default_factory=list)
    _exact: dict[Span, str] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)

    def number(self, span: Span) -> str:
        """Of the stage with that span, else of the smallest one around it; "" outside of all."""
        if not self._exact:
            self._exact = dict(self.spans)
        found = self._exact.get(span)
        if found is None:
            around = [(s.end - s.start, n) for s, n in self.spans if s.start <= span.start and span.end <= s.end]
            found = min(around)[1] if around else ""
            self._exact[span] = found
        return found

    def kind(self, number: str) -> str:
        """Of a stage by its number."""
        if not self._kinds:
            tops = (*self.top, *(stage for let in self.lets for stage in let.stages))
            self._kinds = {stage.number: stage.kind for top in tops for stage in top.walk()}
        return self._kinds.get(number, "")


def of_query(query: tree.QueryTree, source: Source) -> Stages:
    """The stages of a whole query."""
    reader = _Reader(source)
    lets: list[Binding] = []
    for statement in query.statements:
        if isinstance(statement, tree.Let):
            reader.names.add(statement.name.name)
    top: tuple[Stage, ...] = ()
    for statement in query.statements:
        if isinstance(statement, tree.Let):
            lets.append(reader.binding(statement))
        elif isinstance(statement, tree.ExpressionStatement):
            top = (*top, *reader.pipeline(statement.value, "", len(top)))
    return Stages(top, tuple(_used(lets, top)), reader.spans)


def _used(lets: list[Binding], top: tuple[Stage, ...]) -> Iterator[Binding]:
    """Each let with what refers to it: stages of the query, of other lets, then other lets that are values."""
    users: dict[str, list[tuple[Binding | None, str]]] = {}
    for other, stages in ((None, top), *((let, let.stages) for let in lets)):
        for stage in (stage for each in stages for stage in each.walk()):
            for name in stage.lets:
                users.setdefault(name, []).append((other, stage.number))
    for other in lets:
        if not other.stages:
            for name in dict.fromkeys(_WORD.findall(other.text)):
                users.setdefault(name, []).append((other, other.name))
    for let in lets:
        yield replace(let, used_by=tuple(dict.fromkeys(said for other, said in users.get(let.name, ()) if other is not let)))


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source, self.names = source, set[str]()
        self.spans: list[tuple[Span, str]] = []

    def place(self, node: tree.Node) -> Place:
        return place(self.source, node.span)

    # ------------------------------------------------------------ lets
    def binding(self, let: tree.Let) -> Binding:
        value, name = let.value, let.name.name
        text = piece(self.source, value.span)
        where = self.place(let)
        if isinstance(value, tree.FunctionDeclaration):
            stages: tuple[Stage, ...] = ()
            for inner in value.statements:
                if isinstance(inner, tree.Let):
                    self.names.add(inner.name.name)
                    if _is_table(inner.value):
                        stages += self.pipeline(inner.value, f"{name}.{inner.name.name}.", 0)
            if value.body is not None and _is_table(value.body):
                stages += self.pipeline(value.body, f"{name}.", 0)
            return Binding(name, "function", text, stages=stages, place=where)
        if _is_table(value):
            return Binding(name, "table", text, stages=self.pipeline(value, f"{name}.", 0), place=where)
        branches = self._subqueries(value, f"{name}.")
        return Binding(name, "value", text, stages=tuple(s for branch in branches for s in branch.stages), place=where)

    # ------------------------------------------------------------ pipelines
    def pipeline(self, node: tree.Expr, prefix: str, before: int) -> tuple[Stage, ...]:
        """The stages of a table expression, numbered after ``before``; a pipeline in parentheses at its start goes into it."""
        found: list[Stage] = []
        for each in _operators(node):
            number = f"{prefix}{before + len(found) + 1}"
            self.spans.append((each.span, number))
            found.append(self._stage(each, number))
        return tuple(_folded(found))

    def body(self, node: tree.SubPipeline | tree.Pipeline, prefix: str) -> tuple[Stage, ...]:
        if isinstance(node, tree.Pipeline):
            return self.pipeline(node, prefix, 0)
        found = []
        for at, each in enumerate(node.operators, 1):
            self.spans.append((each.span, f"{prefix}{at}"))
            found.append(self._stage(each, f"{prefix}{at}"))
        return tuple(_folded(found))

    def _stage(self, node: tree.Node, number: str) -> Stage:
        kind = kind_of(node)
        branches = tuple(self._branches(node, number))
        holes = _tables_of(node)
        text = without(self.source, node.span, holes) if holes else piece(self.source, node.span)
        predicates: tuple[Predicate, ...] = ()
        if isinstance(node, tree.Where | tree.Search | tree.Find):
            predicates = tuple(self._predicate(term) for term in _conjuncts(node.predicate))
        used = {part.name for part in _walk(node, holes) if isinstance(part, tree.Name | tree.Call)}
        lets = tuple(sorted(used & self.names))
        return Stage(number, kind, (text,), self.place(node), lets, predicates, branches)

    def _predicate(self, node: tree.Expr) -> Predicate:
        return Predicate(piece(self.source, node.span), _excludes(node), self.place(node))

    def _branches(self, node: tree.Node, number: str) -> Iterator[Branch]:
        prefix = (f"{number}{letter}." for letter in _letters())
        match node:
            case tree.Union():
                for leg in node.legs:
                    yield Branch("leg", _label(leg), self.pipeline(leg, next(prefix), 0))
            case tree.Join():
                yield Branch("right", _label(node.right), self.pipeline(node.right, next(prefix), 0))
                yield from self._subqueries((node.on, node.parameters), "", prefix)
            case tree.MvApply():
                yield Branch("body", "", self.body(node.body, next(prefix)))
            case tree.Partition():
                yield Branch("body", "", self.body(node.body, next(prefix)))
            case tree.Fork():
                for name, inner in node.branches:
                    yield Branch("fork", name.name if name is not None else "", self.body(inner, next(prefix)))
            case tree.Facet() if node.body is not None:
                yield Branch("body", "", self.body(node.body, next(prefix)))
            case _:
                yield from self._subqueries(node, "", prefix)

    def _subqueries(self, node: object, name: str, prefixes: Iterator[str] | None = None) -> list[Branch]:
        """The queries within an expression."""
        names = prefixes if prefixes is not None else iter([name, *(f"{name}{letter}." for letter in ascii_lowercase)])
        return [Branch("subquery", _label(inner), self.pipeline(inner, next(names), 0)) for inner in _queries(node)]


def _letters() -> Iterator[str]:
    yield from ascii_lowercase
    number = 1
    while True:
        number += 1
        yield from (f"{letter}{number}" for letter in ascii_lowercase)


def _bare(node: tree.Expr) -> tree.Expr:
    while isinstance(node, tree.Parenthesized):
        node = node.inner
    return node


def _is_table(node: tree.Expr) -> bool:
    node = _bare(node)
    if isinstance(node, tree.Call) and node.name in ("materialize", "view") and node.args:
        return _is_table(node.args[0])
    return isinstance(
        node, tree.Pipeline | tree.Union | tree.Search | tree.Find | tree.DataTable | tree.ExternalData | tree.Range | tree.Print
    )


def _operators(node: tree.Expr) -> list[tree.Node]:
    """The source and the operators of a table expression, those of pipelines in parentheses in front included."""
    after: list[Sequence[tree.Node]] = []
    while True:
        if isinstance(node, tree.Parenthesized):
            node = node.inner
        elif isinstance(node, tree.Call) and node.name == "materialize" and len(node.args) == 1:
            node = node.args[0]
        elif isinstance(node, tree.Pipeline):
            after.append(node.operators)
            node = node.source
        else:
            break
    return [node, *(each for group in reversed(after) for each in group)]


def kind_of(node: tree.Node) -> str:
    """The operator's name, the newer one of two; ``source`` of a table."""
    written = getattr(node, "keyword", "")
    name = _KINDS.get(type(node)) or (written if isinstance(written, str) and written else "source")
    return _ONE_NAME.get(name.lower(), name.lower())


def _folded(stages: list[Stage]) -> Iterator[Stage]:
    """Consecutive extends become one stage."""
    waiting: list[Stage] = []
    for stage in [*stages, None]:
        if waiting and (stage is None or stage.kind != "extend"):
            yield waiting[0] if len(waiting) == 1 else _one(waiting)
            waiting = []
        if stage is not None and stage.kind == "extend":
            waiting.append(stage)
        elif stage is not None:
            yield stage


def _one(stages: list[Stage]) -> Stage:
    first, last = stages[0], stages[-1]
    number = f"{first.number}-{last.number.rpartition('.')[2]}"
    where = replace(first.place, end=last.place.end)
    lets = tuple(dict.fromkeys(name for stage in stages for name in stage.lets))
    branches = tuple(branch for stage in stages for branch in stage.branches)
    return Stage(number, first.kind, tuple(text for stage in stages for text in stage.texts), where, lets, (), branches)


def _label(node: tree.Expr) -> str:
    """The table that a branch begins with."""
    first = _operators(node)[0]
    if isinstance(first, tree.Name):
        return first.name
    if isinstance(first, tree.Wildcard):
        return first.pattern
    return first.name if isinstance(first, tree.Call) else ""


def _tables_of(node: tree.Node) -> list[Span]:
    """The spans of the branches of a stage."""
    match node:
        case tree.Union():
            return [leg.span for leg in node.legs if not isinstance(leg, tree.Name | tree.Wildcard)]
        case tree.Join():
            return [] if isinstance(node.right, tree.Name) else [node.right.span]
        case tree.MvApply() | tree.Partition():
            return [node.body.span] if node.body.span.end > node.body.span.start else []
        case tree.Fork():
            return [inner.span for _, inner in node.branches]
        case _:
            return [inner.span for inner in _queries(node)]


def _queries(node: object) -> Iterable[tree.Expr]:
    """The queries in an expression or an operator, not those within them."""
    stack: list[object] = [node]
    while stack:
        at = stack.pop()
        if isinstance(at, tuple):
            stack.extend(reversed(at))
        elif at is not node and isinstance(at, tree.Pipeline | tree.Union | tree.Search | tree.Find):
            yield at
        elif isinstance(at, tree.Node):
            stack.extend(getattr(at, f.name) for f in reversed(fields(at)) if f.name not in ("span", "op_span", "name_span"))


def _walk(node: tree.Node, holes: list[Span]) -> Iterator[tree.Node]:
    """All nodes, but for those in the holes."""
    stack: list[object] = [node]
    while stack:
        at = stack.pop()
        if isinstance(at, tuple):
            stack.extend(at)
        elif isinstance(at, tree.Node):
            if at is not node and at.span in holes:
                continue
            yield at
            stack.extend(getattr(at, f.name) for f in fields(at) if f.name not in ("span", "op_span", "name_span"))


def _conjuncts(node: tree.Expr) -> list[tree.Expr]:
    found: list[tree.Expr] = []
    stack = [node]
    while stack:
        at = stack.pop()
        bare = _bare(at)
        if isinstance(bare, tree.Binary) and bare.op == "and":
            stack += (bare.right, bare.left)
        else:
            found.append(bare if isinstance(bare, tree.Binary) and bare.op == "or" else at)
    return found


def _excludes(node: tree.Expr) -> bool:
    """Whether the predicate, as written, says what is left out."""
    node = _bare(node)
    match node:
        case tree.Binary() if node.op in ("and", "or"):
            return _excludes(node.left) and _excludes(node.right)
        case tree.Binary() | tree.InList():
            empty = isinstance(node, tree.Binary) and isinstance(node.right, tree.Literal) and node.right.value == ""
            return not empty and (node.op.startswith("!") or node.op in ("<>", "notcontains", "notcontainscs"))
        case tree.Between():
            return node.negated
        case tree.Call():
            inner = _bare(node.args[0]) if node.args else None
            about_null = isinstance(inner, tree.Call) and inner.name in ("isempty", "isnull", "isnotempty", "isnotnull")
            return node.name == "not" and not about_null
        case _:
            return False
