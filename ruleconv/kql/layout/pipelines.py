"""Pipelines: a head and the operators after it; inside an operator without a head."""

from __future__ import annotations

from collections.abc import Sequence

from ruleconv.kql.layout import expressions, lists
from ruleconv.kql.layout.document import HARD, LINE, SPACE, Doc, concat
from ruleconv.kql.layout.writer import Writer
from ruleconv.kql.tree import FunctionDeclaration, OtherOperator, Pipeline, TabularOperator


def pipeline(w: Writer, node: Pipeline, top: bool = False) -> Doc:
    """The head and each operator on a line of its own; a single operator stays on the line of a nested head where it fits."""
    between = HARD if top or len(node.operators) > 1 else LINE
    if isinstance(node.source, Pipeline) or (isinstance(node.source, FunctionDeclaration | OtherOperator) and not node.operators):
        head = expressions.expr(w, node.source, expressions.EXPRESSION)
    else:
        head = expressions.expr(w, node.source, expressions.VALUE)
    return concat(head, *(concat(between, piped(w, each)) for each in node.operators))


def piped(w: Writer, node: TabularOperator) -> Doc:
    """``| operator``"""
    return concat(w.word("|"), SPACE, w.rows(w, node))


def sub_pipeline(w: Writer, nodes: Sequence[TabularOperator]) -> Doc:
    """Operators without a head, in parentheses."""

    def write() -> list[Doc]:
        between = HARD if len(nodes) > 1 else LINE
        first = w.rows(w, nodes[0])
        return [concat(first, *(concat(between, piped(w, each)) for each in nodes[1:]))]

    return lists.brackets(w, "(", write, ")")
