"""Operators with a small language of their own: sort, parse, make-series, scan, top-nested, fork, render."""

from __future__ import annotations

from collections.abc import Sequence

from ruleconv.kql.layout import expressions, lists
from ruleconv.kql.layout.clauses import clause, listed, parameters, predicate, with_properties
from ruleconv.kql.layout.document import EMPTY, HARD, LINE, SPACE, Doc, Fill, concat, group, join, nest
from ruleconv.kql.layout.expressions import PRIMARY, expr, name
from ruleconv.kql.layout.pipelines import sub_pipeline
from ruleconv.kql.layout.writer import Writer
from ruleconv.kql.tree import (
    Expr,
    Fork,
    MakeSeries,
    MvExpandItem,
    Ordered,
    Parse,
    ParseKv,
    ProjectReorder,
    Render,
    ReorderItem,
    Scan,
    ScanDeclaration,
    ScanStep,
    SeriesItem,
    TopNested,
    TopNestedLevel,
)  # fmt: skip


def ordered(w: Writer, node: Ordered) -> Doc:
    """``value asc nulls first``"""
    value = expr(w, node.value)
    direction = concat(SPACE, w.word(node.order)) if node.order else EMPTY
    return concat(value, direction, concat(SPACE, w.word("nulls"), SPACE, w.word(node.nulls)) if node.nulls else EMPTY)


def order(w: Writer, head: Doc, nodes: Sequence[Ordered]) -> Doc:
    """A head that ends in ``by``, and its keys."""
    return listed(head, lists.items(w, nodes, lambda each: ordered(w, each)), fill=True)


def project_reorder(w: Writer, node: ProjectReorder) -> Doc:
    def item(each: ReorderItem) -> Doc:
        value = expr(w, each.value)
        return concat(value, SPACE, w.word(each.order)) if each.order else value

    return listed(w.word("project-reorder"), lists.items(w, node.items, item), fill=True)


def expand_items(w: Writer, head: Doc, nodes: Sequence[MvExpandItem]) -> Doc:
    """The arrays of mv-expand and mv-apply."""

    def item(each: MvExpandItem) -> Doc:
        target = concat(name(w, each.name), SPACE, w.word("="), SPACE) if each.name is not None else EMPTY
        value = expr(w, each.value)
        return concat(target, value, concat(SPACE, w.word("to"), SPACE, expr(w, each.to)) if each.to is not None else EMPTY)

    return listed(head, lists.items(w, nodes, item))


def limit(w: Writer, node: Expr | None) -> Doc:
    return EMPTY if node is None else concat(SPACE, w.word("limit"), SPACE, expr(w, node))


def parse(w: Writer, node: Parse) -> Doc:
    head = concat(w.word(node.keyword), parameters(w, node.parameters), SPACE, expr(w, node.subject, expressions.OPERAND), SPACE)
    head = concat(head, w.word("with"))
    return concat(head, SPACE, nest(Fill([expr(w, each, PRIMARY) for each in node.pattern])))


def parse_kv(w: Writer, node: ParseKv) -> Doc:
    head = concat(w.word("parse-kv"), SPACE, expr(w, node.subject, expressions.OPERAND), SPACE, w.word("as"), SPACE)
    keys = lists.brackets(w, "(", lambda: lists.items(w, node.keys, lambda each: expressions.column(w, each)), ")", fill=len(node.keys) > 1)
    return concat(head, keys, with_properties(w, node.properties))


def make_series(w: Writer, node: MakeSeries) -> Doc:
    def item(each: SeriesItem) -> Doc:
        value = expr(w, each.value)
        if each.default is None:
            return value
        return concat(value, SPACE, w.word("default"), w.word("="), expr(w, each.default))

    head = concat(w.word("make-series"), parameters(w, node.parameters))
    series = lists.items(w, node.items, item)
    first = concat(SPACE, series[0]) if len(series) == 1 else nest(LINE, join(LINE, series))
    axis = concat(w.word("on"), SPACE, expr(w, node.axis, expressions.OPERAND), _range(w, node))
    keys: Doc = EMPTY
    if node.keys:
        word = w.word("by")
        keys = nest(LINE, listed(word, lists.items(w, node.keys, lambda each: expr(w, each))))
    return group(head, first, nest(LINE, axis), keys)


