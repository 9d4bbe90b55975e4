"""Tabular operators with a small language of their own: mv-expand, parse, make-series, top-nested, scan."""

from __future__ import annotations

from typing import Any

from ruleconv.kql.build.action import Misplaced, Values, action
from ruleconv.kql.tree import (
    Expr,
    MakeSeries,
    MvApply,
    MvExpand,
    MvExpandItem,
    Name,
    NamedExpr,
    Parse,
    ParseKv,
    Scan,
    ScanDeclaration,
    ScanStep,
    SeriesItem,
    SubPipeline,
    TopNested,
    TopNestedLevel,
    TypeOf,
)  # fmt: skip
from ruleconv.text import Span


# ---------------------------------------------------------------- mv-expand, mv-apply
def _expand_item(value: Expr, to: TypeOf | None, start: int, end: int) -> MvExpandItem:
    name: Name | None = None
    if isinstance(value, NamedExpr):
        if len(value.names) != 1:
            raise Misplaced("mv-expand gives one name to each array", value.span)
        name, value = value.names[0], value.value
    return MvExpandItem(name, value, to, span=Span(start, end))


@action
def expand_item(v: Values, start: int, end: int) -> MvExpandItem:
    return _expand_item(v[0], None, start, end)


@action
def expand_item_to(v: Values, start: int, end: int) -> MvExpandItem:
    return _expand_item(v[0], v[2], start, end)


@action
def mv_expand(v: Values, start: int, end: int) -> MvExpand:
    return MvExpand(v[0].text, tuple(v[1]), tuple(v[2]), v[3], span=Span(start, end))


@action
def mv_apply(v: Values, start: int, end: int) -> MvApply:
    body = SubPipeline(tuple(v[6]), span=Span(v[5].start, end))
    return MvApply(tuple(v[1]), tuple(v[2]), v[3], body, span=Span(start, end))


# ---------------------------------------------------------------- parse
@action
def parse(v: Values, start: int, end: int) -> Parse:
    return Parse(v[0].text, tuple(v[1]), v[2], tuple(v[4]), span=Span(start, end))


@action
def parse_kv(v: Values, start: int, end: int) -> ParseKv:
    return ParseKv(v[1], tuple(v[4]), (), span=Span(start, end))


@action
def parse_kv_with(v: Values, start: int, end: int) -> ParseKv:
    return ParseKv(v[1], tuple(v[4]), tuple(v[8]), span=Span(start, end))


# ---------------------------------------------------------------- make-series
@action
def series_item(v: Values, start: int, end: int) -> SeriesItem:
    return SeriesItem(v[0], span=Span(start, end))


@action
def series_default(v: Values, start: int, end: int) -> SeriesItem:
    return SeriesItem(v[0], v[3], span=Span(start, end))


@action
def series_in(v: Values, start: int, end: int) -> tuple[Any, ...]:
    if v[1].text != "range":
        raise Misplaced(f"`{v[1].text}` cannot stand here", v[1].span, "write `in range(start, stop, step)`")
    return v[3], v[5], v[7], True


@action
def series_step(v: Values, start: int, end: int) -> tuple[Any, ...]:
    return v[0], v[1], v[3], False


@action
def make_series(v: Values, start: int, end: int) -> MakeSeries:
    first, last, step, in_range = v[5]
    return MakeSeries(tuple(v[1]), tuple(v[2]), v[4], first, last, step, tuple(v[6]), in_range, span=Span(start, end))


# ---------------------------------------------------------------- top-nested
@action
def nested_all(v: Values, start: int, end: int) -> TopNestedLevel:
    return TopNestedLevel(None, v[2], v[3], v[5], span=Span(start, end))


@action
def nested_level(v: Values, start: int, end: int) -> TopNestedLevel:
    return TopNestedLevel(v[1], v[3], v[4], v[6], span=Span(start, end))


@action
def top_nested(v: Values, start: int, end: int) -> TopNested:
    return TopNested(tuple(v[0]), span=Span(start, end))


# ---------------------------------------------------------------- scan
@action
def scan_column(v: Values, start: int, end: int) -> ScanDeclaration:
    return ScanDeclaration(v[0], span=Span(start, end))


@action
def scan_column_default(v: Values, start: int, end: int) -> ScanDeclaration:
    return ScanDeclaration(v[0], v[2], span=Span(start, end))


@action
def step(v: Values, start: int, end: int) -> ScanStep:
    return ScanStep(v[1], v[2] is not None, v[3].text if v[3] else "", v[5], (), span=Span(start, end))


@action
def step_assign(v: Values, start: int, end: int) -> ScanStep:
    return ScanStep(v[1], v[2] is not None, v[3].text if v[3] else "", v[5], tuple(v[7]), span=Span(start, end))


@action
def scan(v: Values, start: int, end: int) -> Scan:
    return Scan(tuple(v[1]), tuple(v[2]), tuple(v[3]), tuple(v[4]), tuple(v[7]), span=Span(start, end))
