"""Operators that open values or run a pipeline inside: ``mv-expand``, ``mv-apply``, ``parse``, ``parse-kv``, ``scan``."""

from __future__ import annotations

from collections.abc import Sequence

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv.kql import spell, tree
from ruleconv_backends.kql import implicit, names, operands, pipelines
from ruleconv_backends.kql.precedence import UNARY
from ruleconv_backends.kql.writer import Writer


# ---------------------------------------------------------------- mv-expand and mv-apply
def mv_expand(w: Writer, stage: q.Expand) -> tree.MvExpand:
    parameters: list[tree.Parameter] = []
    if stage.kind_array:
        parameters.append(names.option("kind", "array"))
    parameters += _index(stage.item_index)
    return tree.MvExpand("mv-expand", tuple(parameters), _items(w, stage.values, set()), _limit(w, stage.limit))


def _index(name: str | None) -> list[tree.Parameter]:
    return [names.naming("with_itemindex", name)] if name is not None else []


def _limit(w: Writer, limit: ir.Expr | None) -> tree.Expr | None:
    return operands.row_count(w, limit) if limit is not None else None


def _items(w: Writer, values: Sequence[q.Expanded], renamed: set[str]) -> tuple[tree.MvExpandItem, ...]:
    """The expanded values; one that is the column of its name needs none (unless it is in ``renamed``)."""
    found: list[tree.MvExpandItem] = []
    for each in values:
        value = each.value
        if isinstance(value, ir.Cast) and value.operand.type is Type.UNKNOWN:
            value = value.operand
        own = isinstance(value, ir.ColumnRef) and value.name == each.name and each.name not in renamed
        to = tree.TypeOf(each.type) if each.type is not Type.DYNAMIC else None
        found.append(tree.MvExpandItem(None if own else names.name(each.name), w.expr(w, value), to))
    return tuple(found)


def mv_apply(w: Writer, stage: q.Apply) -> tree.MvApply:
    """An expanded column that keeps its place among the input's, or stays when the body drops it, was written ``x = x``."""
    own = [v.name for v in stage.values if _is_own(v.value, v.name)]
    shown = [c.name for c in stage.columns]
    kept = [c.name for c in stage.input.columns]
    renamed = {name for name in own if name in shown and shown[: len(kept)] == kept}
    items = _items(w, stage.values, renamed)
    body = pipelines.body(w, stage.body, stage.context)
    return tree.MvApply(tuple(_index(stage.item_index)), items, _limit(w, stage.limit), body)


def _is_own(value: ir.Expr, name: str) -> bool:
    inner = value.operand if isinstance(value, ir.Cast) else value
    return isinstance(inner, ir.ColumnRef) and inner.name == name


# ---------------------------------------------------------------- parse
def parse(w: Writer, stage: q.Parse) -> tree.Parse:
    parameters: list[tree.Parameter] = []
    if stage.kind is not q.ParseKind.SIMPLE:
        parameters.append(names.option("kind", stage.kind.value))
    if stage.flags:
        parameters.append(names.option("flags", stage.flags))
    pattern = tuple(_piece(piece) for piece in stage.pieces)
    subject = operands.operand(w, implicit.bare(stage.subject), UNARY)
    return tree.Parse("parse-where" if stage.keep_matching else "parse", tuple(parameters), subject, pattern)


def _piece(piece: q.Piece) -> tree.Wildcard | tree.Literal | tree.Name | tree.ColumnDeclaration:
    match piece:
        case q.Skip():
            return tree.Wildcard("*")
        case q.Delimiter():
            return spell.literal(piece.text, Type.STRING)
        case q.Capture(type=Type.STRING):
            return names.name(piece.name)
        case q.Capture():
            return tree.ColumnDeclaration(names.name(piece.name), piece.type)


def parse_kv(w: Writer, stage: q.ParseKeyValue) -> tree.ParseKv:
    keys = tuple(tree.ColumnDeclaration(names.name(k.name), k.type) for k in stage.keys)
    properties: list[tree.Parameter] = []
    for key, text in (("pair_delimiter", stage.pair_delimiter), ("kv_delimiter", stage.kv_delimiter)):
        if text:
            properties.append(_property(key, text))
    if stage.quotes:
        marks = [first if first == last else first + last for first, last in stage.quotes]
        texts: list[tree.Expr] = [spell.literal(mark, Type.STRING) for mark in marks]
        properties.append(tree.Parameter("quote", texts[0] if len(texts) == 1 else tree.Call("", tuple(texts))))
    if stage.escape:
        properties.append(_property("escape", stage.escape))
    if stage.greedy:
        properties.append(tree.Parameter("greedy", spell.literal(True, Type.BOOL)))
    subject = operands.operand(w, implicit.bare(stage.subject), UNARY)
    return tree.ParseKv(subject, keys, tuple(properties))


def _property(key: str, text: str) -> tree.Parameter:
    return tree.Parameter(key, spell.literal(text, Type.STRING))


# ---------------------------------------------------------------- scan
def scan(w: Writer, stage: q.Scan) -> tree.Scan:
    parameters = (names.naming("with_match_id", stage.match_id),) if stage.match_id is not None else ()
    kinds = {c.name: c.type for c in stage.columns}
    declared = tuple(_declared(w, value, kinds[value.name]) for value in stage.declared)
    before, w.steps = w.steps, frozenset(step.name for step in stage.steps)
    with w.over(stage.columns):
        steps = tuple(_step(w, step) for step in stage.steps)
    w.steps = before
    return tree.Scan(parameters, (), (), declared, steps)


def _declared(w: Writer, value: q.Named, kind: Type) -> tree.ScanDeclaration:
    default = value.value
    empty = isinstance(default, ir.Literal) and default.value in (None, "") and (default.value is None or kind is Type.STRING)
    with w.over(()):
        written = None if empty else w.expr(w, implicit.bare(default))
    return tree.ScanDeclaration(tree.ColumnDeclaration(names.name(value.name), kind), written)


def _step(w: Writer, step: q.ScanStep) -> tree.ScanStep:
    assignments = tuple(
        tree.NamedExpr((names.name(a.name),), w.expr(w, implicit.bare(a.value) if isinstance(a.value, ir.Cast) else a.value))
        for a in step.assignments
    )
    output = "" if step.output == "all" else step.output
    return tree.ScanStep(names.name(step.name), step.optional, output, operands.condition(w, step.condition), assignments)
