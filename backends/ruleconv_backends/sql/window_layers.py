"""Window functions that SQL cannot say in one SELECT: those with a restart, and those inside one another.

A restart divides the rows into runs. Where it is ``key != prev(key)`` and the rows are sorted by that key first, a run is a
PARTITION BY the key. Any other restart needs the number of the run, a running count of the restarts, in a SELECT below.
``prepared`` adds these helper columns and tells the lowering of window functions (``window``) by a ``WindowScope`` what it may
lean on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.ir.walk import walk
from ruleconv_backends.sql.sessions import session_starts
from ruleconv_backends.sql.value import SqlValue
from ruleconv_backends.sql.window_scope import SESSION, WindowScope, restart_of

if TYPE_CHECKING:
    from ruleconv_backends.sql.relation import Relations
    from ruleconv_backends.sql.select import Relation


def prepared(relations: Relations, relation: Relation, nodes: Iterable[ir.Expr]) -> tuple[Relation, WindowScope]:
    """The relation over which the window functions of ``nodes`` can be lowered, and the scope for that."""
    scope = WindowScope(relation.order)
    calls = _calls(nodes)
    if not calls:
        return relation, scope
    conditions: list[ir.Expr] = []
    for call in calls:
        restart = restart_of(call)
        if restart is None or call.function == SESSION or scope.run(restart) is not None or restart in conditions:
            continue
        keys = _leading_keys(relation, restart)
        if keys is not None:
            scope.keys.append((restart, keys))
        else:
            conditions.append(restart)
    partitioned = [restart for restart, _ in scope.keys]
    below = [part for call in calls for part in call.args if part not in partitioned or call.function == SESSION]
    nested = _calls(below)
    sessions = [call for call in calls if call.function == SESSION]
    if not conditions and not nested and not sessions:
        return relation, scope
    return _layered(relations, relation, scope, conditions, _unique([*nested, *sessions]))


def _layered(
    relations: Relations, relation: Relation, scope: WindowScope, conditions: Sequence[ir.Expr], calls: Sequence[ir.WindowCall]
) -> tuple[Relation, WindowScope]:
    """One SELECT for each level of dependence; the first also numbers the rows, so that all agree on the order of equals."""
    lowering = relations.lowering
    waiting: list[ir.Expr] = [*conditions, *calls]
    row = relations.helper(relation, "row")
    helpers: dict[str, SqlValue] = {
        row: SqlValue(_over(exp.Anonymous(this="ROW_NUMBER", expressions=[]), scope.ordering()), Type.LONG, False)
    }
    while True:
        done: list[tuple[ir.Expr, str]] = []
        starts: list[tuple[ir.WindowCall, str]] = []
        with lowering.windows(scope), lowering.over(relation.columns):
            for node in waiting:
                if not _is_ready(node, scope):
                    continue
                shell = _with_names(relation, helpers)
                if node in conditions:
                    name = relations.helper(shell, "run")
                    count = exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=lowering.holds(node)))
                    helpers[name] = SqlValue(_over(count, scope.ordering()), Type.LONG, False)
                elif isinstance(node, ir.WindowCall) and node.function == SESSION:
                    name = relations.helper(shell, "session")
                    helpers[name] = SqlValue(exp.Null(), node.type)
                    starts.append((node, name))
                else:
                    name = relations.helper(shell, "value")
                    helpers[name] = lowering.expr(node)
                done.append((node, name))
        for _, name in starts:
            del helpers[name]
        if helpers:
            relation = relations.with_helpers(relation, helpers)
        for call, name in starts:
            relation = session_starts(relations, relation, scope, call, row, name)
        waiting = [node for node in waiting if node not in [made for made, _ in done]]
        scope.columns.extend((node, name) for node, name in done if node not in conditions)
        scope.runs.extend((node, (ir.ColumnRef(name, Type.LONG, False),)) for node, name in done if node in conditions)
        scope.order, scope.row = relation.order, relation.columns[row].node
        helpers = {}
        if not waiting:
            relation.order = relation.order or scope.ordering()
            return relation, scope


def _with_names(relation: Relation, helpers: dict[str, SqlValue]) -> Relation:
    return replace(relation, columns={**relation.columns, **helpers})


def _is_ready(node: ir.Expr, scope: WindowScope) -> bool:
    """Whether all window functions inside it, and the runs it restarts at, are columns by now."""
    if not isinstance(node, ir.WindowCall):
        return all(scope.column(inner) is not None for inner in _calls([node]))
    restart = restart_of(node)
    if node.function == SESSION:
        return all(scope.column(inner) is not None for inner in _calls(node.args))
    if restart is not None and scope.run(restart) is None:
        return False
    parts = [part for part in node.args if part != restart]
    return all(scope.column(inner) is not None for inner in _calls(parts))


def _over(function: exp.Expression, order: Sequence[exp.Ordered]) -> exp.Expression:
    """All rows up to this one, in that order."""
    window = exp.Window(this=function, over="OVER")
    if order:
        window.set("order", exp.Order(expressions=list(order)))
    if not isinstance(function, exp.Anonymous):
        window.set("spec", exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"))
    return window


def _leading_keys(relation: Relation, restart: ir.Expr) -> tuple[ir.Expr, ...] | None:
    """The columns of ``a != prev(a) or b != prev(b)``, when the rows are sorted by just these first."""
    terms = restart.terms if isinstance(restart, ir.Or) else (restart,)
    keys: list[ir.ColumnRef] = []
    for term in terms:
        column = _changed(term)
        if column is None:
            return None
        keys.append(column)
    leading = relation.order[: len(keys)]
    nodes = {relation.columns[key.name].node.sql() for key in keys if key.name in relation.columns}
    sorted_by = {_sort_column(key).sql() for key in leading}
    return tuple(keys) if len(leading) == len(keys) == len(nodes) and nodes == sorted_by else None


def _changed(term: ir.Expr) -> ir.ColumnRef | None:
    """The column of ``a != prev(a)`` or ``prev(a) != a``."""
    match term:
        case ir.Match(subject=left, patterns=(right,), how=ir.How.EQUALS, fold_case=False, negated=True):
            pass
        case ir.Compare(op=ir.Comparison.NE, left=left, right=right):
            pass
        case ir.Not(term=ir.Match(subject=left, patterns=(right,), how=ir.How.EQUALS, fold_case=False, negated=False)):
            pass
        case _:
            return None
    if isinstance(left, ir.WindowCall):
        left, right = right, left
    if isinstance(left, ir.ColumnRef) and isinstance(right, ir.WindowCall) and right.function == "prev" and right.args == (left,):
        return left
    return None


def _sort_column(key: exp.Ordered) -> exp.Expression:
    """What is sorted by, without the dress that a string gets (COALESCE, COLLATE)."""
    node: exp.Expression = key.this
    while isinstance(node, (exp.Collate, exp.Coalesce)):
        node = node.this
    return node


def _calls(nodes: Iterable[ir.Expr]) -> list[ir.WindowCall]:
    return _unique([part for node in nodes for part in walk(node) if isinstance(part, ir.WindowCall)])


def _unique(calls: Sequence[ir.WindowCall]) -> list[ir.WindowCall]:
    result: list[ir.WindowCall] = []
    for call in calls:
        if call not in result:
            result.append(call)
    return result
