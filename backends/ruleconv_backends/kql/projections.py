"""``extend``, the project family, ``distinct``: which of them says what a stage does in the fewest words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ruleconv.diagnostic import RuleconvError
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.kql import tree
from ruleconv.kql.binding.operators import fits, ordered_names
from ruleconv.kql.binding.tuples import FIELDS, SORTS
from ruleconv.text import Source, Span
from ruleconv_backends.kql import names, operands
from ruleconv_backends.kql.writer import Writer

_STAR = re.compile(r"(?:[(,]|distinct)\s*\*")


def items(w: Writer, values: Sequence[q.Named]) -> tuple[tree.Expr, ...]:
    """``name = value``, and ``(a, b) = series_stats(x)`` for functions that give several columns."""
    return tuple(names.named(only.name, value) if only else value for only, value in _items(w, values))


def unnamed_items(w: Writer, values: Sequence[q.Named]) -> tuple[tree.Expr, ...]:
    """The values, with a name where Kusto would give another."""
    return tuple(unnamed(w, only.name, value) if only else value for only, value in _items(w, values))


def _items(w: Writer, values: Sequence[q.Named]) -> Iterator[tuple[q.Named | None, tree.Expr]]:
    """Each value as text, and the column that it gives; None where it gives several, which are named then."""
    at = 0
    while at < len(values):
        count = _of_one_call(values, at)
        call = _called(values[at].value) if count else None
        if call is None:
            yield values[at], w.expr(w, values[at].value)
            at += 1
            continue
        targets = tuple(names.name(value.name) for value in values[at : at + count])
        yield None, tree.NamedExpr(targets, w.expr(w, call))
        at += count


def extend(w: Writer, stage: q.Extend) -> list[tree.TabularOperator]:
    """The operator, without columns that stay what they are."""
    written = tuple(item for item in items(w, stage.values) if not isinstance(item, tree.Name))
    return [tree.Extend(written)] if written else []


def _step(value: ir.Expr) -> tuple[ir.Call, object] | None:
    """A step into a call that gives several columns, and its key."""
    inner = value.operand if isinstance(value, ir.Cast) else value
    if not isinstance(inner, ir.Access) or not isinstance(inner.base, ir.Call) or not isinstance(inner.key, ir.Literal):
        return None
    return (inner.base, inner.key.value) if inner.base.function in FIELDS or inner.base.function in SORTS else None


def _called(value: ir.Expr) -> ir.Call | None:
    step = _step(value)
    return step[0] if step is not None else None


def _of_one_call(values: Sequence[q.Named], at: int) -> int:
    """How many values from here on are the columns of one call: all of its columns, or 0."""
    call = _called(values[at].value)
    if call is None:
        return 0
    keys: list[object] = (
        [field for field, _ in FIELDS[call.function]] if call.function in FIELDS else list(range(len(call.args)))
    )  # fmt: skip
    count = 0
    for key, value in zip(keys, values[at:], strict=False):
        step = _step(value.value)
        if step is None or step[0] != call or step[1] != key:
            break
        count += 1
    whole = len(keys) if call.function in FIELDS else sum(a.type.value != "bool" for a in call.args)
    return count if count == whole else 0


# ---------------------------------------------------------------- the project family
def project(w: Writer, stage: q.Project) -> tree.TabularOperator:
    """The operator that was written, where it still means exactly these columns; else ``project``."""
    if stage.kind is not q.ProjectKind.PROJECT and all(isinstance(v.value, ir.ColumnRef) for v in stage.values):
        made = _by_kind(stage)
        if made is not None:
            return made
    return tree.Project("project", items(w, stage.values))


def _by_kind(stage: q.Project) -> tree.TabularOperator | None:
    given = [c.name for c in stage.input.columns]
    sources = [v.value.name for v in stage.values if isinstance(v.value, ir.ColumnRef)]
    shown = [v.name for v in stage.values]
    if stage.kind is q.ProjectKind.RENAME:
        if sources != given:
            return None
        pairs = tuple(tree.NamedExpr((names.name(new),), names.name(old)) for old, new in zip(given, shown, strict=True) if old != new)
        return tree.Project("project-rename", pairs) if pairs else None
    if shown != sources:
        return None
    written = _written(stage)
    if written is not None and _result(written, given) == shown:
        return written
    if stage.kind is q.ProjectKind.AWAY:
        made: tree.Project | tree.ProjectReorder = tree.Project("project-away", _names(n for n in given if n not in shown))
    elif stage.kind is q.ProjectKind.KEEP:
        made = tree.Project("project-keep", _names(shown))
    else:
        last = len(shown)
        while last and [n for n in given if n not in shown[: last - 1]] == shown[last - 1 :]:
            last -= 1
        made = tree.ProjectReorder(tuple(tree.ReorderItem(names.name(n)) for n in shown[: max(last, 1)]))
    return made if _result(made, given) == shown else None


def _names(found: Iterable[str]) -> tuple[tree.Expr, ...]:
    return tuple(names.name(n) for n in found)


def _written(stage: q.Project) -> tree.Project | tree.ProjectReorder | None:
    """The operator as it stands in the text, if it holds nothing but names and patterns."""
    from ruleconv.kql.parse import parse

    try:
        statement = parse(Source(f"T | {stage.kind.value} {stage.written}")).statements[0]
    except RuleconvError:
        return None
    pipeline = statement.value if isinstance(statement, tree.ExpressionStatement) else None
    operator = pipeline.operators[0] if isinstance(pipeline, tree.Pipeline) and len(pipeline.operators) == 1 else None
    if isinstance(operator, tree.Project):
        return operator if all(isinstance(v, tree.Name | tree.Wildcard) for v in operator.values) else None
    if isinstance(operator, tree.ProjectReorder):
        return operator if all(isinstance(i.value, tree.Name | tree.Wildcard) for i in operator.items) else None
    return None


def _result(operator: tree.Project | tree.ProjectReorder, given: list[str]) -> list[str]:
    """The columns that the operator leaves of these."""
    if isinstance(operator, tree.ProjectReorder):
        first: list[str] = []
        for item in operator.items:
            first += [n for n in ordered_names(_fitting(item.value, given), item.order) if n not in first]
        return first + [n for n in given if n not in first]
    chosen = {n for value in operator.values for n in _fitting(value, given)}
    keep = operator.keyword == "project-keep"
    return [n for n in given if (n in chosen) is keep]


def _fitting(value: tree.Expr, given: list[str]) -> list[str]:
    if isinstance(value, tree.Wildcard):
        return [n for n in given if fits(value.pattern, n)]
    return [n for n in given if isinstance(value, tree.Name) and n == value.name]


# ---------------------------------------------------------------- distinct
def distinct(w: Writer, stage: q.Distinct) -> tree.Distinct:
    """``distinct a, b``; ``distinct *`` for all columns, where they are known or were written so."""
    shown = [v.name for v in stage.values if isinstance(v.value, ir.ColumnRef) and v.value.name == v.name]
    everything = len(shown) == len(stage.values) and shown == [c.name for c in stage.input.columns]
    if everything and star_written(w, stage.span, "distinct"):
        return tree.Distinct((), (tree.Wildcard("*"),))
    return tree.Distinct((), unnamed_items(w, stage.values))


def star_written(w: Writer, span: Span, keyword: str) -> bool:
    """Whether the operator's text has a ``*`` in it; without a text, an operator over all columns may be written with one."""
    text = w.text_of(span)
    return _STAR.search(text) is not None if text.startswith(keyword) else True


def unnamed(w: Writer, name: str, value: tree.Expr, *, aggregates: bool = False) -> tree.Expr:
    """The value; ``name = value`` where Kusto would give it another name."""
    if names.default(w.row, value, aggregates=aggregates) == name:
        return value
    return names.named(name, value)


def sample_distinct(w: Writer, stage: q.SampleDistinct) -> tree.SampleDistinct:
    value = unnamed(w, stage.value.name, w.expr(w, stage.value.value))
    return tree.SampleDistinct(operands.row_count(w, stage.count), value)
