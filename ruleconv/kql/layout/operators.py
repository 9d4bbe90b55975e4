"""Tabular operators, each without the ``|`` before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from ruleconv.kql.layout import expressions, lists, small
from ruleconv.kql.layout.clauses import clause, listed, parameters, predicate
from ruleconv.kql.layout.document import EMPTY, LINE, SPACE, Doc, concat, group, join, nest
from ruleconv.kql.layout.expressions import OPERAND, PRIMARY, VALUE, expr
from ruleconv.kql.layout.pipelines import pipeline, sub_pipeline
from ruleconv.kql.layout.writer import Writer
from ruleconv.kql.tree import (
    As,
    Consume,
    Count,
    Distinct,
    Evaluate,
    Expr,
    Extend,
    Facet,
    Find,
    Fork,
    GetSchema,
    Invoke,
    Join,
    MakeSeries,
    MvApply,
    MvExpand,
    OtherOperator,
    Parse,
    ParseKv,
    Partition,
    Project,
    ProjectReorder,
    Reduce,
    Render,
    Sample,
    SampleDistinct,
    Scan,
    Search,
    Serialize,
    Sort,
    SubPipeline,
    Summarize,
    TabularOperator,
    Take,
    Top,
    TopHitters,
    TopNested,
    Union,
    Where,
)  # fmt: skip


def operator(w: Writer, node: TabularOperator) -> Doc:
    """The operator and all that belongs to it."""
    match node:
        case Where():
            return concat(w.word(node.keyword), SPACE, predicate(w, node.predicate))
        case Extend():
            return clause(w, w.word("extend"), node.values)
        case Project():
            return clause(w, w.word(node.keyword), node.values, fill=node.keyword in ("project-away", "project-keep"))
        case ProjectReorder():
            return small.project_reorder(w, node)
        case Summarize():
            return _summarize(w, node)
        case Distinct():
            return clause(w, concat(w.word("distinct"), parameters(w, node.parameters)), node.values, fill=True)
        case Count():
            head = w.word("count")
            return head if node.as_name is None else concat(head, SPACE, w.word("as"), SPACE, expressions.name(w, node.as_name))
        case Take():
            return concat(w.word(node.keyword), parameters(w, node.parameters), SPACE, expr(w, node.count))
        case Sample():
            return concat(w.word("sample"), SPACE, expr(w, node.count))
        case SampleDistinct():
            return concat(w.word("sample-distinct"), SPACE, expr(w, node.count), SPACE, w.word("of"), SPACE, expr(w, node.value))
        case Sort():
            head = concat(w.word(node.keyword), parameters(w, node.parameters), SPACE, w.word("by"))
            return small.order(w, head, node.keys)
        case Top():
            head = concat(w.word("top"), parameters(w, node.parameters), SPACE, expr(w, node.count), SPACE, w.word("by"))
            return small.order(w, head, node.keys)
        case TopNested():
            return small.top_nested(w, node)
        case TopHitters():
            head = concat(w.word("top-hitters"), SPACE, expr(w, node.count), SPACE, w.word("of"), SPACE, expr(w, node.value))
            return head if node.by is None else concat(head, SPACE, w.word("by"), SPACE, expr(w, node.by))
        case Join():
            return _join(w, node)
        case Union():
            head = concat(w.word("union"), parameters(w, node.parameters))
            return clause(w, head, node.legs, least=OPERAND)
        case MvExpand():
            head = concat(w.word(node.keyword), parameters(w, node.parameters))
            return concat(small.expand_items(w, head, node.items), small.limit(w, node.limit))
        case MvApply():
            head = concat(w.word("mv-apply"), parameters(w, node.parameters))
            head = concat(small.expand_items(w, head, node.items), small.limit(w, node.limit), SPACE, w.word("on"), SPACE)
            return concat(head, sub_pipeline(w, node.body.operators))
        case Parse():
            return small.parse(w, node)
        case ParseKv():
            return small.parse_kv(w, node)
        case MakeSeries():
            return small.make_series(w, node)
        case Search():
            return _search(w, node)
        case Find():
            return _find(w, node)
        case Evaluate():
            head = concat(w.word("evaluate"), parameters(w, node.parameters), SPACE, expressions.call(w, node.call))
            return (
                head
                if node.schema is None
                else concat(head, SPACE, w.word(":"), SPACE, expressions.schema(w, node.schema, star_first=True))
            )
        case Invoke():
            return concat(w.word("invoke"), SPACE, w.until(node.call.name_span), expressions.call(w, node.call))
        case Serialize():
            return clause(w, w.word("serialize"), node.values)
        case Scan():
            return small.scan(w, node)
        case Partition():
            return _partition(w, node)
        case As():
            return concat(w.word("as"), parameters(w, node.parameters), SPACE, expressions.name(w, node.name))
        case GetSchema():
            return w.verbatim("getschema", node.span)
        case Render():
            return small.render(w, node)
        case Reduce():
            head = concat(w.word("reduce"), parameters(w, node.parameters), SPACE, w.word("by"), SPACE, expr(w, node.value))
            if not node.properties:
                return head
            head = concat(head, SPACE, w.word("with"), SPACE)
            return concat(head, join(SPACE, lists.items(w, node.properties, lambda each: expressions.parameter(w, each))))
        case Consume():
            return concat(w.word("consume"), parameters(w, node.parameters))
        case Fork():
            return small.fork(w, node)
        case Facet():
            facet = clause(w, concat(w.word("facet"), SPACE, w.word("by")), node.values, fill=True)
            if node.body is None:
                return facet
            return concat(facet, SPACE, w.word("with"), SPACE, sub_pipeline(w, node.body.operators))
        case OtherOperator():
            return w.verbatim(node.text, node.span)
        case _:
            assert_never(node)


def _summarize(w: Writer, node: Summarize) -> Doc:
    head = concat(w.word("summarize"), parameters(w, node.parameters))
    aggregates = lists.items(w, node.aggregates, lambda each: expr(w, each))
    keys: list[Doc] = []
    word: Doc = EMPTY
    if node.has_by or node.keys:
        word = w.word("by")
        keys = lists.items(w, node.keys, lambda each: expr(w, each))
    if not aggregates:
        return listed(concat(head, SPACE, word), keys) if keys else head
    first = concat(SPACE, aggregates[0]) if len(aggregates) == 1 else group(nest(LINE, join(LINE, aggregates)))
    return group(head, first, nest(LINE, listed(word, keys))) if keys else group(head, first)


def _join(w: Writer, node: Join) -> Doc:
    head: Doc = concat(w.word(node.keyword), parameters(w, node.parameters), SPACE, expr(w, node.right, OPERAND), SPACE, w.word("on"))
    parts: list[Doc] = []
    pending: Doc | None = None
    for each in node.on:
        if pending is not None:
            if w.next_is("and"):
                parts.append(pending)
                pending = concat(w.word("and"), SPACE, expr(w, each))
                continue
            parts.append(concat(pending, w.word(",")))
        pending = expr(w, each)
    return listed(head, [*parts, pending] if pending is not None else parts, fill=True)


def _legs(w: Writer, nodes: Sequence[Expr]) -> Doc:
    return lists.brackets(w, "(", lambda: lists.items(w, nodes, lambda each: expr(w, each, OPERAND)), ")", fill=len(nodes) > 1)


def _search(w: Writer, node: Search) -> Doc:
    head = concat(w.word("search"), parameters(w, node.parameters), SPACE)
    if node.tables:
        head = concat(head, w.word("in"), SPACE, _legs(w, node.tables), SPACE)
    return concat(head, predicate(w, node.predicate))


def _find(w: Writer, node: Find) -> Doc:
    head = concat(w.word("find"), parameters(w, node.parameters), SPACE)
    if node.tables:
        head = concat(head, w.word("in"), SPACE, _legs(w, node.tables), SPACE)
    if w.expects("where"):
        head = concat(head, w.word("where"), SPACE)
    head = concat(head, predicate(w, node.predicate))
    if node.project_smart:
        return concat(head, SPACE, w.word("project-smart"))
    if node.project_away:
        return group(head, nest(LINE, clause(w, w.word("project-away"), node.project_away, fill=True)))
    if node.project:
        return group(head, nest(LINE, clause(w, w.word("project"), node.project, fill=True)))
    return head


def _partition(w: Writer, node: Partition) -> Doc:
    head = concat(w.word("partition"), parameters(w, node.parameters), SPACE, w.word("by"), SPACE, expr(w, node.key, PRIMARY), SPACE)
    body = node.body
    if isinstance(body, SubPipeline):
        return concat(head, sub_pipeline(w, body.operators))
    if w.next_is("("):
        return concat(head, lists.brackets(w, "(", lambda: [expr(w, body, VALUE)], ")"))
    opened = w.word("{")
    inside = [pipeline(w, body), *w.closing()]
    return concat(head, group(opened, nest(LINE, *inside), LINE, w.word("}")))
