"""``summarize``: default names left out, and aggregates that the binder took apart (``arg_max``, ``take_any``, ``percentiles``) put
together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.kql import tree
from ruleconv.kql.binding.naming import UniqueNames
from ruleconv_backends.kql import expressions, names
from ruleconv_backends.kql.precedence import call
from ruleconv_backends.kql.projections import star_written, unnamed_items
from ruleconv_backends.kql.writer import Writer

_EXTREMES = {"arg_max": "max", "arg_min": "min"}
_PERCENTILES = {"percentile": ("percentiles", 1), "percentilew": ("percentilesw", 2)}


@dataclass(frozen=True, slots=True)
class Part:
    """One item of summarize: its text without names, the columns that it gives, and what Kusto calls them (None: ``ColumnN``)."""

    value: tree.Expr
    columns: tuple[str, ...]
    defaults: tuple[str | None, ...]


def summarize(w: Writer, stage: q.Aggregate) -> list[tree.TabularOperator]:
    """The operator; ``count`` where it says the same."""
    if not stage.keys and len(stage.aggregates) == 1:
        only = stage.aggregates[0]
        if only.name == "Count" and isinstance(only.value, ir.AggregateCall) and only.value.function == "count":
            return [tree.Count()]
    found = items(w, stage)
    keys = unnamed_items(w, stage.keys)
    return [tree.Summarize((), tuple(item for _, item in found), keys, bool(keys))]


def items(w: Writer, stage: q.Aggregate) -> list[tuple[int, tree.Expr]]:
    """The aggregates as items, each with the number of columns that it gives."""
    taken = UniqueNames(key.name for key in stage.keys)
    return [(len(part.columns), _item(part, taken)) for part in _parts(w, stage)]


def _item(part: Part, taken: UniqueNames) -> tree.Expr:
    """The item, with names up to the last column that Kusto would call otherwise."""
    last = 0
    for number, (wanted, default) in enumerate(zip(part.columns, part.defaults, strict=True), 1):
        if default is None or default in taken or default != wanted:
            last = number
    for column in part.columns:
        taken.add(column)
    if not last:
        return part.value
    return tree.NamedExpr(tuple(names.name(n) for n in part.columns[:last]), part.value)


def _parts(w: Writer, stage: q.Aggregate) -> list[Part]:
    found: list[Part] = []
    at = 0
    values = stage.aggregates
    while at < len(values):
        size, part = _extreme(w, stage, values[at:]) or _take_any(w, stage, values[at:]) or _percentiles(w, values[at:]) or (0, None)
        if part is None:
            size, part = 1, _single(w, values[at])
        found.append(part)
        at += size
    return found


def _single(w: Writer, item: q.Named) -> Part:
    value = item.value
    if isinstance(value, ir.AggregateCall):
        made: tree.Expr = expressions.aggregate(w, value, alone=True)
        if value.function in ("any", "take_any"):
            name = value.args[0].name if isinstance(value.args[0], ir.ColumnRef) else None
            return Part(made, (item.name,), (name or names.default(w.row, w.expr(w, value.args[0])),))
        if value.function in _PERCENTILES:
            return Part(made, (item.name,), (None,))
    else:
        made = w.expr(w, value)
    return Part(made, (item.name,), (names.default(w.row, made, aggregates=True),))


# ---------------------------------------------------------------- arg_max and arg_min
def _extreme(w: Writer, stage: q.Aggregate, values: Sequence[q.Named]) -> tuple[int, Part] | None:
    """``arg_max(by, a, b, *)`` of the calls ``arg_max(by)``, ``arg_max(by, a)`` ..."""
    first = values[0].value
    if not isinstance(first, ir.AggregateCall) or first.function not in _EXTREMES:
        return None
    by = first.args[0]
    by_hidden = len(first.args) == 2 and isinstance(by, ir.ColumnRef) and _shown_by_key(stage, by.name)
    if len(first.args) != 1 and not by_hidden:
        return None
    group = list(values[: _run(values, first.function, by, 1 if not by_hidden else 0)])
    others = group if by_hidden else group[1:]
    fields = [v.value.args[1] for v in others if isinstance(v.value, ir.AggregateCall)]
    star = _star(w, stage, by, fields)
    shown = fields[: len(fields) - star] if star else fields
    args = [w.expr(w, by), *(w.expr(w, f) for f in shown)]
    prefix = _EXTREMES[first.function]
    base = names.default(w.row, args[0])
    defaults: list[str | None] = [] if by_hidden else [_shown(by) or base or f"{prefix}_"]
    for number, (field, arg) in enumerate(zip(shown, args[1:], strict=True), 1):
        defaults.append(_shown(field) or names.default(w.row, arg) or f"{prefix}_{base or ''}_arg{number}")
    if star:
        args.append(tree.Wildcard("*"))
        defaults += [_shown(f) for f in fields[len(fields) - star :]]
    return len(group), Part(call(first.function, *args), tuple(v.name for v in group), tuple(defaults))


def _run(values: Sequence[q.Named], function: str, by: ir.Expr, start: int) -> int:
    """How many values from ``start`` on belong to the same call."""
    at = start
    while at < len(values):
        value = values[at].value
        if not (isinstance(value, ir.AggregateCall) and value.function == function and len(value.args) == 2 and value.args[0] == by):
            break
        at += 1
    return at


def _shown(node: ir.Expr) -> str | None:
    return node.name if isinstance(node, ir.ColumnRef) else None


def _shown_by_key(stage: q.Aggregate, column: str) -> bool:
    """Whether a key is the column itself: an aggregate does not show it again."""
    return any(isinstance(k.value, ir.ColumnRef) and k.value.name == k.name == column for k in stage.keys)


def _star(w: Writer, stage: q.Aggregate, by: ir.Expr | None, fields: Sequence[ir.Expr]) -> int:
    """How many of the last fields ``*`` stands for: every column that is no key and was not named before; 0 for no star."""
    if not star_written(w, stage.span, "summarize"):
        return 0
    keys = {k.value.name for k in stage.keys if isinstance(k.value, ir.ColumnRef)}
    for count in range(len(fields), 1 if not w.text_of(stage.span) else 0, -1):
        named = fields[: len(fields) - count]
        seen = {n for n in (*(_shown(f) for f in named), _shown(by) if by is not None else None) if n}
        rest = [c.name for c in stage.input.columns if c.name not in seen and c.name not in keys]
        if rest == [_shown(f) for f in fields[len(fields) - count :]]:
            return count
    return 0


# ---------------------------------------------------------------- take_any
def _take_any(w: Writer, stage: q.Aggregate, values: Sequence[q.Named]) -> tuple[int, Part] | None:
    """``take_any(a, b)``: all of one row."""
    count = 0
    while count < len(values):
        value = values[count].value
        if not (isinstance(value, ir.AggregateCall) and value.function == "take_any" and len(value.args) == 1):
            break
        count += 1
    if count < 2:
        return None
    group = values[:count]
    fields = [v.value.args[0] for v in group if isinstance(v.value, ir.AggregateCall)]
    star = _star(w, stage, None, fields)
    shown = fields[: len(fields) - star] if star else fields
    args: list[tree.Expr] = [w.expr(w, f) for f in shown]
    defaults: list[str | None] = [_shown(f) or names.default(w.row, a) for f, a in zip(shown, args, strict=True)]
    if star:
        args.append(tree.Wildcard("*"))
        defaults += [_shown(f) for f in fields[len(fields) - star :]]
    return count, Part(call("take_any", *args), tuple(v.name for v in group), tuple(defaults))


# ---------------------------------------------------------------- percentiles
def _percentiles(w: Writer, values: Sequence[q.Named]) -> tuple[int, Part] | None:
    """``percentiles(x, 50, 95)`` of one call for each."""
    first = values[0].value
    if not isinstance(first, ir.AggregateCall) or first.function not in _PERCENTILES:
        return None
    plural, own = _PERCENTILES[first.function]
    count = 0
    while count < len(values):
        value = values[count].value
        if not (isinstance(value, ir.AggregateCall) and value.function == first.function and value.args[:own] == first.args[:own]):
            break
        count += 1
    group = values[:count]
    args = [w.expr(w, a) for a in first.args[:own]]
    points = [v.value.args[own] for v in group if isinstance(v.value, ir.AggregateCall)]
    name = names.default(w.row, args[0]) or ""
    defaults = tuple(f"percentile_{name}_{_fragment(p)}" for p in points)
    made = call(plural if count > 1 else first.function, *args, *(w.expr(w, p) for p in points))
    return count, Part(made, tuple(v.name for v in group), defaults)


def _fragment(percentile: ir.Expr) -> str:
    """The percentile as a part of a name: 99.9 is ``99_9``."""
    if not isinstance(percentile, ir.Literal):
        return ""
    value = percentile.value
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return "".join(c if c.isalnum() or c == "_" else "_" for c in text)
