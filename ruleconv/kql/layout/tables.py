"""Tables: pipelines, what stands at their head, and functions that make them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, assert_never

from ruleconv.kql.layout import expressions, lists, operators, statements
from ruleconv.kql.layout.document import EMPTY, HARD, LINE, SOFT, SPACE, Doc, concat, group, join, nest
from ruleconv.kql.layout.writer import Writer
from ruleconv.kql.tree import (
    DataTable,
    Evaluate,
    Expr,
    ExternalData,
    Find,
    FunctionDeclaration,
    OtherOperator,
    Pipeline,
    Print,
    Range,
    Search,
    TabularOperator,
    Union,
)  # fmt: skip

Table: TypeAlias = (
    Pipeline | DataTable | ExternalData | Print | Range | Union | Search | Find | Evaluate | FunctionDeclaration | OtherOperator
)


def table(w: Writer, node: Table) -> Doc:
    """Whatever makes rows."""
    match node:
        case Pipeline():
            return pipeline(w, node)
        case DataTable():
            return _datatable(w, node)
        case ExternalData():
            return _externaldata(w, node)
        case Print():
            return operators.clause(w, w.word("print"), node.values)
        case Range():
            return _range(w, node)
        case FunctionDeclaration():
            return _function(w, node)
        case Union() | Search() | Find() | Evaluate() | OtherOperator():
            return operators.operator(w, node)
        case _:
            assert_never(node)


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
    return concat(w.word("|"), SPACE, operators.operator(w, node))


def sub_pipeline(w: Writer, nodes: Sequence[TabularOperator]) -> Doc:
    """Operators without a head, in parentheses."""

    def write() -> list[Doc]:
        between = HARD if len(nodes) > 1 else LINE
        first = operators.operator(w, nodes[0])
        return [concat(first, *(concat(between, piped(w, each)) for each in nodes[1:]))]

    return lists.brackets(w, "(", write, ")")


def _datatable(w: Writer, node: DataTable) -> Doc:
    head = concat(w.word("datatable"), _columns(w, node), SPACE)
    opened = w.word("[")
    cells = lists.items(w, node.values, lambda each: expressions.expr(w, each))
    if cells and w.next_is(","):
        cells[-1] = concat(cells[-1], w.word(","))
    wide = len(node.columns)
    rows = [group(join(LINE, cells[at : at + wide])) for at in range(0, len(cells), wide)]
    inside = [*rows, *w.closing()]
    closed = w.word("]")
    if not inside:
        return concat(head, opened, closed)
    end = HARD if len(rows) > 1 else LINE
    soft = end if end is HARD else SOFT
    return concat(head, group(opened, nest(soft, join(end, inside)), soft, closed))


def _columns(w: Writer, node: DataTable | ExternalData) -> Doc:
    return lists.brackets(
        w, "(", lambda: lists.items(w, node.columns, lambda each: expressions.column(w, each)), ")", fill=len(node.columns) > 1
    )


def _externaldata(w: Writer, node: ExternalData) -> Doc:
    head = concat(w.word("externaldata", "external_data"), _columns(w, node), SPACE)
    places = lists.brackets(w, "[", lambda: lists.items(w, node.uris, lambda each: expressions.expr(w, each)), "]")
    return concat(head, places, operators.with_properties(w, node.properties))


def _range(w: Writer, node: Range) -> Doc:
    head = concat(w.word("range"), SPACE, expressions.name(w, node.name), SPACE)
    start = concat(w.word("from"), SPACE, expressions.expr(w, node.start))
    stop = concat(SPACE, w.word("to"), SPACE, expressions.expr(w, node.stop))
    return concat(head, start, stop, SPACE, w.word("step"), SPACE, expressions.expr(w, node.step))


def _function(w: Writer, node: FunctionDeclaration) -> Doc:
    head = concat(w.word("view"), SPACE) if node.view else EMPTY
    given = lists.brackets(w, "(", lambda: lists.items(w, node.parameters, lambda each: statements.function_parameter(w, each)), ")")
    opened = concat(SPACE, w.word("{"))
    body: list[Expr] = [node.body] if node.body is not None else []
    inside = statements.body(w, node.statements, body)
    inside += w.closing()
    closed = w.word("}")
    if not inside:
        return concat(head, given, opened, SPACE, closed)
    end = HARD if node.statements else LINE
    return concat(head, given, group(opened, nest(end, *inside), end, closed))
