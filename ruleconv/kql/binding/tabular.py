"""Whether an expression stands for rows or for a single value. Nothing is bound or reported."""

from __future__ import annotations

from ruleconv import catalogue
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv.kql.binding import lets, openness, unmodelled
from ruleconv.kql.binding.scope import NO_INPUT, FunctionValue, LetValue, Row, Scope, StepValue, TableValue, Value
from ruleconv.kql.binding.session import Session

CROSS_SERVICE = frozenset(
    {"workspace", "cluster", "database", "app", "resource", "adx", "arg", "external_table", "materialized_view", "stored_query_result"}
)
_TABLE_FUNCTIONS = frozenset({"table", "materialize", *CROSS_SERVICE})
_SPECIAL_FORMS = frozenset({"toscalar", "iff", "iif", "case", "not", "column_ifexists", "columnifexists", "around"})
"""Functions of single values that are no records of the catalogue."""


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
            return gives_rows(session, meaning)
        case Value() | StepValue():
            return False
    return name in session.schema or openness.is_open_name(name)


def _is_table_call(scope: Scope, session: Session, node: tree.Call) -> bool:
    if node.name in _TABLE_FUNCTIONS:
        return True
    meaning = scope.find(node.name)
    if isinstance(meaning, FunctionValue):
        return gives_rows(session, meaning)
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


def gives_rows(session: Session, function: FunctionValue) -> bool:
    """Whether a call gives rows."""
    body = function.declaration.body
    if body is None:
        return False
    if any(called is function.declaration for called in session.calls):
        return False
    scope = function.scope.child()
    for parameter in function.declaration.parameters:
        if parameter.schema is not None:
            scope.names[parameter.name.name] = TableValue(NO_INPUT)
        else:
            scope.names[parameter.name.name] = Value(ir.Literal(None, parameter.type or Type.UNKNOWN))
    lets.declare(session, scope, function.declaration.statements, quiet=True)
    session.calls.append(function.declaration)
    try:
        return is_tabular(scope, session, body)
    finally:
        session.calls.pop()
