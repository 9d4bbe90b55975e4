"""``join`` and ``lookup``: keys, kinds, and the numbered names of the output.

Source: https://learn.microsoft.com/kusto/query/join-operator, lookup-operator; numbering as Microsoft's parser has it.
"""

from __future__ import annotations

from dataclasses import replace

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import findings
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.naming import unique_all
from ruleconv.kql.binding.parameters import option
from ruleconv.kql.binding.registry import bind, bind_table, operator
from ruleconv.kql.binding.scope import Bound, Row
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import is_error
from ruleconv.schema.model import near_match

KINDS = {kind.value: kind for kind in q.JoinKind if kind is not q.JoinKind.CROSS} | {
    "anti": q.JoinKind.LEFTANTI,
    "leftantisemi": q.JoinKind.LEFTANTI,
    "rightantisemi": q.JoinKind.RIGHTANTI,
    "semi": q.JoinKind.LEFTSEMI,
}
_LEFT_ONLY = (q.JoinKind.LEFTANTI, q.JoinKind.LEFTSEMI)
_RIGHT_ONLY = (q.JoinKind.RIGHTANTI, q.JoinKind.RIGHTSEMI)
_LEFT_MAY_MISS = (q.JoinKind.RIGHTOUTER, q.JoinKind.FULLOUTER)
_RIGHT_MAY_MISS = (q.JoinKind.LEFTOUTER, q.JoinKind.FULLOUTER)


@operator(tree.Join)
def join(at: Context, node: tree.Join, left: Bound) -> Bound:
    lookup = node.keyword == "lookup"
    right = bind_table(at, node.right)
    kind = _kind(at, node, lookup)
    row = Context(at.session, at.scope, Row(left), right=Row(right))
    keys = [pair for condition in node.on if (pair := _key(row, condition)) is not None]
    hidden = {key[1].name for key in keys if isinstance(key[1], ir.ColumnRef)} if lookup else set()
    output = _output(left, right, kind, hidden)
    columns = tuple(column for _, column in output)
    written = tuple(q.JoinColumn(column.name, item.side, item.source) for (item, column) in output)
    pairs = tuple(_converted(pair) for pair in keys)
    rel = q.Join(left.rel, right.rel, kind, pairs, written, columns, lookup, node.span)
    origins = (() if kind in _RIGHT_ONLY else left.origins) + (() if kind in _LEFT_ONLY else right.origins)
    return Bound(rel, tuple(dict.fromkeys(origins)))


def _kind(at: Context, node: tree.Join, lookup: bool) -> q.JoinKind:
    written = option(node.parameters, "kind")
    default = q.JoinKind.LEFTOUTER if lookup else q.JoinKind.INNERUNIQUE
    if written is None:
        return default
    text = written.name if isinstance(written, tree.Name) else str(getattr(written, "value", ""))
    kind = KINDS.get(text)
    if kind is None or (lookup and kind not in (q.JoinKind.LEFTOUTER, q.JoinKind.INNER)):
        kinds = "leftouter and inner" if lookup else ", ".join(k.value for k in q.JoinKind if k is not q.JoinKind.CROSS)
        at.session.report(findings.misplaced(f"there is no {node.keyword} of kind {text}", written.span, f"the kinds are {kinds}"))
        return default
    return kind


# ---------------------------------------------------------------- keys
def _key(at: Context, condition: tree.Expr) -> tuple[ir.Expr, ir.Expr] | None:
    while isinstance(condition, tree.Parenthesized):
        condition = condition.inner
    session = at.session
    if isinstance(condition, tree.Name):
        return _common(at, condition)
    if not (isinstance(condition, tree.Binary) and condition.op == "=="):
        session.report(findings.join_condition(condition.span))
        return None
    sides: list[ir.Expr] = []
    for operand in (condition.left, condition.right):
        while isinstance(operand, tree.Parenthesized):
            operand = operand.inner
        if not _side(operand):
            session.report(findings.join_condition(operand.span))
            return None
        sides.append(bind(at, operand))
    names = (_side(condition.left), _side(condition.right))
    if names[0] == names[1]:
        session.report(findings.join_condition(condition.span))
        return None
    if names[0] == "$right":
        session.report(findings.join_condition(condition.span))
        sides.reverse()
    left, right = sides
    if is_error(left) or is_error(right):
        return None
    return (left, right) if _comparable(at, left, right, condition) else None


def _side(operand: tree.Expr) -> str:
    """``$left`` or ``$right``, whichever the operand speaks of."""
    while isinstance(operand, tree.Parenthesized):
        operand = operand.inner
    if isinstance(operand, tree.Path) and isinstance(operand.base, tree.Name) and operand.base.name in ("$left", "$right"):
        return operand.base.name
    return ""


def _common(at: Context, name: tree.Name) -> tuple[ir.Expr, ir.Expr] | None:
    """A column that both sides have."""
    found: list[Column] = []
    for row, side in ((at.row, "left"), (at.right, "right")):
        assert row is not None
        column = row.columns.get(name.name)
        if column is None and row.origins:
            column = at.session.ask(row.origins[0], name.name)
        if column is None:
            at.session.report(findings.join_column_missing(name.name, side, name.span, near_match(name.name, row.columns)))
            return None
        found.append(column)
    left, right = (ir.ColumnRef(c.name, c.type, c.nullable, name.span) for c in found)
    if left.type is not right.type and Type.UNKNOWN not in (left.type, right.type):
        at.session.report(findings.join_types(left.type, right.type, name.span))
        return None
    return (left, right) if _comparable(at, left, right, name) else None


def _comparable(at: Context, left: ir.Expr, right: ir.Expr, node: tree.Expr) -> bool:
    for value in (left, right):
        if value.type is Type.DYNAMIC:
            at.session.report(findings.not_allowed_type(value.type, value.span))
            return False
    if Type.UNKNOWN in (left.type, right.type) or left.type is right.type or (left.type.is_integer and right.type.is_integer):
        return True
    at.session.report(findings.join_types(left.type, right.type, node.span))
    return False


def _converted(pair: tuple[ir.Expr, ir.Expr]) -> tuple[ir.Expr, ir.Expr]:
    left, right = pair
    if left.type is Type.UNKNOWN:
        left = as_type(left, right.type if right.type is not Type.UNKNOWN else Type.STRING)
    if right.type is Type.UNKNOWN:
        right = as_type(right, left.type)
    return left, right


# ---------------------------------------------------------------- output
def _output(left: Bound, right: Bound, kind: q.JoinKind, hidden: set[str]) -> list[tuple[q.JoinColumn, Column]]:
    """The output columns: left ones, then right ones; a name that is taken gets a number."""
    items: list[tuple[q.Side, Column, bool]] = []
    if kind not in _RIGHT_ONLY:
        items += [(q.Side.LEFT, c, kind in _LEFT_MAY_MISS) for c in left.columns]
    if kind not in _LEFT_ONLY:
        items += [(q.Side.RIGHT, c, kind in _RIGHT_MAY_MISS) for c in right.columns if c.name not in hidden]
    names = unique_all([c.name for _, c, _ in items])
    output = []
    for name, (side, column, may_miss) in zip(names, items, strict=True):
        source = ir.ColumnRef(column.name, column.type, column.nullable)
        output.append((q.JoinColumn(name, side, source), replace(column, name=name, nullable=column.nullable or may_miss)))
    return output
