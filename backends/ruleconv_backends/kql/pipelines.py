"""Pipelines as they stand inside others: rows in an operator's place, a pipeline without a source, one operator more."""

from __future__ import annotations

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.correlation import Correlate
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv_backends.kql import names, operands
from ruleconv_backends.kql.writer import Writer


def table(w: Writer, rel: q.Rel) -> tree.Expr:
    """The rows: a name, or a pipeline."""
    source, operators = w.pipeline(w, rel)
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
    leaf, stages = chain(w, rel)
    if not isinstance(leaf, q.LetRef) or leaf.name != context:
        raise Unsupported("a subquery that does not begin with its own rows", getattr(leaf, "span", rel.span))
    operators = w.operators(w, stages)
    if not operators:
        operators = [tree.Where(operands.literal(ir.Literal(True, Type.BOOL)))]
    return tree.SubPipeline(tuple(operators))


def chain(w: Writer, rel: q.Rel) -> tuple[q.Rel, list[q.Rel]]:
    """The leaf, and the stages over it from the first to the last."""
    stages: list[q.Rel] = []
    while True:
        if isinstance(rel, q.LetRef) and rel.name in w.inline:
            rel = w.inline[rel.name]
        elif (rows := below(rel)) is not None:
            stages.append(rel)
            rel = rows
        else:
            break
    stages.reverse()
    return rel, stages


def begins_with(w: Writer, rel: q.Rel, name: str) -> bool:
    """Whether the rows come from a let (or a row context) whose name begins so."""
    leaf, _ = chain(w, rel)
    return isinstance(leaf, q.LetRef) and leaf.name.startswith(name)


def below(rel: q.Rel) -> q.Rel | None:
    """The rows that the stage goes on with; None for a leaf."""
    match rel:
        case q.Source() | q.LetRef() | q.Rows() | q.RangeRows() | q.External() | q.Union() | Correlate():
            return None
        case q.Join():
            return rel.left
        case _:
            return rel.input


def renamed(shown: list[str], wanted: list[str]) -> tree.Project:
    """Columns under other names, in their order."""
    return tree.Project("project", tuple(names.named(new, names.name(old)) for old, new in zip(shown, wanted, strict=True)))
