"""``make-series`` and ``top-nested``."""

from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv_backends.kql import aggregates, implicit, names, operands
from ruleconv_backends.kql.projections import unnamed, unnamed_items
from ruleconv_backends.kql.writer import Writer


def make_series(w: Writer, stage: q.MakeSeries) -> tree.MakeSeries:
    axis = unnamed(w, stage.axis.name, w.expr(w, stage.axis.value))
    keys = unnamed_items(w, stage.keys)
    start, stop = (_bound(w, part) for part in (stage.start, stage.stop))
    return tree.MakeSeries((), tuple(_series(w, stage)), axis, start, stop, w.expr(w, stage.step), keys)


def _series(w: Writer, stage: q.MakeSeries) -> Iterator[tree.SeriesItem]:
    """The aggregates; one that gives several columns has one default for them."""
    values = tuple(q.Named(each.name, each.value) for each in stage.series)
    at = 0
    for count, item in aggregates.items(w, q.Aggregate(stage.input, stage.keys, values, (), stage.span)):
        default = stage.series[at].default
        plain = isinstance(default, ir.Literal) and default.value == 0 and not isinstance(default.value, bool)
        if any(each.default.type is not default.type and not plain for each in stage.series[at : at + count]):
            raise Unsupported("defaults of several types for one aggregate", stage.span)
        yield tree.SeriesItem(item, None if plain else w.expr(w, default))
        at += count


def _bound(w: Writer, part: ir.Expr | None) -> tree.Expr | None:
    if part is None:
        return None
    loose = isinstance(part, ir.Cast) and part.operand.type in (Type.DYNAMIC, Type.UNKNOWN)
    return operands.operand(w, implicit.bare(part) if loose else part)


def top_nested(w: Writer, stage: q.TopNested) -> tree.TopNested:
    return tree.TopNested(tuple(_level(w, level) for level in stage.levels))


def _level(w: Writer, level: q.NestedLevel) -> tree.TopNestedLevel:
    count = operands.row_count(w, level.count) if level.count is not None else None
    value = unnamed(w, level.value.name, w.expr(w, level.value.value))
    others = w.expr(w, level.others) if level.others is not None else None
    by = level.aggregate
    made = w.expr(w, by.value)
    written = made if by.name == f"aggregated_{level.value.name}" else names.named(by.name, made)
    return tree.TopNestedLevel(count, value, others, tree.Ordered(written, "" if level.descending else "asc"))
