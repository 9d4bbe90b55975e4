"""``summarize``: GROUP BY, and DISTINCT ON where the rows of ``arg_max(.., *)`` are asked for."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.walk import column_names, walk
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation, is_constant, takes_no_aggregates
from ruleconv_backends.sql.stages import lowers_stage
from ruleconv_backends.sql.value import SqlValue


@lowers_stage(q.Aggregate)
def aggregate(relations: Relations, stage: q.Aggregate, input_: Relation | None) -> Relation:
    """Keys first, then aggregates. Constant keys are put out but not grouped by (Postgres would read a number as a position)."""
    assert input_ is not None
    relation = relations.ready(input_, [v.value for v in (*stage.keys, *stage.aggregates)], grouped=True)
    if not stage.aggregates and stage.keys:
        return relations.distinct(relation, stage.keys, stage.columns)
    if any(isinstance(value.node, exp.Subquery) for value in relation.columns.values()) or _hides_constants(stage, relation):
        relation = relation.sealed()
    best = _one_best_row(stage)
    if best is not None and stage.keys:
        return _distinct_on(relations, stage, relation, best)
    lowering = relations.lowering
    relation, keys = _keys(relations, stage, relation)
    calls = _inside_others(stage)
    lowering.order, lowering.keyed = relation.order, bool(stage.keys)
    inner = {id(call): relations.named(relation, [q.Named("", call)])[""] for call in calls}
    made = relations.named(relation, stage.aggregates)
    lowering.order, lowering.keyed = [], False
    group = [value.node for name, value in keys.items() if not is_constant(value.node)]
    having: list[exp.Expression] = (
        [] if group or not keys else [exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number("0"))]
    )
    grouped = replace(relation, columns={**keys, **made}, group=group, having=having, order=[], star=(), unique=[frozenset(keys)])
    apart = [made[a.name].node for a in stage.aggregates if not isinstance(a.value, ir.AggregateCall)]
    if any(not column_names(call) and call.args for call in calls) or any(takes_no_aggregates(node) for node in apart):
        return _computed_above(relations, stage, grouped, keys, inner)
    return replace(grouped, columns={c.name: grouped.columns[c.name] for c in stage.columns})


def _computed_above(
    relations: Relations, stage: q.Aggregate, grouped: Relation, keys: dict[str, SqlValue], inner: dict[int, SqlValue]
) -> Relation:
    """The aggregates in a SELECT of their own, and what is computed of them over that one. In a subselect, SQL would take an aggregate of
    a constant for one of the subselect's row; and DuckDB's TRY takes none at all."""
    plain = {a.name: grouped.columns[a.name] for a in stage.aggregates if isinstance(a.value, ir.AggregateCall)}
    below = replace(grouped, columns={**keys, **plain})
    own: dict[int, str] = {}
    for call, value in inner.items():
        own[call] = relations.helper(below, "value")
        below.columns[own[call]] = value
    below = below.sealed()
    others = [a for a in stage.aggregates if a.name not in plain]
    with relations.lowering.given_aggregates({call: below.columns[name] for call, name in own.items()}):
        made = relations.named(below, others)
    return replace(below, columns={c.name: {**below.columns, **made}[c.name] for c in stage.columns})


def _inside_others(stage: q.Aggregate) -> list[ir.AggregateCall]:
    """The aggregates that stand inside other expressions."""
    over = [a.value for a in stage.aggregates if not isinstance(a.value, ir.AggregateCall)]
    return [part for value in over for part in walk(value) if isinstance(part, ir.AggregateCall)]


def _hides_constants(stage: q.Aggregate, relation: Relation) -> bool:
    """Whether an aggregate is of a column that is a constant. In the subselect that a function around it may need, SQL takes an aggregate
    without a column for one of the subselect's row; and DuckDB has no ORDER BY of a constant."""
    calls = [part for a in stage.aggregates for part in walk(a.value) if isinstance(part, ir.AggregateCall)]
    some = calls if relation.source is None else _inside_others(stage)
    used = {name for call in some for name in column_names(call)}
    return any(name in used and value.node.find(exp.Column) is None for name, value in relation.columns.items())


def _keys(relations: Relations, stage: q.Aggregate, relation: Relation) -> tuple[Relation, dict[str, SqlValue]]:
    """The keys. One that holds a subselect is computed in a SELECT below: Postgres does not find such an expression in GROUP BY again."""
    keys = {name: relations.keyed(value) for name, value in relations.named(relation, stage.keys).items()}
    if not any(value.node.find(exp.Subquery) for value in keys.values()):
        return relation, keys
    own: dict[str, str] = {}
    for name, value in keys.items():
        own[name] = relations.helper(relation, "key")
        relation = replace(relation, columns={**relation.columns, own[name]: value})
    relation = relation.sealed()
    return relation, {name: relation.columns[own[name]] for name in keys}


def _one_best_row(stage: q.Aggregate) -> ir.AggregateCall | None:
    """The call, when all aggregates are arg_max or arg_min over the same expression: they all come from one row."""
    calls = [a.value for a in stage.aggregates]
    first = calls[0]
    if not isinstance(first, ir.AggregateCall) or first.function not in ("arg_max", "arg_min"):
        return None
    same = all(isinstance(c, ir.AggregateCall) and c.function == first.function and c.args[0] == first.args[0] for c in calls)
    return first if same else None


def _distinct_on(relations: Relations, stage: q.Aggregate, relation: Relation, best: ir.AggregateCall) -> Relation:
    """The row with the greatest (least) value of each group; rows where it is null come last."""
    keys = {name: relations.keyed(value) for name, value in relations.named(relation, stage.keys).items()}
    values = [q.Named(a.name, a.value.args[-1]) for a in stage.aggregates if isinstance(a.value, ir.AggregateCall)]
    made = relations.named(relation, values)
    order = relations.ordering(relation, [q.SortKey(best.args[0], descending=best.function == "arg_max", nulls_first=False)])
    on = [value.node for value in keys.values() if not is_constant(value.node)]
    columns: dict[str, SqlValue] = {c.name: {**keys, **made}[c.name] for c in stage.columns}
    if not on:
        return replace(relation, columns=columns, order=order, limit=exp.Literal.number("1"))
    by_key = [exp.Ordered(this=node.copy(), nulls_first=False) for node in on]
    return replace(relation, columns=columns, distinct_on=on, order=[*by_key, *order], unique=[frozenset(keys)])
