"""Tables: what a name, a call or a pipeline stands for as rows."""

from __future__ import annotations

from dataclasses import replace

from ruleconv import catalogue
from ruleconv.diagnostic import Unsupported
from ruleconv.ir import query as q
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, functions, openness, rows, unmodelled
from ruleconv.kql.binding.registry import OPERATORS
from ruleconv.kql.binding.scope import Bound, FunctionValue, LetValue, Origin, Row, Scope, StepValue, TableValue, Value
from ruleconv.kql.binding.session import Context, Session
from ruleconv.text import Span

CROSS_SERVICE = frozenset(
    {"workspace", "cluster", "database", "app", "resource", "adx", "arg", "external_table", "materialized_view", "stored_query_result"}
)
_TABLE_FUNCTIONS = frozenset({"table", "materialize", *CROSS_SERVICE})
_SPECIAL_FORMS = frozenset({"toscalar", "iff", "iif", "case", "not", "column_ifexists", "columnifexists", "around"})
"""Functions of single values that are no records of the catalogue."""


# ---------------------------------------------------------------- is it a table?
def is_tabular(scope: Scope, session: Session, node: tree.Expr, row: Row | None = None) -> bool:
    """Whether the expression stands for rows. Nothing is bound or reported."""
    while isinstance(node, tree.Parenthesized):
        node = node.inner
    match node:
        case (
            tree.Pipeline() | tree.DataTable() | tree.ExternalData() | tree.Print() | tree.Range() | tree.Union()
            | tree.Search() | tree.Find() | tree.Evaluate() | tree.OtherOperator()
        ):  # fmt: skip
            return True
        case tree.Name():
            return _is_table_name(scope, session, node.name, row)
        case tree.Call():
            return _is_table_call(scope, session, node)
        case tree.Path():
            return is_cross_service(node.base)
    return False


def is_scalar(scope: Scope, session: Session, node: tree.Expr) -> bool:
    """Whether the expression stands for a single value. A name or a function that is not known is neither: it may be a table's."""
    while isinstance(node, tree.Parenthesized):
        node = node.inner
    match node:
        case tree.Name():
            return scope.find(node.name) is not None and not _is_table_name(scope, session, node.name, None)
        case tree.Call():
            known = scope.find(node.name) is not None or _is_scalar_function(node.name)
            return known and not _is_table_call(scope, session, node)
    return not is_tabular(scope, session, node)


def _is_table_name(scope: Scope, session: Session, name: str, row: Row | None) -> bool:
    if row is not None and name in row.columns:
        return False
    meaning = scope.find(name)
    match meaning:
        case TableValue():
            return True
        case LetValue():
            if meaning.tabular is None:
                meaning.tabular = False  # a let that speaks of itself
                meaning.tabular = is_tabular(meaning.scope, session, meaning.value)
            return meaning.tabular
        case FunctionValue():
            return functions.is_tabular(session, meaning)
        case Value() | StepValue():
            return False
    return name in session.schema or openness.is_open_name(name)


def _is_table_call(scope: Scope, session: Session, node: tree.Call) -> bool:
    if node.name in _TABLE_FUNCTIONS:
        return True
    meaning = scope.find(node.name)
    if isinstance(meaning, FunctionValue):
        return functions.is_tabular(session, meaning)
    if isinstance(meaning, LetValue) and not node.args:
        return _is_table_name(scope, session, node.name, None)
    return not _is_scalar_function(node.name) and openness.is_open_name(node.name)


def _is_scalar_function(name: str) -> bool:
    return name in _SPECIAL_FORMS or name in unmodelled.FUNCTIONS or catalogue.function(name) is not None


def is_cross_service(node: tree.Expr) -> bool:
    """``workspace("w")``, ``cluster("c").database("d")``: the place of a table elsewhere."""
    while isinstance(node, tree.Path):
        node = node.base
    return isinstance(node, tree.Call) and node.name in CROSS_SERVICE


# ---------------------------------------------------------------- binding
def bind_table(at: Context, node: tree.Expr) -> Bound:
    """The rows of an expression."""
    at = Context(at.session, at.scope)
    match node:
        case tree.Pipeline():
            return pipeline(at, node)
        case tree.Parenthesized():
            return bind_table(at, node.inner)
        case tree.Name():
            return table_name(at, node)
        case tree.Call():
            return _call(at, node)
        case tree.Path():
            return _path(at, node)
        case tree.DataTable():
            return rows.datatable(at, node)
        case tree.ExternalData():
            return rows.external(at, node, "")
        case tree.Print():
            return rows.print_row(at, node)
        case tree.Range():
            return rows.range_rows(at, node)
        case tree.Union() | tree.Search() | tree.Find() | tree.Evaluate() | tree.OtherOperator():
            return OPERATORS[type(node)](at, node, NO_INPUT)
        case tree.Wildcard():
            raise Unsupported("a wildcard for tables in this place", node.span, "name the tables")
    at.session.report(findings.table_expected(node.span))
    return failed(node.span)


NO_INPUT = Bound(q.Rows((), ()))
"""The input of an operator that stands first in its pipeline."""


def failed(span: Span) -> Bound:
    """Stands for a table that was reported: any column may be asked of it."""
    return Bound(q.Rows((), (), span), (Origin("failed:"),))


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
        try:
            table = binder(at, node, table)
            at.session.widen(len(table.columns), node.span)
        except Unsupported as refusal:
            at.session.refusals.append(refusal)
            table = failed(node.span)
    return table


def table_name(at: Context, node: tree.Name) -> Bound:
    """A table, a tabular let, a tabular parameter, or a function that is called without parentheses."""
    session = at.session
    meaning = at.scope.find(node.name)
    match meaning:
        case TableValue():
            return _placed(meaning.table, node.span)
        case LetValue():
            if is_tabular(meaning.scope, session, meaning.value):
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
    if node.name in CROSS_SERVICE:
        raise Unsupported(f"{node.name}()", node.span, "only tables of the query's own workspace are translated")
    if catalogue.function(node.name) is not None and not openness.is_open_name(node.name):
        session.report(findings.table_expected(node.span))
        return failed(node.span)
    return openness.unknown_function(at, node)


def _path(at: Context, node: tree.Path) -> Bound:
    if is_cross_service(node.base):
        raise Unsupported(
            "a table of another workspace, cluster or resource", node.span, "query it where it is, or give its rows as a table of its own"
        )
    at.session.report(findings.table_expected(node.span))
    return failed(node.span)
