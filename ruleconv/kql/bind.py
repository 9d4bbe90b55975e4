"""Syntax tree to IR: names, types and columns against a schema.

In: a ``QueryTree``, a ``Schema``, the ``Source`` that was parsed. Out: an ``ir.query.Query`` as its docstrings say, or ``SchemaError`` with
every finding of the query, or ``Unsupported`` for what the IR cannot say.
"""

from __future__ import annotations

from dataclasses import dataclass

from ruleconv.diagnostic import Diagnostic, RuleconvError, SchemaError, Unsupported
from ruleconv.ir.query import Query
from ruleconv.kql import tree
from ruleconv.kql.binding import (
    calls,
    expand,
    expressions,
    find,
    findings,
    functions,
    join,
    lets,
    operators,
    parse,
    plugins,
    rows,
    scan,
    search,
    series,
    tables,
    tabular,
    top_nested,
    union,
)  # fmt: skip
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.registry import bind as bind_expression
from ruleconv.kql.binding.registry import bind_table
from ruleconv.kql.binding.scope import Bound, FunctionValue, LetValue, Scope, Value
from ruleconv.kql.binding.session import Context, Session
from ruleconv.schema import Schema
from ruleconv.text import Source

_BINDERS = (calls, expand, expressions, find, join, operators, parse, plugins, rows, scan, search, series, tables, top_nested, union)
"""Imported for what they register."""

_MAX_RUNS = 12


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a query that need not be right. ``error``: a SchemaError with every finding, an Unsupported, or None; with an error
    ``query`` is None or no better than the error lets it be. ``doubts``: what Microsoft's parser objects to and we do not."""

    query: Query | None
    error: RuleconvError | None
    doubts: tuple[Diagnostic, ...] = ()


def bind(query: tree.QueryTree, schema: Schema, source: Source) -> Query:
    """The bound query."""
    checked = check(query, schema, source)
    if checked.error is not None:
        raise checked.error
    assert checked.query is not None
    return checked.query


def check(query: tree.QueryTree, schema: Schema, source: Source) -> Checked:
    """As ``bind``, but gives the error beside what was made of the query."""
    asked: dict[str, dict[str, object]] = {}
    result = None
    for _ in range(_MAX_RUNS):
        session = Session(schema, source, asked)  # type: ignore[arg-type]
        try:
            result = _run(session, query)
        except Unsupported as refusal:
            session.refusals.append(refusal)
        except RecursionError:
            return Checked(None, Unsupported("a query that is nested this deeply", query.span, "divide it with let", source))
        if not session.grew or session.findings or session.refusals:
            break
    doubts = _diagnostics(session, session.doubts)
    if session.findings:
        return Checked(result, _error(session), doubts)
    if session.refusals:
        return Checked(result, session.refusals[0].located(source), doubts)
    return Checked(result, None, doubts)


def _run(session: Session, query: tree.QueryTree) -> Query | None:
    """One pass over the statements."""
    scope = Scope()
    result: Bound | None = None
    for statement in query.statements:
        match statement:
            case tree.Let():
                lets.let(session, scope, statement)
            case tree.SetOption():
                pass
            case tree.DeclareParameters():
                _parameters(session, scope, statement)
            case tree.OtherStatement():
                raise Unsupported(f"the statement {statement.keyword}", statement.span)
            case tree.ExpressionStatement():
                if result is not None:
                    raise Unsupported("several queries in one text", statement.span, "put each into a file of its own")
                result = _statement(session, scope, statement.value)
    declared, notes, refusals = tuple(session.lets), tuple(session.notes), list(session.refusals)
    scalars = tuple(session.scalars)
    _check_unused(session, scope)
    session.refusals = refusals
    if result is None:
        session.report(findings.no_query(query.span))
        return None
    return Query(declared, result.rel, result.open, session.render, notes, scalars)


def _statement(session: Session, scope: Scope, value: tree.Expr) -> Bound:
    """The query itself; a single value (``1 + 1``) is a table of one row."""
    if tabular.is_scalar(scope, session, value):
        return rows.print_row(Context(session, scope), tree.Print((value,), span=value.span))
    return bind_table(Context(session, scope), value)


def _parameters(session: Session, scope: Scope, statement: tree.DeclareParameters) -> None:
    """``declare query_parameters``: each stands for its default."""
    for parameter in statement.parameters:
        if parameter.default is None:
            raise Unsupported("a query parameter without a default", parameter.span, "give it one: name:type = value")
        value = bind_expression(Context(session, scope), parameter.default)
        scope.names[parameter.name.name] = Value(as_type(value, parameter.type or value.type))


def _check_unused(session: Session, scope: Scope) -> None:
    """Binds what the query declares and does not use, for its findings."""
    session.checking = True
    for meaning in list(scope.names.values()):
        if not isinstance(meaning, LetValue | FunctionValue) or meaning.used:
            continue
        try:
            if isinstance(meaning, FunctionValue):
                functions.check(session, meaning)
            elif tabular.is_tabular(meaning.scope, session, meaning.value):
                tables.let_table(session, meaning, meaning.span)
            else:
                expressions.let_scalar(Context(session, meaning.scope), meaning, meaning.span)
        except Unsupported:
            continue


def _error(session: Session) -> SchemaError:
    diagnostics = _diagnostics(session, session.findings)
    first = min(session.findings, key=_place)
    return SchemaError(first.message, first.span, first.hint, session.source, diagnostics)


def _diagnostics(session: Session, found: list[findings.Finding]) -> tuple[Diagnostic, ...]:
    return tuple(Diagnostic.at(session.source, f.span, f.code, f.message, hint=f.hint) for f in sorted(found, key=_place))


def _place(finding: findings.Finding) -> tuple[int, int]:
    return finding.span.start, finding.span.end
