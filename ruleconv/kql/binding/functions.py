"""Functions of the query's own lets: each call puts the function's body in, with the arguments for the parameters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, lets, tabular, values
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.registry import bind, bind_table
from ruleconv.kql.binding.scope import NO_INPUT, Bound, FunctionValue, Origin, Row, Scope, TableValue, Value, failed
from ruleconv.kql.binding.session import MAX_CALLS, MAX_INLINED, Context, Session
from ruleconv.kql.binding.values import error
from ruleconv.text import Span


# ---------------------------------------------------------------- calls
def call_table(at: Context, function: FunctionValue, call: tree.Call, implicit: Bound | None = None) -> Bound:
    """The rows of a call."""
    with _entered(at, function, call, implicit) as scope:
        body = function.declaration.body
        if scope is None or body is None:
            return failed(call.span)
        return bind_table(Context(at.session, scope), body)


def call_scalar(at: Context, function: FunctionValue, call: tree.Call) -> ir.Expr:
    """The value of a call."""
    with _entered(at, function, call, None) as scope:
        body = function.declaration.body
        if scope is None or body is None:
            return error(call.span)
        if tabular.is_tabular(scope, at.session, body):
            bind_table(Context(at.session, scope), body)
            at.session.report(findings.scalar_expected(call.span))
            return error(call.span)
        return bind(Context(at.session, scope, _parameter_row(at)), body)


def _parameter_row(at: Context) -> Row:
    """A function's body sees no columns, but arguments in it may speak of the caller's."""
    return Row(NO_INPUT, at.row.token if at.row is not None else None)


@contextmanager
def _entered(at: Context, function: FunctionValue, call: tree.Call, implicit: Bound | None) -> Iterator[Scope | None]:
    session = at.session
    function.used = True
    declaration = function.declaration
    if any(called is declaration for called in session.calls):
        session.report(findings.recursion(function.name, call.span))
        yield None
        return
    session.inlined += 1
    if len(session.calls) >= MAX_CALLS or session.inlined > MAX_INLINED:
        raise Unsupported("this many nested function calls", call.span)
    scope = function.scope.child()
    arguments = _arguments(session, function, call, implicit is not None)
    if arguments is None:
        yield None
        return
    for parameter in declaration.parameters:
        given = arguments.get(parameter.name.name)
        if implicit is not None and parameter is declaration.parameters[0]:
            scope.names[parameter.name.name] = TableValue(_shared(session, declaration, parameter, implicit, call.span))
        elif parameter.schema is not None:
            table = bind_table(at, given) if given is not None else failed(call.span)
            _check_schema(session, parameter.schema, table, given.span if given is not None else call.span)
            scope.names[parameter.name.name] = TableValue(_shared(session, declaration, parameter, table, call.span))
        else:
            scope.names[parameter.name.name] = _scalar(at, parameter, given, call)
    suffix, session.default_column = session.default_column, 1
    session.calls.append(declaration)
    try:
        inner = scope.child()
        lets.declare(session, inner, declaration.statements)
        yield inner
    finally:
        session.calls.pop()
        session.default_column = suffix


def _arguments(session: Session, function: FunctionValue, call: tree.Call, implicit: bool) -> dict[str, tree.Expr] | None:
    """The argument of every parameter that has one, by name."""
    parameters = function.declaration.parameters[1 if implicit else 0 :]
    by_name = {p.name.name: p for p in parameters}
    found: dict[str, tree.Expr] = {}
    positional = 0
    for argument in call.args:
        if isinstance(argument, tree.NamedExpr) and len(argument.names) == 1:
            name = argument.names[0].name
            if name not in by_name:
                session.report(findings.unknown_argument(function.name, name, argument.names[0].span))
                return None
            found[name] = argument.value
            continue
        while positional < len(parameters) and parameters[positional].name.name in found:
            positional += 1
        if positional >= len(parameters):
            break
        found[parameters[positional].name.name] = argument
        positional += 1
    required = [p for p in parameters if p.default is None]
    missing = [p for p in required if p.name.name not in found]
    if len(call.args) > len(parameters) or missing:
        place = call.name_span if call.name_span.end else call.span
        session.report(findings.argument_count(function.name, len(required), len(parameters), len(call.args), place))
        return None
    return found


def _scalar(at: Context, parameter: tree.FunctionParameter, given: tree.Expr | None, call: tree.Call) -> Value:
    type_ = parameter.type or Type.UNKNOWN
    if given is None:
        assert parameter.default is not None
        return Value(as_type(bind(Context(at.session, at.scope), parameter.default), type_))
    bound = bind(at, given)
    return values.value(at, as_type(bound, type_), at.row.token if at.row is not None else None, given.span)


def _check_schema(session: Session, schema: tree.TypeOf, table: Bound, span: Span) -> None:
    if table.open:
        return
    known = {c.name: c.type for c in table.columns}
    for column in schema.columns:
        found = known.get(column.name.name)
        if found is None or (found is not column.type and Type.UNKNOWN not in (found, column.type)):
            wanted = f"{column.name.name} of type {column.type.value}"
            session.report(findings.misplaced(f"the table has no column {wanted}, which the function needs", span))
            return


def _shared(session: Session, declaration: tree.FunctionDeclaration, parameter: tree.FunctionParameter, table: Bound, span: Span) -> Bound:
    """The table of a parameter that is used more than once becomes a let."""
    if isinstance(table.rel, q.Source | q.LetRef | q.External) or _uses(declaration, parameter.name.name) < 2:
        return table
    reference = session.add_let(parameter.name.name, table.rel, span)
    return Bound(reference, table.origins, table.sorted)


def _uses(declaration: tree.FunctionDeclaration, name: str) -> int:
    """How often the name stands in the body."""
    count = 0
    waiting: list[object] = [*declaration.statements, declaration.body]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tuple):
            waiting.extend(item)
        elif isinstance(item, tree.Name):
            count += item.name == name
        elif isinstance(item, tree.Node):
            waiting.extend(getattr(item, f.name) for f in fields(item))
    return count


def check(session: Session, function: FunctionValue) -> None:
    """Binds the body of a function that is never called, with values of its parameters' types."""
    scope = function.scope.child()
    for parameter in function.declaration.parameters:
        if parameter.schema is not None:
            columns = tuple(Column(c.name.name, c.type) for c in parameter.schema.columns)
            origins = (Origin("failed:"),) if parameter.schema.open else ()
            scope.names[parameter.name.name] = TableValue(Bound(q.Rows(columns, ()), origins))
        else:
            scope.names[parameter.name.name] = Value(ir.Call("$parameter", (), parameter.type or Type.UNKNOWN))
    inner = scope.child()
    session.calls.append(function.declaration)
    try:
        lets.declare(session, inner, function.declaration.statements)
        body = function.declaration.body
        if body is not None and tabular.is_tabular(inner, session, body):
            bind_table(Context(session, inner), body)
        elif body is not None:
            bind(Context(session, inner), body)
    finally:
        session.calls.pop()


def constant_text(at: Context, node: tree.Expr) -> str | None:
    """The string that an expression always has."""
    value = bind(Context(at.session, at.scope), node)
    return value.value if isinstance(value, ir.Literal) and isinstance(value.value, str) else None
