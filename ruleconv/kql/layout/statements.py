"""Statements: one after the other, with their comments and at most one empty line between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from ruleconv.kql.layout import expressions, lists
from ruleconv.kql.layout.document import BLANK, HARD, LINE, SPACE, Doc, concat, group, nest
from ruleconv.kql.layout.pipelines import pipeline
from ruleconv.kql.layout.writer import Writer
from ruleconv.kql.tree import (
    DeclareParameters,
    Expr,
    ExpressionStatement,
    FunctionParameter,
    Let,
    OtherStatement,
    Parenthesized,
    Pipeline,
    QueryTree,
    SetOption,
    Statement,
)  # fmt: skip


def query(w: Writer, node: QueryTree) -> Doc:
    """The whole text."""
    return concat(*_lines(w, node.statements, top=True), HARD, *w.leading(first=False))


def body(w: Writer, nodes: Sequence[Statement], last: Sequence[Expr]) -> list[Doc]:
    """What stands in a function's braces."""
    return _lines(w, [*nodes, *(ExpressionStatement(each) for each in last)], top=False)


def _lines(w: Writer, nodes: Sequence[Statement], top: bool) -> list[Doc]:
    lines: list[Doc] = []
    for at, node in enumerate(nodes):
        comments = w.leading(first=not at)
        if at:
            lines.append(HARD)
        lines += comments
        if w.blank and (at or comments):
            lines.append(BLANK)
        lines.append(statement(w, node, top))
        if at < len(nodes) - 1 or w.next_is(";"):
            lines.append(w.word(";"))
    return lines


def statement(w: Writer, node: Statement, top: bool = True) -> Doc:
    """One statement, without its ``;``. ``top``: each operator of its query is on a line of its own."""
    match node:
        case Let():
            return _let(w, node)
        case SetOption():
            head = concat(w.word("set"), SPACE, expressions.name(w, node.name))
            return head if node.value is None else concat(head, SPACE, w.word("="), SPACE, expressions.expr(w, node.value))
        case DeclareParameters():
            return _declare(w, node)
        case OtherStatement():
            return w.verbatim(node.text, node.span)
        case ExpressionStatement(Pipeline() as value):
            return pipeline(w, value, top)
        case ExpressionStatement():
            return expressions.expr(w, node.value, expressions.VALUE)
        case _:
            assert_never(node)


def _let(w: Writer, node: Let) -> Doc:
    head = concat(w.word("let"), SPACE, expressions.name(w, node.name), SPACE, w.word("="))
    value = node.value
    if isinstance(value, Pipeline) and not _closes_itself(value.source):
        return group(head, nest(LINE, pipeline(w, value)))
    return concat(head, SPACE, expressions.expr(w, value, expressions.VALUE))


def _closes_itself(node: Expr) -> bool:
    """Whether a pipeline's head looks better at the line of its ``let``."""
    return isinstance(node, Parenthesized)


def _declare(w: Writer, node: DeclareParameters) -> Doc:
    head = concat(w.word("declare"), SPACE, w.word("query_parameters"))
    return concat(head, lists.brackets(w, "(", lambda: lists.items(w, node.parameters, lambda each: function_parameter(w, each)), ")"))


def function_parameter(w: Writer, node: FunctionParameter) -> Doc:
    """``name: type = default`` or ``name: (a:long)``."""
    head = concat(expressions.name(w, node.name), w.word(":"), SPACE)
    if node.schema is not None:
        return concat(head, expressions.schema(w, node.schema))
    if node.type is None:
        raise ValueError("a parameter has a type or a schema")
    kind = w.type(node.type)
    if node.default is None:
        return concat(head, kind)
    return concat(head, kind, SPACE, w.word("="), SPACE, expressions.expr(w, node.default))
