"""What operators are put together from: options, conditions, a keyword with its list, ``with`` and its properties."""

from __future__ import annotations

from collections.abc import Sequence

from ruleconv.kql.layout import expressions, lists
from ruleconv.kql.layout.document import EMPTY, LINE, SPACE, Doc, Fill, concat, group, join, nest
from ruleconv.kql.layout.expressions import EXPRESSION, expr
from ruleconv.kql.layout.writer import Writer
from ruleconv.kql.tree import Expr, Parameter


def parameters(w: Writer, nodes: Sequence[Parameter]) -> Doc:
    """Options, each with a blank before it."""
    return concat(*(concat(SPACE, expressions.parameter(w, each)) for each in nodes)) if nodes else EMPTY


def predicate(w: Writer, node: Expr) -> Doc:
    """A condition after its keyword: the further lines of a run of ``and`` are indented, those of brackets are not."""
    return nest(expr(w, node, nested=False)) if expressions.is_chain(node) else expr(w, node)


def with_properties(w: Writer, nodes: Sequence[Parameter]) -> Doc:
    """`` with (a=1, b=2)``, or nothing."""
    if not nodes:
        return EMPTY
    head = concat(SPACE, w.word("with"), SPACE)
    return concat(head, lists.brackets(w, "(", lambda: lists.items(w, nodes, lambda each: expressions.parameter(w, each)), ")"))


def clause(w: Writer, head: Doc, nodes: Sequence[Expr], *, fill: bool = False, least: int = EXPRESSION) -> Doc:
    """A keyword and its list: on one line, or each item on its own (``fill``: as many as fit)."""
    return listed(head, lists.items(w, nodes, lambda each: expr(w, each, least)), fill=fill)


def listed(head: Doc, parts: Sequence[Doc], *, fill: bool = False) -> Doc:
    """``clause`` for items that are written already."""
    if not parts:
        return head
    if len(parts) == 1:
        return concat(head, SPACE, parts[0])
    if fill:
        return concat(head, SPACE, nest(Fill(parts)))
    return group(head, nest(LINE, join(LINE, parts)))
