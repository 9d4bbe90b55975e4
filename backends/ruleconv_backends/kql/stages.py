"""Stages: a relation becomes a pipeline, its leaf the source and each stage an operator."""

from __future__ import annotations

from typing import assert_never

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.correlation import Correlate
from ruleconv.ir.query.openness import is_open
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv_backends.kql import aggregates, expressions, filters, joins, names, nested, projections, searches, series, sources, unions
from ruleconv_backends.kql.writer import Writer

Operators = list[tree.TabularOperator]


def table(w: Writer, rel: q.Rel) -> tree.Expr:
    """The rows: a name, or a pipeline."""
    source, operators = pipeline(w, rel)
    return tree.Pipeline(source, tuple(operators)) if operators else source


def argument(w: Writer, rel: q.Rel) -> tree.Expr:
    """The rows inside an operator: a name, or a pipeline in parentheses."""
    made = table(w, rel)
    return made if isinstance(made, tree.Name) else tree.Parenthesized(made)


def piped(made: tree.Expr, operator: tree.TabularOperator) -> tree.Expr:
    """One operator more."""
    if isinstance(made, tree.Pipeline):
        return tree.Pipeline(made.source, (*made.operators, operator))
    return tree.Pipeline(made, (operator,))


def body(w: Writer, rel: q.Rel, context: str) -> tree.SubPipeline:
    """Operators without a source: those over the rows of ``context``."""
    leaf, stages = _chain(w, rel)
    if not isinstance(leaf, q.LetRef) or leaf.name != context:
        raise Unsupported("a subquery that does not begin with its own rows", getattr(leaf, "span", rel.span))
    operators = _operators(w, stages)
    if not operators:
        operators = [tree.Where(expressions.literal(ir.Literal(True, Type.BOOL)))]
    return tree.SubPipeline(tuple(operators))


def pipeline(w: Writer, rel: q.Rel) -> tuple[tree.Expr, Operators]:
    """The source and the operators over it."""
    leaf, stages = _chain(w, rel)
    with w.two_valued(False):
        for at in range(len(stages) - 1, -1, -1):
            stage = stages[at]
            if isinstance(stage, q.Filter) and (found := searches.search(w, stage)) is not None:
                return found[0], [*found[1], *_operators(w, stages[at + 1 :])]
        source, first = _source(w, leaf)
        return source, [*first, *_operators(w, stages)]


def _chain(w: Writer, rel: q.Rel) -> tuple[q.Rel, list[q.Rel]]:
    """The leaf, and the stages over it from the first to the last."""
    stages: list[q.Rel] = []
    while True:
        if isinstance(rel, q.LetRef) and rel.name in w.inline:
            rel = w.inline[rel.name]
        elif (below := _input(rel)) is not None:
            stages.append(rel)
            rel = below
        else:
            break
    stages.reverse()
    return rel, stages


def begins_with(w: Writer, rel: q.Rel, name: str) -> bool:
    """Whether the rows come from a let (or a row context) whose name begins so."""
    leaf, _ = _chain(w, rel)
    return isinstance(leaf, q.LetRef) and leaf.name.startswith(name)


def _input(rel: q.Rel) -> q.Rel | None:
    """The rows that the stage goes on with; None for a leaf."""
    match rel:
        case q.Source() | q.LetRef() | q.Rows() | q.RangeRows() | q.External() | q.Union() | Correlate():
            return None
        case q.Join():
            return rel.left
        case _:
            return rel.input


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


def _operators(w: Writer, stages: list[q.Rel]) -> Operators:
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
        below = _input(stage)
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
            count = expressions.row_count(w, stage.count)
            return [tree.Sample(count) if stage.random else tree.Take("take", count)]
        case q.Expand():
            return [nested.mv_expand(w, stage)]
        case q.Apply():
            return [nested.mv_apply(w, stage)]
        case q.PartitionBy():
            key = names.name(stage.key.name)
            return [tree.Partition((), key, body(w, stage.body, stage.context))]
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
    return tree.Ordered(expressions.write(w, key.value), order, nulls)


def _top(w: Writer, order: q.Sort, limit: q.Limit) -> tree.Top:
    with w.over(order.input.columns):
        keys = tuple(ordered(w, key) for key in order.keys)
    return tree.Top(expressions.row_count(w, limit.count), keys)


def renamed(shown: list[str], wanted: list[str]) -> tree.Project:
    """Columns under other names, in their order."""
    return tree.Project("project", tuple(names.named(new, names.name(old)) for old, new in zip(shown, wanted, strict=True)))
