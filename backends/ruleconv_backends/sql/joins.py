"""``join`` and ``lookup`` of every kind."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv_backends.sql.logic import negation
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation, conjunction, is_constant
from ruleconv_backends.sql.stages import lowers_stage
from ruleconv_backends.sql.template import parenthesised
from ruleconv_backends.sql.value import SqlValue

_SIDES = {
    q.JoinKind.INNER: "INNER",
    q.JoinKind.INNERUNIQUE: "INNER",
    q.JoinKind.LEFTOUTER: "LEFT",
    q.JoinKind.RIGHTOUTER: "RIGHT",
    q.JoinKind.FULLOUTER: "FULL",
}
_ONE_SIDED = {
    q.JoinKind.LEFTSEMI: (q.Side.LEFT, True),
    q.JoinKind.LEFTANTI: (q.Side.LEFT, False),
    q.JoinKind.RIGHTSEMI: (q.Side.RIGHT, True),
    q.JoinKind.RIGHTANTI: (q.Side.RIGHT, False),
}


_SOME = {Type.BOOL: "false", Type.DATETIME: "2000-01-01", Type.GUID: "00000000-0000-0000-0000-000000000000"}
"""A value of the type as text, where 0 is none."""


@lowers_stage(q.Join)
def join(relations: Relations, stage: q.Join, _: Relation | None) -> Relation:
    """Both sides as ``l`` and ``r``; the keys in ON, null-safe (S23)."""
    left, right = relations.relation(stage.left), relations.relation(stage.right)
    left, right = left.unordered(), right.unordered()
    if stage.kind is q.JoinKind.INNERUNIQUE:
        left = _unique(relations, stage, left)
    if stage.kind in _ONE_SIDED:
        return _one_sided(relations, stage, left, right)
    left_item, left_columns = left.as_source("l")
    right_item, right_columns = right.as_source("r")
    outer_left = stage.kind in (q.JoinKind.RIGHTOUTER, q.JoinKind.FULLOUTER)
    outer_right = stage.kind in (q.JoinKind.LEFTOUTER, q.JoinKind.FULLOUTER)
    test = _keys(relations, stage, left_columns, right_columns)
    columns = {}
    for output in stage.output:
        side, outer = (left_columns, outer_left) if output.side is q.Side.LEFT else (right_columns, outer_right)
        value = side[output.source.name]
        columns[output.name] = replace(value, nullable=value.nullable or outer)
    if stage.kind is q.JoinKind.CROSS or not stage.keys:
        item = exp.Join(this=right_item, kind="CROSS")
    else:
        side_name = _SIDES[stage.kind]
        item = exp.Join(this=right_item, on=test, **({"kind": "INNER"} if side_name == "INNER" else {"side": side_name}))
    return Relation(relations.dialect, left_item, columns, joins=[item])


def _keys(relations: Relations, stage: q.Join, left: dict[str, SqlValue], right: dict[str, SqlValue]) -> exp.Expression:
    lowering = relations.lowering
    tests = []
    for left_key, right_key in stage.keys:
        with lowering.over(left):
            a = lowering.expr(left_key)
        with lowering.over(right):
            b = lowering.expr(right_key)
        if a.type is Type.STRING and b.type is Type.STRING:
            nodes = [lowering.text(v) for v in (a, b)]  # NULL on one side is the empty string on the other (S2)
        else:
            if Type.UNKNOWN in (a.type, b.type) or (a.type is not b.type and not (a.type.is_numeric and b.type.is_numeric)):
                target = a.type if a.type is not Type.UNKNOWN and a.type is not Type.DYNAMIC else b.type
                a, b = lowering.convert(a, target), lowering.convert(b, target)
            nodes = [a.node, b.node]
            if a.nullable and b.nullable:
                tests.append(_null_safe(relations, stage, a, b))
                continue
        tests.append(exp.EQ(this=parenthesised(nodes[0]), expression=parenthesised(nodes[1])))
    return conjunction(tests)


def _null_safe(relations: Relations, stage: q.Join, a: SqlValue, b: SqlValue) -> exp.Expression:
    """A null key matches a null key (S23). Postgres cannot FULL JOIN on IS NOT DISTINCT FROM, but on equalities: of the values, some value
    for null, and of whether they are null."""
    if relations.dialect == "postgres" and stage.kind is q.JoinKind.FULLOUTER:
        some = relations.lowering.cast(exp.Literal.string(_SOME.get(a.type, "0")), a.type)
        values = [exp.Coalesce(this=side.node.copy(), expressions=[some.copy()]) for side in (a, b)]
        nulls = [exp.Paren(this=exp.Is(this=parenthesised(side.node.copy()), expression=exp.Null())) for side in (a, b)]
        return conjunction([exp.EQ(this=one, expression=other) for one, other in (values, nulls)])
    return exp.NullSafeEQ(this=parenthesised(a.node), expression=parenthesised(b.node))


def _unique(relations: Relations, stage: q.Join, left: Relation) -> Relation:
    """The left side with one (any) row for every key: what sets innerunique apart from SQL's inner join."""
    key_names = {key.name for key, _ in stage.keys if hasattr(key, "name")}
    if any(unique <= key_names for unique in left.unique):
        return left
    if left.windowed or left.is_grouped or left.limit is not None or left.whole is not None:
        left = left.sealed(keep_order=False)
    with relations.lowering.over(left.columns):
        nodes = [relations.keyed(relations.lowering.expr(key)).node for key, _ in stage.keys]
    on = [node for node in nodes if not is_constant(node)]
    if not on:
        return replace(left, limit=exp.Literal.number("1"), order=[])
    return replace(left, distinct_on=on, order=[], unique=[frozenset(key_names)] if key_names else [])


def _one_sided(relations: Relations, stage: q.Join, left: Relation, right: Relation) -> Relation:
    """Semi and anti joins: EXISTS, since only the columns of one side come out."""
    side, wanted = _ONE_SIDED[stage.kind]
    kept, other = (left, right) if side is q.Side.LEFT else (right, left)
    kept_alias, other_alias = ("l", "r") if side is q.Side.LEFT else ("r", "l")
    kept_item, kept_columns = kept.as_source(kept_alias)
    other_item, other_columns = other.as_source(other_alias)
    by_side = (kept_columns, other_columns) if side is q.Side.LEFT else (other_columns, kept_columns)
    test = _keys(relations, stage, *by_side)
    inner = exp.Select(expressions=[exp.Literal.number("1")]).from_(other_item, copy=False).where(test, copy=False)
    exists: exp.Expression = exp.Exists(this=inner)
    columns = {output.name: kept_columns[output.source.name] for output in stage.output}
    star = tuple(columns) if list(columns) == list(kept_columns) else ()
    return Relation(relations.dialect, kept_item, columns, star, where=[exists if wanted else negation(exists)])
