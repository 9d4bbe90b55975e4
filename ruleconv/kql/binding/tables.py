"""Tables: what a name, a call or a pipeline stands for as rows."""

from __future__ import annotations

from dataclasses import replace

from ruleconv import catalogue
from ruleconv.diagnostic import Unsupported
from ruleconv.ir import query as q
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, functions, openness, options, rows, tabular
from ruleconv.kql.binding.registry import OPERATORS, bind_table, table
from ruleconv.kql.binding.scope import NO_INPUT, Bound, FunctionValue, LetValue, Origin, StepValue, TableValue, Value, failed
from ruleconv.kql.binding.session import Context, Session
from ruleconv.text import Span


@table(tree.Parenthesized)
def _parenthesized(at: Context, node: tree.Parenthesized) -> Bound:
    return bind_table(at, node.inner)


@table(tree.Union, tree.Search, tree.Find, tree.Evaluate, tree.OtherOperator)
def _first(at: Context, node: tree.TabularOperator) -> Bound:
    """An operator that stands first in its pipeline."""
    options.check(at.session, node)
    return OPERATORS[type(node)](at, node, NO_INPUT)


@table(tree.Wildcard)
def _wildcard(at: Context, node: tree.Wildcard) -> Bound:
    raise Unsupported("a wildcard for tables in this place", node.span, "name the tables")


@table(tree.Pipeline)
def pipeline(at: Context, node: tree.Pipeline) -> Bound:
    """``source | operator | operator``."""
    try:
        table = bind_table(at, node.source)
    except Unsupported as refusal:
        at.session.refusals.append(refusal)
        table = failed(node.source.span)
    return operators(at, table, node.operators)


def operators(at: Context, table: Bound, nodes: tuple[tree.TabularOperator, ...]) -> Bound:
    """The operators over a bound table, one after the other. A refused one does not hide what is wrong after it."""
    for node in nodes:
        binder = OPERATORS.get(type(node))
        if binder is None:
            raise Unsupported(f"the operator {type(node).__name__.lower()}", node.span)
        options.check(at.session, node)
        try:
            table = binder(at, node, table)
            at.session.widen(len(table.columns), node.span)
        except Unsupported as refusal:
            at.session.refusals.append(refusal)
            table = failed(node.span)
    return table


@table(tree.Name)
def table_name(at: Context, node: tree.Name) -> Bound:
    """A table, a tabular let, a tabular parameter, or a function that is called without parentheses."""
    session = at.session
    meaning = at.scope.find(node.name)
    match meaning:
        case TableValue():
            return _placed(meaning.table, node.span)
        case LetValue():
            if tabular.is_tabular(meaning.scope, session, meaning.value):
                return let_table(session, meaning, node.span)
            meaning.used = True
            session.report(findings.table_expected(node.span))
            return failed(node.span)
        case FunctionValue():
            return functions.call_table(at, meaning, tree.Call(node.name, (), name_span=node.span, span=node.span))
        case Value() | StepValue():
            session.report(findings.table_expected(node.span))
            return failed(node.span)
    return stored(at, node.name, node.span)


def stored(at: Context, name: str, span: Span) -> Bound:
    """A table of the schema, or one whose name says that nobody can know its columns."""
    session = at.session
    table = session.schema.table(name)
    if table is not None and not table.open:
        return Bound(q.Source(name, table.columns, False, span))
    if table is not None or openness.is_open_name(name):
        origin = Origin(f"table:{name}")
        columns = session.columns_of(origin, table.columns if table else ())
        if table is None:
            session.note("KQL002", f"the table {name} is not in the schema: its columns are taken from their use", span)
        return Bound(q.Source(name, columns, True, span), (origin,))
    session.report(findings.unknown_table(name, span, session.schema.suggest(name)))
    return failed(span)


def _placed(table: Bound, span: Span) -> Bound:
    if isinstance(table.rel, q.Source | q.LetRef):
        return replace(table, rel=replace(table.rel, span=span))
    return table


def let_table(session: Session, let: LetValue, span: Span) -> Bound:
    """The rows of a tabular let: a let of the query from its first use on."""
    let.used = True
    if let.table is None:
        if let.binding:
            session.report(findings.recursion(let.name, span))
            return failed(span)
        let.binding = True
        try:
            let.table = _bind_let(session, let)
        finally:
            let.binding = False
    return _placed(let.table, span)


def _bind_let(session: Session, let: LetValue) -> Bound:
    at = Context(session, let.scope)
    value, materialized = let.value, False
    while isinstance(value, tree.Parenthesized) or (isinstance(value, tree.Call) and value.name == "materialize" and len(value.args) == 1):
        if isinstance(value, tree.Call):
            materialized, value = True, value.args[0]
        else:
            value = value.inner
    if isinstance(value, tree.ExternalData):
        return rows.external(at, value, let.name)
    table = bind_table(at, value)
    if isinstance(table.rel, q.LetRef) or (isinstance(table.rel, q.Source) and not materialized):
        return table
    reference = session.add_let(let.name, table.rel, let.span, materialized)
    return replace(table, rel=reference, sorted=table.sorted)


@table(tree.Call)
def _call(at: Context, node: tree.Call) -> Bound:
    session = at.session
    meaning = at.scope.find(node.name)
    if isinstance(meaning, FunctionValue):
        return functions.call_table(at, meaning, node)
    if isinstance(meaning, LetValue | TableValue) and not node.args:
        return table_name(at, tree.Name(node.name, span=node.span))
    if node.name == "materialize" and len(node.args) == 1:
        return bind_table(at, node.args[0])
    if node.name == "table" and node.args:
        first = node.args[0]
        while isinstance(first, tree.Parenthesized):
            first = first.inner
        if isinstance(first, tree.Literal) and isinstance(first.value, str):
            return stored(at, first.value, first.span)
        constant = functions.constant_text(at, first)
        if constant is not None:
            return stored(at, constant, first.span)
        raise Unsupported("table() of a name that is computed", node.span, "write the table's name")
    if node.name in tabular.CROSS_SERVICE:
        raise Unsupported(f"{node.name}()", node.span, "only tables of the query's own workspace are translated")
    if catalogue.function(node.name) is not None and not openness.is_open_name(node.name):
        session.report(findings.table_expected(node.span))
        return failed(node.span)
    return openness.unknown_function(at, node)


@table(tree.Path)
def _path(at: Context, node: tree.Path) -> Bound:
    if tabular.is_cross_service(node.base):
        raise Unsupported(
            "a table of another workspace, cluster or resource", node.span, "query it where it is, or give its rows as a table of its own"
        )
    at.session.report(findings.table_expected(node.span))
    return failed(node.span)
