"""What stands at the head of a pipeline, and the pipeline itself."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ruleconv.kql.build.action import Misplaced, Values, action
from ruleconv.kql.build.literals import schema_of
from ruleconv.kql.tree import (
    Call,
    DataTable,
    Evaluate,
    Expr,
    ExternalData,
    Find,
    Name,
    NamedExpr,
    OtherOperator,
    Parameter,
    Path,
    Pipeline,
    Print,
    Range,
    Search,
    Union,
    Wildcard,
)  # fmt: skip
from ruleconv.text import Span


@action
def pipe_start(v: Values, start: int, end: int) -> list[Any]:
    return [v[0], v[2]]


@action
def pipe_more(v: Values, start: int, end: int) -> Any:
    v[0].append(v[2])
    return v[0]


@action
def pipeline(v: Values, start: int, end: int) -> Pipeline:
    parts = v[0]
    return Pipeline(parts[0], tuple(parts[1:]), span=Span(start, end))


@action
def print_(v: Values, start: int, end: int) -> Print:
    return Print(tuple(v[1]), span=Span(start, end))


@action
def range_(v: Values, start: int, end: int) -> Range:
    return Range(v[1], v[3], v[5], v[7], span=Span(start, end))


@action
def datatable(v: Values, start: int, end: int) -> DataTable:
    columns, values = tuple(v[2]), tuple(v[5])
    if len(values) % len(columns):
        message = f"a datatable of {len(columns)} columns cannot hold {len(values)} values"
        raise Misplaced(message, Span(start, end), "every row needs a value for each column")
    return DataTable(columns, values, span=Span(start, end))


@action
def externaldata(v: Values, start: int, end: int) -> ExternalData:
    return ExternalData(tuple(v[2]), tuple(v[5]), span=Span(start, end))


@action
def externaldata_with(v: Values, start: int, end: int) -> ExternalData:
    return ExternalData(tuple(v[2]), tuple(v[5]), tuple(v[9]), span=Span(start, end))


@action
def other_operator(v: Values, start: int, end: int) -> OtherOperator:
    return OtherOperator(v[0].text.split()[0].split("(")[0], v[0].text, span=Span(start, end))


# ---------------------------------------------------------------- options
@action
def option(v: Values, start: int, end: int) -> Parameter:
    return Parameter(v[0].text, v[2], span=Span(start, end))


@action
def word(v: Values, start: int, end: int) -> Name:
    """A reserved word as the value of an option: ``kind=relaxed``."""
    return Name(v[0].text, span=Span(start, end))


def as_properties(items: list[Expr]) -> list[Parameter]:
    """``a=1, b=x, y`` of a ``with (...)``: a value without a name belongs to the property before it."""
    found: list[Parameter] = []
    for item in items:
        if isinstance(item, NamedExpr):
            found.append(Parameter(item.names[0].name, item.value, span=item.span))
        elif found:
            last = found[-1]
            values = last.value.args if isinstance(last.value, Call) and not last.value.name else (last.value,)
            span = last.value.span.cover(item.span)
            found[-1] = Parameter(last.name, Call("", (*values, item), span=span), span=last.span.cover(item.span))
        else:
            raise Misplaced("a property is written `name = value`", item.span)
    return found


@action
def settings(v: Values, start: int, end: int) -> list[Parameter]:
    for item in v[0]:
        if not isinstance(item, NamedExpr):
            raise Misplaced("a property is written `name = value`", item.span)
    return as_properties(v[0])


@action
def properties(v: Values, start: int, end: int) -> list[Parameter]:
    return as_properties(v[0])


# ---------------------------------------------------------------- union, search, find, evaluate: source or operator
@action
def wildcard(v: Values, start: int, end: int) -> Wildcard:
    pieces = v[0]
    for left, right in pairwise(pieces):
        if left.end != right.start:
            raise Misplaced("a `,` is missing", right.span)
    return Wildcard("".join(piece.text for piece in pieces), span=Span(start, end))


@action
def path_wildcard(v: Values, start: int, end: int) -> Path:
    return Path(v[0], wildcard([v[2]], v[2][0].start, end), span=Span(start, end))


@action
def union(v: Values, start: int, end: int) -> Union:
    return Union(tuple(v[1]), tuple(v[2]), span=Span(start, end))


@action
def search(v: Values, start: int, end: int) -> Search:
    return Search(tuple(v[1]), (), v[2], span=Span(start, end))


@action
def search_in(v: Values, start: int, end: int) -> Search:
    return Search(tuple(v[1]), tuple(v[4]), v[6], span=Span(start, end))


def _find(parameters: list[Any], tables: list[Any], predicate: Expr, columns: Any, span: Span) -> Find:
    kind, items = columns or ("", ())
    project = items if kind == "project" else ()
    away = items if kind == "project-away" else ()
    return Find(tuple(parameters), tuple(tables), predicate, tuple(project), kind == "project-smart", tuple(away), span=span)


@action
def find(v: Values, start: int, end: int) -> Find:
    return _find(v[1], [], v[2], v[3], Span(start, end))


@action
def find_where(v: Values, start: int, end: int) -> Find:
    return _find(v[1], [], v[3], v[4], Span(start, end))


@action
def find_in(v: Values, start: int, end: int) -> Find:
    return _find(v[1], v[4], v[7], v[8], Span(start, end))


@action
def find_project(v: Values, start: int, end: int) -> tuple[str, Any]:
    return "project", v[1]


@action
def find_smart(v: Values, start: int, end: int) -> tuple[str, Any]:
    return "project-smart", ()


@action
def find_away(v: Values, start: int, end: int) -> tuple[str, Any]:
    return "project-away", v[1]


@action
def evaluate(v: Values, start: int, end: int) -> Evaluate:
    word, close = v[2], v[5]
    plugin = Call(word.text, tuple(v[4]), name_span=word.span, span=Span(word.start, close.end))
    return Evaluate(tuple(v[1]), plugin, v[6], span=Span(start, end))


@action
def evaluate_schema(v: Values, start: int, end: int) -> Any:
    return schema_of(v[2], v[1].start, end)
