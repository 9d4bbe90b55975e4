"""Stages: a relation becomes a pipeline, its leaf the source and each stage an operator."""

from __future__ import annotations

from typing import assert_never

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import query as q
from ruleconv.ir.correlation import Correlate
from ruleconv.ir.query.openness import is_open
from ruleconv.kql import tree
from ruleconv_backends.kql import (
    aggregates,
    filters,
    joins,
    names,
    nested,
    operands,
    pipelines,
    projections,
    searches,
    series,
    sources,
    unions,
)
from ruleconv_backends.kql.writer import Operators, Writer


def pipeline(w: Writer, rel: q.Rel) -> tuple[tree.Expr, Operators]:
    """The source and the operators over it."""
    leaf, stages = pipelines.chain(w, rel)
    with w.two_valued(False):
        for at in range(len(stages) - 1, -1, -1):
            stage = stages[at]
            if isinstance(stage, q.Filter) and (found := searches.search(w, stage)) is not None:
                return found[0], [*found[1], *operators(w, stages[at + 1 :])]
        source, first = _source(w, leaf)
        return source, [*first, *operators(w, stages)]


def _source(w: Writer, leaf: q.Rel) -> tuple[tree.Expr, Operators]:
    match leaf:
        case q.Source():
            return sources.stored(w, leaf), []
        case q.LetRef():
            return sources.let(w, leaf), []
        case q.Rows():
            return sources.rows(w, leaf), []
        case q.RangeRows():
            return sources.range_rows(w, leaf), []
        case q.External():
            return sources.external(w, leaf), []
        case q.Union():
            return unions.union(w, leaf)
        case q.Plugin():
            return sources.evaluate(w, leaf), []
        case Correlate():
            raise Unsupported("a correlation in this place", leaf.span)
    raise AssertionError(f"{type(leaf).__name__} is no source")


def operators(w: Writer, stages: list[q.Rel]) -> Operators:
    """The stages in turn; an order of one key and its limit are one ``top``."""
    found: Operators = []
    at = 0
    while at < len(stages):
        stage = stages[at]
        after = stages[at + 1] if at + 1 < len(stages) else None
        at += 1
        if isinstance(stage, q.Sort) and len(stage.keys) == 1 and isinstance(after, q.Limit) and not after.random:
            found.append(_top(w, stage, after))
            at += 1
            continue
        below = pipelines.below(stage)
        with w.over(below.columns, all_known=not is_open(below)) if below is not None else w.over(()):
            found += _operator(w, stage)
    return found


def _operator(w: Writer, stage: q.Rel) -> Operators:
    """The operators of one stage; the writer sees the input's columns."""
    match stage:
        case q.Filter():
            return filters.where(w, stage)
        case q.Extend():
            return projections.extend(w, stage)
        case q.Serialize():
            return [tree.Serialize(projections.items(w, stage.values))]
        case q.Project():
            return [projections.project(w, stage)]
        case q.Aggregate():
            return aggregates.summarize(w, stage)
        case q.Distinct():
            return [projections.distinct(w, stage)]
        case q.Join():
            return joins.join(w, stage)
        case q.Sort():
            return [tree.Sort("sort", tuple(ordered(w, key) for key in stage.keys))]
        case q.Limit():
            count = operands.row_count(w, stage.count)
            return [tree.Sample(count) if stage.random else tree.Take("take", count)]
        case q.Expand():
            return [nested.mv_expand(w, stage)]
        case q.Apply():
            return [nested.mv_apply(w, stage)]
        case q.PartitionBy():
            key = names.name(stage.key.name)
            return [tree.Partition((), key, pipelines.body(w, stage.body, stage.context))]
        case q.Parse():
            return [nested.parse(w, stage)]
        case q.ParseKeyValue():
            return [nested.parse_kv(w, stage)]
        case q.MakeSeries():
            return [series.make_series(w, stage)]
        case q.TopNested():
            return [series.top_nested(w, stage)]
        case q.SampleDistinct():
            return [projections.sample_distinct(w, stage)]
        case q.Plugin():
            return [sources.evaluate(w, stage)]
        case q.Scan():
            return [nested.scan(w, stage)]
        case q.Source() | q.LetRef() | q.Rows() | q.RangeRows() | q.External() | q.Union() | Correlate():
            raise AssertionError("a leaf is no operator")
        case _:
            assert_never(stage)


def ordered(w: Writer, key: q.SortKey) -> tree.Ordered:
    """A key of an order; what Kusto takes anyway is not written: descending, nulls last then and first when ascending."""
    order = "" if key.descending else "asc"
    nulls = "" if key.nulls_first != key.descending else "first" if key.nulls_first else "last"
    return tree.Ordered(w.expr(w, key.value), order, nulls)


def _top(w: Writer, order: q.Sort, limit: q.Limit) -> tree.Top:
    with w.over(order.input.columns):
        keys = tuple(ordered(w, key) for key in order.keys)
    return tree.Top(operands.row_count(w, limit.count), keys)