def _range(w: Writer, node: MakeSeries) -> Doc:
    if node.in_range and node.start is not None and node.stop is not None:
        values = [node.start, node.stop, node.step]
        return concat(SPACE, w.word("in"), SPACE, w.word("range"), expressions.arguments(w, values))
    start = concat(SPACE, w.word("from"), SPACE, expr(w, node.start)) if node.start is not None else EMPTY
    stop = concat(SPACE, w.word("to"), SPACE, expr(w, node.stop)) if node.stop is not None else EMPTY
    return concat(start, stop, SPACE, w.word("step"), SPACE, expr(w, node.step))


def top_nested(w: Writer, node: TopNested) -> Doc:
    def one(each: TopNestedLevel) -> Doc:
        head = w.word("top-nested")
        count = concat(SPACE, expr(w, each.count)) if each.count is not None else EMPTY
        value = concat(SPACE, w.word("of"), SPACE, expr(w, each.value), SPACE)
        others: Doc = EMPTY
        if each.others is not None:
            word = concat(w.word("with"), SPACE, w.word("others"))
            others = concat(word, SPACE, w.word("="), SPACE, expr(w, each.others), SPACE)
        return concat(head, count, value, others, w.word("by"), SPACE, ordered(w, each.by))

    return group(nest(join(LINE, lists.items(w, node.levels, one))))


def scan(w: Writer, node: Scan) -> Doc:
    head: Doc = concat(w.word("scan"), parameters(w, node.parameters))
    if node.order:
        head = order(w, concat(head, SPACE, w.word("order"), SPACE, w.word("by")), node.order)
    if node.partition:
        head = clause(w, concat(head, SPACE, w.word("partition"), SPACE, w.word("by")), node.partition, fill=True)
    if node.declared:
        head = concat(head, SPACE, w.word("declare"), SPACE)
        head = concat(head, lists.brackets(w, "(", lambda: lists.items(w, node.declared, lambda each: _declared(w, each)), ")"))
    head = concat(head, SPACE, w.word("with"), SPACE)
    opened = w.word("(")
    steps: list[Doc] = []
    for at, each in enumerate(node.steps):
        written = _step(w, each)
        steps.append(concat(written, w.word(";")) if at < len(node.steps) - 1 or w.expects(";") else written)
    inside = [join(HARD, steps), *w.closing()]
    return concat(head, opened, nest(HARD, *inside), HARD, w.word(")"))


def _declared(w: Writer, node: ScanDeclaration) -> Doc:
    column = expressions.column(w, node.column)
    return column if node.default is None else concat(column, SPACE, w.word("="), SPACE, expr(w, node.default))


def _step(w: Writer, node: ScanStep) -> Doc:
    head = concat(w.word("step"), SPACE, name(w, node.name))
    if node.optional:
        head = concat(head, SPACE, w.word("optional"))
    if node.output:
        head = concat(head, SPACE, w.word("output"), w.word("="), w.word(node.output))
    head = concat(head, w.word(":"), SPACE, predicate(w, node.condition))
    if not node.assignments:
        return head
    arrow = w.word("=>")
    return group(head, nest(LINE, clause(w, arrow, node.assignments)))


def render(w: Writer, node: Render) -> Doc:
    head = concat(w.word("render"), SPACE, w.word(node.chart))
    if not node.properties:
        return head
    if w.expects("with"):
        return concat(head, with_properties(w, node.properties))
    parts: list[Doc] = []
    for each in node.properties:
        comma = w.word(",") if parts and w.next_is(",") else EMPTY
        parts += [comma, SPACE, expressions.parameter(w, each)]
    return concat(head, *parts)


def fork(w: Writer, node: Fork) -> Doc:
    word = w.word("fork")
    branches: list[Doc] = []
    for target, body in node.branches:
        head = concat(name(w, target), SPACE, w.word("="), SPACE) if target is not None else EMPTY
        branches.append(concat(head, sub_pipeline(w, body.operators)))
    return group(word, nest(LINE, join(LINE, branches)))
