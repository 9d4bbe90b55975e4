"""Tests of every column, and ``search``: the binder takes both apart, here they are put together again."""

from __future__ import annotations

from collections.abc import Sequence

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv.kql.binding.search import TABLE
from ruleconv_backends.kql import implicit, negation, operands, operators, pipelines
from ruleconv_backends.kql.precedence import chain
from ruleconv_backends.kql.writer import Writer

_FORMS = {
    ir.How.TERM: "{}",
    ir.How.TERM_PREFIX: "{}*",
    ir.How.TERM_SUFFIX: "*{}",
    ir.How.CONTAINS: "*{}*",
}
"""How ``search`` writes a term."""


# ---------------------------------------------------------------- every column
def alternatives(w: Writer, node: ir.Or) -> list[tree.Expr]:
    """The terms of an ``or``; a test of every column in turn is one test of ``*``."""
    found: list[tree.Expr] = []
    at = 0
    width = len(w.row)
    while at < len(node.terms):
        run = node.terms[at : at + width]
        whole = _whole_row(w, run) if width > 1 and len(run) == width and w.all_known else None
        if whole is not None:
            found.append(whole)
            at += width
            continue
        found.append(operands.condition(w, node.terms[at], dynamic=True))
        at += 1
    return found


def _whole_row(w: Writer, terms: Sequence[ir.Expr], *, alone: bool = False) -> tree.Expr | None:
    """``* has "x"``, if the terms are that test of each column; ``alone``: just ``"x"``, which a search takes for it."""
    first = terms[0]
    if not isinstance(first, ir.Match) or len(first.patterns) != 1 or first.negated or not isinstance(first.patterns[0], ir.Literal):
        return None
    op = operators.OPERATORS.get((first.how, first.fold_case))
    pattern = first.patterns[0]
    if op is None or op == "==" or pattern.type is not Type.STRING:
        return None
    for term, column in zip(terms, w.row, strict=True):
        if not isinstance(term, ir.Match) or (term.how, term.fold_case, term.patterns) != (first.how, first.fold_case, first.patterns):
            return None
        subject = implicit.bare(term.subject)
        if not isinstance(subject, ir.ColumnRef) or subject.name != column.name or term.negated:
            return None
    form = _FORMS.get(first.how) if alone and first.fold_case else None
    text = str(pattern.value)
    if form is not None and text and "*" not in text:
        return operands.literal(ir.Literal(form.format(text), Type.STRING))
    return tree.Binary(op, tree.Wildcard("*"), w.expr(w, pattern))


# ---------------------------------------------------------------- search
def search(w: Writer, stage: q.Filter) -> tuple[tree.Expr, list[tree.TabularOperator]] | None:
    """The pipeline of a filter over rows that were labelled for a search; None for other rows."""
    source, predicate = stage.input, stage.predicate
    if not isinstance(source, q.Union | q.Project):
        return None
    columns = source.columns
    if not columns or columns[0].name != TABLE or negation.is_two_valued(predicate):
        return None
    tables: tuple[tree.Expr, ...] = ()
    before: tuple[tree.Expr, list[tree.TabularOperator]] | None = None
    if isinstance(source, q.Union) and source.withsource == TABLE and not source.inner and not source.fuzzy:
        tables = tuple(pipelines.argument(w, leg.input) for leg in source.legs)
        if not all(isinstance(table, tree.Name) for table in tables):
            return None
    elif isinstance(source, q.Project) and _labels(source):
        before = w.pipeline(w, source.input)
    else:
        return None
    with w.over(columns[1:]):
        wanted = _predicate(w, predicate)
    made = tree.Search((), tables, wanted)
    return (made, []) if before is None else (before[0], [*before[1], made])


def _labels(source: q.Project) -> bool:
    """Whether the stage does nothing but put the table's name first."""
    own = all(
        isinstance(v.value, ir.ColumnRef) and v.value.name == v.name == c.name
        for v, c in zip(source.values[1:], source.input.columns, strict=False)
    )
    return own and len(source.values) == len(source.input.columns) + 1 and isinstance(source.values[0].value, ir.Literal)


def _predicate(w: Writer, node: ir.Expr) -> tree.Expr:
    """A test of every column may stand alone."""
    if isinstance(node, ir.Literal) and node.value is True:
        return tree.Wildcard("*")
    if isinstance(node, ir.And | ir.Or):
        whole = _whole_row(w, node.terms, alone=True) if isinstance(node, ir.Or) and len(node.terms) == len(w.row) else None
        if whole is not None:
            return whole
        return chain("and" if isinstance(node, ir.And) else "or", [_predicate(w, term) for term in node.terms])
    return operands.condition(w, node)
