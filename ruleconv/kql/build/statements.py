"""The query, its statements, functions and their parameters."""

from __future__ import annotations

from ruleconv.kql.build.action import Misplaced, Values, action
from ruleconv.kql.build.literals import schema_of
from ruleconv.kql.tree import (
    DeclareParameters,
    ExpressionStatement,
    FunctionDeclaration,
    FunctionParameter,
    Let,
    Name,
    OtherStatement,
    QueryTree,
    SetOption,
)  # fmt: skip
from ruleconv.kql.words import NO_REFERENCE
from ruleconv.text import Span


@action
def query(v: Values, start: int, end: int) -> QueryTree:
    return QueryTree(tuple(v[0]), span=Span(start, end))


@action
def let(v: Values, start: int, end: int) -> Let:
    if not v[1].quoted and v[1].name in NO_REFERENCE:
        raise Misplaced(
            f"`{v[1].name}` is a keyword and cannot be a name here", v[1].span, f"write ['{v[1].name}'] if it is meant as a name"
        )
    return Let(v[1], v[3], span=Span(start, end))


@action
def set_flag(v: Values, start: int, end: int) -> SetOption:
    return SetOption(Name(v[1].text, span=v[1].span), span=Span(start, end))


@action
def set_option(v: Values, start: int, end: int) -> SetOption:
    return SetOption(Name(v[1].text, span=v[1].span), v[3], span=Span(start, end))


@action
def declare_parameters(v: Values, start: int, end: int) -> DeclareParameters:
    return DeclareParameters(tuple(v[3]), span=Span(start, end))


@action
def other_statement(v: Values, start: int, end: int) -> OtherStatement:
    return OtherStatement(v[0].text.split()[0], v[0].text, span=Span(start, end))


@action
def expression_statement(v: Values, start: int, end: int) -> ExpressionStatement:
    return ExpressionStatement(v[0], span=Span(start, end))


def _function(v: Values, start: int, end: int, view: bool) -> FunctionDeclaration:
    statements = tuple(v[4])
    body = None
    if statements and isinstance(statements[-1], ExpressionStatement):
        body, statements = statements[-1].value, statements[:-1]
    return FunctionDeclaration(tuple(v[1]), statements, body, view, span=Span(start, end))


@action
def function(v: Values, start: int, end: int) -> FunctionDeclaration:
    return _function(v, start, end, False)


@action
def view(v: Values, start: int, end: int) -> FunctionDeclaration:
    return _function(v[1:], start, end, True)


@action
def parameter(v: Values, start: int, end: int) -> FunctionParameter:
    return FunctionParameter(v[0], v[2], span=Span(start, end))


@action
def parameter_default(v: Values, start: int, end: int) -> FunctionParameter:
    return FunctionParameter(v[0], v[2], None, v[4], span=Span(start, end))


@action
def parameter_table(v: Values, start: int, end: int) -> FunctionParameter:
    return FunctionParameter(v[0], None, schema_of(v[3], v[2].start, end), span=Span(start, end))
