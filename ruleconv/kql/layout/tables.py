"""What makes rows: pipelines, what stands at their head, functions, operators."""

from __future__ import annotations

from typing import TypeAlias

from ruleconv.kql.layout import expressions, lists, statements
from ruleconv.kql.layout.clauses import clause, with_properties
from ruleconv.kql.layout.document import EMPTY, HARD, LINE, SOFT, SPACE, Doc, concat, group, join, nest
from ruleconv.kql.layout.operators import operator
from ruleconv.kql.layout.pipelines import pipeline
from ruleconv.kql.layout.writer import Writer
from ruleconv.kql.tree import (
    DataTable,
    Expr,
    ExternalData,
    FunctionDeclaration,
    Pipeline,
    Print,
    Range,
    TabularOperator,
)  # fmt: skip

RowMaker: TypeAlias = Pipeline | DataTable | ExternalData | Print | Range | FunctionDeclaration | TabularOperator


def rows(w: Writer, node: RowMaker) -> Doc:
    """Whatever makes rows; an operator without the ``|`` before it. This is the ``rows`` of a ``Writer``."""
    match node:
        case Pipeline():
            return pipeline(w, node)
        case DataTable():
            return _datatable(w, node)
        case ExternalData():
            return _externaldata(w, node)
        case Print():
            return clause(w, w.word("print"), node.values)
        case Range():
            return _range(w, node)
        case FunctionDeclaration():
            return _function(w, node)
        case _:
            return operator(w, node)


def _datatable(w: Writer, node: DataTable) -> Doc:
    head = concat(w.word("datatable"), _columns(w, node), SPACE)
    opened = w.word("[")
    cells = lists.items(w, node.values, lambda each: expressions.expr(w, each))
    if cells and w.next_is(","):
        cells[-1] = concat(cells[-1], w.word(","))
    wide = len(node.columns)
    lines = [group(join(LINE, cells[at : at + wide])) for at in range(0, len(cells), wide)]
    inside = [*lines, *w.closing()]
    closed = w.word("]")
    if not inside:
        return concat(head, opened, closed)
    end = HARD if len(lines) > 1 else LINE
    soft = end if end is HARD else SOFT
    return concat(head, group(opened, nest(soft, join(end, inside)), soft, closed))


def _columns(w: Writer, node: DataTable | ExternalData) -> Doc:
    return lists.brackets(
        w, "(", lambda: lists.items(w, node.columns, lambda each: expressions.column(w, each)), ")", fill=len(node.columns) > 1
    )


def _externaldata(w: Writer, node: ExternalData) -> Doc:
    head = concat(w.word("externaldata", "external_data"), _columns(w, node), SPACE)
    places = lists.brackets(w, "[", lambda: lists.items(w, node.uris, lambda each: expressions.expr(w, each)), "]")
    return concat(head, places, with_properties(w, node.properties))


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
