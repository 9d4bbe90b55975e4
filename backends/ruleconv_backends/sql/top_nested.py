"""``top-nested`` and ``sample-distinct``.

Semantics: https://learn.microsoft.com/kusto/query/top-nested-operator: each level aggregates the rows of the values chosen above
it, and keeps the best of them; ``with others`` adds a row for the rest.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation, conjunction
from ruleconv_backends.sql.stages import STAGES, lowers_stage
from ruleconv_backends.sql.value import SqlValue


@lowers_stage(q.TopNested)
def top_nested(relations: Relations, stage: q.TopNested, input_: Relation | None) -> Relation:
    """The levels, each joined to the one above by the values chosen so far."""
    assert input_ is not None
    others = next((level.others for level in stage.levels if level.others is not None), None)
    if others is not None:
        raise Unsupported("top-nested with others", stage.span, "leave out `with others`, or union a summarize of the rest")
    base = input_ if input_.is_plain and isinstance(input_.source, exp.Table) else None
    ctes: list[exp.CTE] = []
    if base is None and len(stage.levels) > 1:
        shared = relations.alias("rows")
        query, sql_names = input_.unordered().build_named(inner=True)
        materialized = {"materialized": True} if input_.volatile or input_.limit is not None else {}
        ctes.append(exp.CTE(this=query, alias=exp.TableAlias(this=names.identifier(shared)), **materialized))
        columns = {name: replace(value, node=names.column(sql_names[name])) for name, value in input_.columns.items()}
        base = Relation(relations.dialect, names.table(shared), columns, tuple(columns))
    result = _level(relations, stage, base or input_, 0)
    for at in range(1, len(stage.levels)):
        result = _joined(relations, stage, result, _level(relations, stage, base or input_, at), at)
    if not ctes:
        return result
    query, sql_names = result.build_named(inner=True)
    query.set("with_", exp.With(expressions=ctes))
    values = {name: replace(value, node=names.column(sql_names[name])) for name, value in result.columns.items()}
    return Relation(relations.dialect, exp.Subquery(this=query, alias=exp.TableAlias(this=names.identifier("t"))), values, tuple(values))


def _level(relations: Relations, stage: q.TopNested, input_: Relation, at: int) -> Relation:
    """The aggregate of the level for every combination of the values up to it."""
    level = stage.levels[at]
    keys = tuple(above.value for above in stage.levels[: at + 1])
    types = {c.name: c.type for c in stage.columns}
    columns = tuple(Column(name, types[name]) for name in (*(key.name for key in keys), level.aggregate.name))
    copy = replace(input_.unordered(), columns=dict(input_.columns), where=list(input_.where))
    grouped = STAGES[q.Aggregate](relations, q.Aggregate(q.Rows((), ()), keys, (level.aggregate,), columns), copy)
    return grouped if at or level.count is None else _best(relations, stage, grouped, at)


def _best(relations: Relations, stage: q.TopNested, relation: Relation, at: int) -> Relation:
    """The best values of the level among those with the same values above."""
    level = stage.levels[at]
    if level.count is None:
        return relation
    with relations.lowering.over({}):
        count = relations.lowering.value_as(level.count, Type.LONG).node
    aggregate = relation.columns[level.aggregate.name]
    order = exp.Ordered(this=aggregate.node.copy(), desc=level.descending, nulls_first=False)
    if at == 0:
        return replace(relation, order=[order], limit=count)
    relation = relation.sealed()
    rank = exp.Window(this=exp.Anonymous(this="ROW_NUMBER", expressions=[]), over="OVER")
    order.set("this", relation.columns[level.aggregate.name].node.copy())
    rank.set("partition_by", [relation.columns[above.value.name].node.copy() for above in stage.levels[:at]])
    rank.set("order", exp.Order(expressions=[order]))
    name = relations.helper(relation, "rank")
    sealed = relations.with_helpers(relation, {name: SqlValue(rank, Type.LONG, False)})
    number = sealed.columns.pop(name).node
    return replace(sealed, where=[exp.LTE(this=number, expression=count)], star=())


def _joined(relations: Relations, stage: q.TopNested, above: Relation, level: Relation, at: int) -> Relation:
    """The level's rows under the values that were kept above, the best of them."""
    left_item, left = above.as_source("l")
    right_item, right = level.as_source("r")
    keys = [step.value.name for step in stage.levels[:at]]
    tests = [
        (exp.NullSafeEQ if left[name].nullable or right[name].nullable else exp.EQ)(
            this=right[name].node.copy(), expression=left[name].node.copy()
        )
        for name in keys
    ]
    join = exp.Join(this=right_item, kind="INNER", on=conjunction(tests))
    own = stage.levels[at]
    columns = {**left, own.value.name: right[own.value.name], own.aggregate.name: right[own.aggregate.name]}
    names_so_far = [name for step in stage.levels[: at + 1] for name in (step.value.name, step.aggregate.name)]
    relation = Relation(relations.dialect, left_item, {name: columns[name] for name in names_so_far}, joins=[join])
    return _best(relations, stage, relation, at)


@lowers_stage(q.SampleDistinct)
def sample_distinct(relations: Relations, stage: q.SampleDistinct, input_: Relation | None) -> Relation:
    """Any so many different values; Kusto gives no say in which."""
    assert input_ is not None
    relation = relations.distinct(input_, [stage.value], stage.columns)
    with relations.lowering.over({}):
        return replace(relation, limit=relations.lowering.value_as(stage.count, Type.LONG).node)
