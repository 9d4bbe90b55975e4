"""``make-series`` and ``top-nested``."""

from __future__ import annotations

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv_backends.kql import expressions, implicit, names
from ruleconv_backends.kql.projections import unnamed
from ruleconv_backends.kql.writer import Writer


def make_series(w: Writer, stage: q.MakeSeries) -> tree.MakeSeries:
    items = tuple(_series(w, each) for each in stage.series)
    axis = unnamed(w, stage.axis.name, expressions.write(w, stage.axis.value))
    keys = tuple(unnamed(w, key.name, expressions.write(w, key.value)) for key in stage.keys)
    start, stop = (_bound(w, part) for part in (stage.start, stage.stop))
    return tree.MakeSeries((), items, axis, start, stop, expressions.write(w, stage.step), keys)


def _series(w: Writer, each: q.Series) -> tree.SeriesItem:
    value = each.value
    made = expressions.aggregate(w, value, alone=True) if isinstance(value, ir.AggregateCall) else expressions.write(w, value)
    item = unnamed(w, each.name, made, aggregates=True)
    default = each.default
    plain = isinstance(default, ir.Literal) and default.value == 0 and not isinstance(default.value, bool)
    return tree.SeriesItem(item, None if plain else expressions.write(w, default))


def _bound(w: Writer, part: ir.Expr | None) -> tree.Expr | None:
    if part is None:
        return None
    loose = isinstance(part, ir.Cast) and part.operand.type in (Type.DYNAMIC, Type.UNKNOWN)
    return expressions.operand(w, implicit.bare(part) if loose else part)


def top_nested(w: Writer, stage: q.TopNested) -> tree.TopNested:
    return tree.TopNested(tuple(_level(w, level) for level in stage.levels))


def _level(w: Writer, level: q.NestedLevel) -> tree.TopNestedLevel:
    count = expressions.row_count(w, level.count) if level.count is not None else None
    value = unnamed(w, level.value.name, expressions.write(w, level.value.value))
    others = expressions.write(w, level.others) if level.others is not None else None
    by = level.aggregate
    made = expressions.write(w, by.value)
    written = made if by.name == f"aggregated_{level.value.name}" else names.named(by.name, made)
    return tree.TopNestedLevel(count, value, others, tree.Ordered(written, "" if level.descending else "asc"))
