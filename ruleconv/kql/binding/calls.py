"""Calls of scalar functions: the special forms, the query's own functions, and the catalogue's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ruleconv import catalogue
from ruleconv.catalogue.model import Function
from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv.kql.binding import (
    aggregates,
    arguments,
    findings,
    functions,
    literals,
    operations,
    predicates,
    signatures,
    tabular,
    typing,
    unmodelled,
    values,
)
from ruleconv.kql.binding.convert import as_type, conversion_name
from ruleconv.kql.binding.registry import bind, bind_table, expression
from ruleconv.kql.binding.scope import FunctionValue
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import error, is_error
from ruleconv.schema.model import near_match


@expression(tree.Call)
def bind_call(at: Context, node: tree.Call) -> ir.Expr:
    """The value of a call."""
    session = at.session
    meaning = at.scope.find(node.name)
    if isinstance(meaning, FunctionValue):
        return functions.call_scalar(at, meaning, node)
    if meaning is not None and not node.args:
        return bind(at, tree.Name(node.name, span=node.span))
    if at.aggregates:
        aggregate = catalogue.aggregate(node.name)
        if aggregate is not None:
            return aggregates.bind_aggregate(at, node, aggregate)
    special = SPECIAL.get(node.name)
    if special is not None:
        return special(at, node)
    record = catalogue.function(node.name)
    if record is not None:
        return _function(at, node, record)
    if catalogue.aggregate(node.name) is not None:
        session.report(findings.aggregate_not_allowed(node.name, node.name_span))
    elif node.name in unmodelled.FUNCTIONS:
        _unmodelled(at, node)
        return error(node.span)
    elif tabular.is_tabular(at.scope, session, node):
        session.report(findings.scalar_expected(node.span))
    else:
        near = near_match(node.name, (*catalogue.functions(), *at.scope.all_names()))
        session.report(findings.unknown_function(node.name, node.name_span, near))
    for argument in node.args:
        if not isinstance(argument, tree.Wildcard | tree.TypeOf):
            bind(at, argument)
    return error(node.span)


def _unmodelled(at: Context, node: tree.Call) -> None:
    """A function that cannot be said: its arguments are looked at nevertheless."""
    at.session.refusals.append(Unsupported(f"the function {node.name}()", node.span))
    args = [bind(at, a) for a in node.args if not isinstance(a, tree.Wildcard | tree.TypeOf)]
    signatures.doubt(at, signatures.FUNCTION, node, args)


# ---------------------------------------------------------------- functions of the catalogue
def _function(at: Context, node: tree.Call, record: Function) -> ir.Expr:
    session = at.session
    target: Type | None = None
    args: list[ir.Expr] = []
    for argument in node.args:
        if isinstance(argument, tree.TypeOf):
            target = argument.type or Type.DYNAMIC
            continue
        if isinstance(argument, tree.Wildcard):
            session.report(findings.misplaced("* cannot stand here", argument.span))
            continue
        args.append(bind(at, argument))
    if not arguments.check_count(at, record.name, record.parameters, node, len(args)):
        return ir.Literal(None, _type(record, args) if args else Type.UNKNOWN, node.span) if args else error(node.span)
    if record.window and not at.sorted:
        hint = "put `sort by` or `serialize` before it"
        session.refusals.append(Unsupported(f"{node.name}() of rows that are in no order", node.name_span, hint))
    args = arguments.check_types(at, record.parameters, args, node, signatures.FUNCTION)
    if record.name in ("prev", "next"):
        if not all(literals.is_constant(a) for a in args[2:]):
            session.report(findings.needs_constant(node.args[2].span))
        if not all(literals.is_constant(a) for a in args[1:2]):
            session.refusals.append(Unsupported(f"{node.name}() by an offset that is computed", node.args[1].span, "write the number"))
    if record.window:
        return ir.WindowCall(record.name, tuple(args), _type(record, args), node.span)
    call: ir.Expr = ir.Call(record.name, tuple(args), _type(record, args), node.span)
    if target is not None and target is not call.type:
        call = ir.Call(conversion_name(target), (call,), target, node.span)
    return call


def _type(record: Function, args: list[ir.Expr]) -> Type:
    if not callable(record.returns):
        return record.returns
    try:
        return record.returns(tuple(a.type for a in args))
    except IndexError:
        return Type.UNKNOWN


# ---------------------------------------------------------------- special forms
def _case(at: Context, node: tree.Call) -> ir.Expr:
    """``iff(c, a, b)``, ``case(c1, a1, ..., else)``."""
    session = at.session
    count = len(node.args)
    single = node.name in ("iff", "iif")
    if (single and count != 3) or (not single and (count < 3 or count % 2 == 0)):
        session.report(findings.argument_count(node.name, 3, 3 if single else None, count, node.name_span))
        return error(node.span)
    bound = [bind(at, argument) for argument in node.args]
    branches = []
    values = [*bound[1:-1:2], bound[-1]]
    type_ = typing.common_branch(v.type for v in values)
    for position in range(0, count - 1, 2):
        condition = bound[position]
        if condition.type not in (Type.BOOL, Type.UNKNOWN):
            session.report(findings.wrong_type((Type.BOOL,), condition.type, node.args[position].span))
        branches.append((as_type(condition, Type.BOOL), as_type(bound[position + 1], type_)))
    return ir.Case(tuple(branches), as_type(bound[-1], type_), type_, node.span)


def _not(at: Context, node: tree.Call) -> ir.Expr:
    if len(node.args) != 1:
        at.session.report(findings.argument_count("not", 1, 1, len(node.args), node.name_span))
        return error(node.span)
    term = bind(at, node.args[0])
    if term.type not in (Type.BOOL, Type.UNKNOWN):
        at.session.report(findings.wrong_type((Type.BOOL,), term.type, node.args[0].span))
    return ir.Not(as_type(term, Type.BOOL), node.span)


def _toscalar(at: Context, node: tree.Call) -> ir.Expr:
    if len(node.args) != 1:
        at.session.report(findings.argument_count("toscalar", 1, 1, len(node.args), node.name_span))
        return error(node.span)
    argument = node.args[0]
    if not tabular.is_tabular(at.scope, at.session, argument):
        if isinstance(argument, tree.Call) and catalogue.function(argument.name) is None and at.scope.find(argument.name) is None:
            pass
        elif not isinstance(argument, tree.Name) or at.scope.find(argument.name) is not None:
            return bind(Context(at.session, at.scope), argument)
    table = bind_table(Context(at.session, at.scope), argument)
    if not table.columns:
        if table.open:
            raise Unsupported("toscalar() of a table without known columns", argument.span, "name the column: | project Column")
        at.session.report(findings.misplaced("the table has no columns", argument.span))
        return error(node.span)
    return ir.ScalarQuery(table.rel, table.columns[0].type, node.span)


def _column_ifexists(at: Context, node: tree.Call) -> ir.Expr:
    """The column of that name if there is one, else the other value: known when the query is bound."""
    if len(node.args) != 2:
        at.session.report(findings.argument_count(node.name, 2, 2, len(node.args), node.name_span))
        return error(node.span)
    wanted = bind(at, node.args[0])
    other = bind(at, node.args[1])
    if not isinstance(wanted, ir.Literal) or not isinstance(wanted.value, str):
        if is_error(wanted):
            return wanted
        raise Unsupported("column_ifexists() of a name that is computed", node.args[0].span, "write the column's name")
    found = at.row.columns.get(wanted.value) if at.row is not None else None
    if found is not None and at.row is not None:
        return values.column(found, node.span)
    if at.row is not None and at.row.origins and not any(o.key.startswith("plugin:") for o in at.row.origins):
        return values.column(at.session.ask(at.row.origins[0], wanted.value), node.span)
    return replace(other, span=node.span) if isinstance(other, ir.Literal) else other


def _pack_all(at: Context, node: tree.Call) -> ir.Expr:
    """``pack_all()``: a bag of all columns."""
    if node.args:
        raise Unsupported("pack_all() that leaves empty values out", node.span, "use pack_all() or bag_pack()")
    if at.row is None:
        at.session.report(findings.misplaced("there are no columns here", node.span))
        return error(node.span)
    if at.row.origins:
        raise Unsupported("pack_all() over a table whose columns are not all known", node.span, "name the columns with bag_pack()")
    args: list[ir.Expr] = []
    for column in at.row:
        args += [ir.Literal(column.name, Type.STRING, node.span), values.column(column, node.span)]
    return ir.Call("bag_pack", tuple(args), Type.DYNAMIC, node.span)


def _bag_pack_columns(at: Context, node: tree.Call) -> ir.Expr:
    """``bag_pack_columns(a, b)``: a bag of the columns under their names."""
    args: list[ir.Expr] = []
    for argument in node.args:
        value = bind(at, argument)
        if isinstance(value, ir.ColumnRef):
            args += [ir.Literal(value.name, Type.STRING, argument.span), value]
        elif not is_error(value):
            at.session.report(findings.column_expected(argument.span))
    return ir.Call("bag_pack", tuple(args), Type.DYNAMIC, node.span)


def _coalesce(at: Context, node: tree.Call) -> ir.Expr:
    record = catalogue.function("coalesce")
    args = [bind(at, argument) for argument in node.args]
    if record is None or len(args) < 2:
        at.session.report(findings.argument_count("coalesce", 2, None, len(args), node.name_span))
        return error(node.span)
    type_ = typing.common(a.type for a in args)
    if type_ is None:
        at.session.report(findings.no_common_type((a.type for a in args), node.span))
        return error(node.span)
    signatures.doubt(at, signatures.FUNCTION, node, args)
    return ir.Call("coalesce", tuple(as_type(a, type_) for a in args), type_, node.span)


def _extreme(at: Context, node: tree.Call) -> ir.Expr:
    """``max_of``, ``min_of``: all in one type."""
    args = [bind(at, argument) for argument in node.args]
    if not args:
        at.session.report(findings.argument_count(node.name, 1, None, 0, node.name_span))
        return error(node.span)
    type_ = typing.common(a.type for a in args)
    if type_ is None:
        at.session.report(findings.no_common_type((a.type for a in args), node.span))
        return error(node.span)
    signatures.doubt(at, signatures.FUNCTION, node, args)
    return ir.Call(node.name, tuple(as_type(a, type_) for a in args), type_, node.span)


def _around(at: Context, node: tree.Call) -> ir.Expr:
    """``around(value, center, delta)``: within ``delta`` of the center, ends included."""
    if len(node.args) != 3:
        at.session.report(findings.argument_count("around", 3, 3, len(node.args), node.name_span))
        return error(node.span)
    value, center, delta = (bind(at, argument) for argument in node.args)
    if not {value.type, center.type, delta.type} <= {*typing.SUMMABLE, Type.DYNAMIC, Type.UNKNOWN}:
        raise Unsupported("around() of values that are neither numbers nor times", node.span)
    low = operations.binary(at, "-", center, delta, node.span, node.args[2].span)
    high = operations.binary(at, "+", center, delta, node.span, node.args[2].span)
    return predicates.between(at.session, False, (value, low, high), node.span)


SPECIAL: dict[str, Callable[[Context, tree.Call], ir.Expr]] = {
    "iff": _case,
    "iif": _case,
    "case": _case,
    "not": _not,
    "toscalar": _toscalar,
    "column_ifexists": _column_ifexists,
    "columnifexists": _column_ifexists,
    "pack_all": _pack_all,
    "bag_pack_columns": _bag_pack_columns,
    "coalesce": _coalesce,
    "max_of": _extreme,
    "min_of": _extreme,
    "around": _around,
}
"""Functions that are not just a call: their arguments decide what they are."""
