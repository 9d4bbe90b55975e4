"""Tabular operators whose node is made straight from their parts."""

from __future__ import annotations

from typing import Any

from ruleconv.kql.build.action import Misplaced, Values, action
from ruleconv.kql.build.expressions import no_star
from ruleconv.kql.build.sources import as_properties
from ruleconv.kql.tree import (
    As,
    Binary,
    Call,
    Consume,
    Count,
    Distinct,
    Extend,
    Facet,
    Fork,
    GetSchema,
    Invoke,
    Join,
    Name,
    NamedExpr,
    Node,
    Ordered,
    Parameter,
    Partition,
    Path,
    Pipeline,
    Project,
    ProjectReorder,
    Reduce,
    Render,
    ReorderItem,
    Sample,
    SampleDistinct,
    Serialize,
    Sort,
    SubPipeline,
    Summarize,
    Take,
    Top,
    TopHitters,
    Where,
)  # fmt: skip
from ruleconv.text import Span


@action
def where(v: Values, start: int, end: int) -> Where:
    return Where(v[1], v[0].text, span=Span(start, end))


@action
def extend(v: Values, start: int, end: int) -> Extend:
    return Extend(no_star(v[1]), span=Span(start, end))


@action
def project_nothing(v: Values, start: int, end: int) -> Project:
    return Project(v[0].text, (), span=Span(start, end))


@action
def project(v: Values, start: int, end: int) -> Project:
    word = v[0].text
    items = no_star(v[1]) if word in ("project", "project-rename") else tuple(v[1])
    if word == "project-rename":
        for item in items:
            if not isinstance(item, NamedExpr):
                raise Misplaced("project-rename needs `new = old`", item.span)
    return Project(word, items, span=Span(start, end))


@action
def reorder_item(v: Values, start: int, end: int) -> ReorderItem:
    return ReorderItem(v[0], v[1].text if v[1] else "", span=Span(start, end))


@action
def project_reorder(v: Values, start: int, end: int) -> ProjectReorder:
    return ProjectReorder(tuple(v[1]), span=Span(start, end))


@action
def project_reorder_nothing(v: Values, start: int, end: int) -> ProjectReorder:
    return ProjectReorder((), span=Span(start, end))


@action
def summarize(v: Values, start: int, end: int) -> Summarize:
    return Summarize(tuple(v[1]), tuple(v[2]), (), span=Span(start, end))


@action
def summarize_by(v: Values, start: int, end: int) -> Summarize:
    return Summarize(tuple(v[1]), tuple(v[2]), no_star(v[4]), True, span=Span(start, end))


@action
def distinct(v: Values, start: int, end: int) -> Distinct:
    return Distinct(tuple(v[1]), tuple(v[2]), span=Span(start, end))


@action
def count(v: Values, start: int, end: int) -> Count:
    return Count(span=Span(start, end))


@action
def count_as(v: Values, start: int, end: int) -> Count:
    return Count(v[2], span=Span(start, end))


@action
def take(v: Values, start: int, end: int) -> Take:
    return Take(v[0].text, v[2], tuple(v[1]), span=Span(start, end))


@action
def sample(v: Values, start: int, end: int) -> Sample:
    return Sample(v[1], span=Span(start, end))


@action
def sample_distinct(v: Values, start: int, end: int) -> SampleDistinct:
    return SampleDistinct(v[1], v[3], span=Span(start, end))


@action
def ordered(v: Values, start: int, end: int) -> Ordered:
    return Ordered(v[0], v[1].text if v[1] else "", v[2].text if v[2] else "", span=Span(start, end))


@action
def sort(v: Values, start: int, end: int) -> Sort:
    return Sort(v[0].text, tuple(v[3]), tuple(v[1]), span=Span(start, end))


@action
def top(v: Values, start: int, end: int) -> Top:
    return Top(v[2], tuple(v[4]), tuple(v[1]), span=Span(start, end))


@action
def top_hitters(v: Values, start: int, end: int) -> TopHitters:
    return TopHitters(v[1], v[3], None, span=Span(start, end))


