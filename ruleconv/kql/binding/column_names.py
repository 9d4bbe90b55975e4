"""The names that columns take from their expressions."""

from __future__ import annotations

from ruleconv import catalogue
from ruleconv.catalogue.model import Naming
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv.kql.binding.session import Context

_CONVERSIONS = frozenset(
    {"tobool", "todatetime", "todecimal", "todouble", "toreal", "toguid", "toint", "tolong", "tostring", "totimespan", "parse_json"}
)


def shown_column(at: Context, node: tree.Expr, value: ir.Expr) -> str | None:
    """The input column that the expression is, also through a conversion to the type that it has."""
    while isinstance(node, tree.Parenthesized):
        node = node.inner
    if at.row is None or (at.aggregates and not at.inside_aggregate):
        return None
    if isinstance(node, tree.Name):
        if isinstance(value, ir.ColumnRef) and value.name == node.name and (node.name in at.row.columns or at.row.origins):
            return node.name
        return None
    if isinstance(node, tree.Call) and len(node.args) == 1 and isinstance(node.args[0], tree.Name):
        record = catalogue.function(node.name)
        if record is not None and record.name in _CONVERSIONS:
            column = at.row.columns.get(node.args[0].name)
            if column is not None and column.type is value.type and not isinstance(value, ir.Literal):
                return column.name
    return None


def result_name(at: Context, node: tree.Expr) -> str | None:
    """The name that an expression gives its column, or None."""
    match node:
        case tree.Parenthesized():
            return result_name(at, node.inner)
        case tree.Name():
            return node.name
        case tree.NamedExpr():
            return node.names[0].name
        case tree.Path():
            if isinstance(node.base, tree.Name) and node.base.name in ("$left", "$right"):
                return _member(node.member)
            return _joined(result_name(at, node.base), _member(node.member))
        case tree.Index():
            return _joined(result_name(at, node.base), _key(node.key))
        case tree.Call():
            return call_name(at, node)
    return None


def _member(member: tree.Expr) -> str | None:
    return member.name if isinstance(member, tree.Name) else None


def _key(key: tree.Expr) -> str | None:
    if isinstance(key, tree.Literal) and key.type in (Type.STRING, Type.LONG, Type.INT):
        return str(key.value)
    return None


def _joined(left: str | None, right: str | None) -> str | None:
    if left and left.strip():
        return f"{left}_{right or ''}"
    return right


def call_name(at: Context, node: tree.Call) -> str | None:
    """The name of a call's column, by the function's rule."""
    if at.scope.find(node.name) is not None and not (at.aggregates and catalogue.aggregate(node.name)):
        return None
    if node.name in ("column_ifexists", "columnifexists") and node.args:
        first = node.args[0]
        if isinstance(first, tree.Literal) and at.row is not None and first.value in at.row.columns:
            return str(first.value)
        return None
    record = (catalogue.aggregate(node.name) if at.aggregates else None) or catalogue.function(node.name)
    if record is None or record.naming is Naming.NONE:
        return None
    if record.naming is Naming.ARGUMENT:
        return (result_name(at, node.args[0]) or None) if node.args else None
    argument = (result_name(at, node.args[0]) or "") if node.args else ""
    return f"{record.prefix}_{argument}" if record.prefix else argument or None


def default_name(at: Context, with_columns: bool) -> str:
    """``Column1``, ``Column2`` ...: the next that is no name here."""
    session = at.session
    while True:
        name = f"Column{session.default_column}"
        session.default_column += 1
        if with_columns and at.row is not None and name in at.row.columns:
            continue
        if at.scope.find(name) is None and name not in session.schema:
            return name