@action
def top_hitters_by(v: Values, start: int, end: int) -> TopHitters:
    return TopHitters(v[1], v[3], v[5], span=Span(start, end))


@action
def join(v: Values, start: int, end: int) -> Join:
    conditions: list[Any] = []
    waiting = list(reversed(v[4]))
    while waiting:
        condition = waiting.pop()
        if isinstance(condition, Binary) and condition.op == "and":
            waiting += [condition.right, condition.left]
        else:
            conditions.append(condition)
    return Join(v[0].text, tuple(v[1]), v[2], tuple(conditions), span=Span(start, end))


@action
def invoke(v: Values, start: int, end: int) -> Invoke:
    called: Node = v[1]
    if isinstance(called, Path) and isinstance(called.member, Call):
        called = called.member
    if not isinstance(called, Call):
        raise Misplaced("invoke needs a function with parentheses", called.span)
    return Invoke(called, span=Span(start, end))


@action
def serialize_nothing(v: Values, start: int, end: int) -> Serialize:
    return Serialize((), span=Span(start, end))


@action
def serialize(v: Values, start: int, end: int) -> Serialize:
    return Serialize(tuple(v[1]), span=Span(start, end))


@action
def partition(v: Values, start: int, end: int) -> Partition:
    body = SubPipeline(tuple(v[5]), span=Span(v[4].start, end))
    return Partition(tuple(v[1]), v[3], body, span=Span(start, end))


@action
def partition_query(v: Values, start: int, end: int) -> Partition:
    inner = v[5]
    if isinstance(inner, list):
        inner = Pipeline(inner[0], tuple(inner[1:]), span=Span(inner[0].span.start, inner[-1].span.end))
    elif not isinstance(inner, Pipeline):
        inner = Pipeline(inner, span=inner.span)
    return Partition(tuple(v[1]), v[3], inner, span=Span(start, end))


@action
def as_(v: Values, start: int, end: int) -> As:
    return As(v[2], tuple(v[1]), span=Span(start, end))


@action
def getschema(v: Values, start: int, end: int) -> GetSchema:
    return GetSchema(span=Span(start, end))


@action
def render(v: Values, start: int, end: int) -> Render:
    return Render(v[1].text, tuple(v[2]), span=Span(start, end))


@action
def render_with(v: Values, start: int, end: int) -> Render:
    return Render(v[1].text, tuple(v[4]), span=Span(start, end))


@action
def render_item(v: Values, start: int, end: int) -> NamedExpr:
    return NamedExpr((Name(v[0].text, span=v[0].span),), v[2], span=Span(start, end))


@action
def reduce(v: Values, start: int, end: int) -> Reduce:
    return Reduce(tuple(v[1]), v[3], span=Span(start, end))


@action
def reduce_with(v: Values, start: int, end: int) -> Reduce:
    properties: list[Parameter] = as_properties(v[5])
    return Reduce(tuple(v[1]), v[3], tuple(properties), span=Span(start, end))


@action
def consume(v: Values, start: int, end: int) -> Consume:
    return Consume(tuple(v[1]), span=Span(start, end))


@action
def branch(v: Values, start: int, end: int) -> tuple[None, SubPipeline]:
    return None, SubPipeline(tuple(v[1]), span=Span(start, end))


@action
def branch_named(v: Values, start: int, end: int) -> tuple[Name, SubPipeline]:
    return v[0], SubPipeline(tuple(v[3]), span=Span(v[2].start, end))


@action
def fork(v: Values, start: int, end: int) -> Fork:
    return Fork(tuple(v[1]), span=Span(start, end))


@action
def facet(v: Values, start: int, end: int) -> Facet:
    return Facet(tuple(v[2]), span=Span(start, end))


@action
def facet_with(v: Values, start: int, end: int) -> Facet:
    return Facet(tuple(v[2]), SubPipeline(tuple(v[5]), span=Span(v[4].start, end)), span=Span(start, end))
