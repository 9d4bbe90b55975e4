"""``mv-expand``, ``mv-apply`` and ``partition``: rows out of arrays, and subqueries that run once for every row or key.

Semantics: https://learn.microsoft.com/kusto/query/mv-expand-operator (a null gives one row, an empty array none, a bag its entries).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from sqlglot import exp

from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql import order as orders
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation
from ruleconv_backends.sql.stages import lowers_stage
from ruleconv_backends.sql.value import SqlValue

_ELEMENTS = {
    ("postgres", False): (
        "CASE JSONB_TYPEOF(_x) WHEN 'array' THEN _x "
        "WHEN 'object' THEN COALESCE((SELECT JSONB_AGG(JSONB_BUILD_OBJECT(b.key, b.value)) FROM JSONB_EACH(_x) AS b), '[]'::jsonb) "
        "ELSE JSONB_BUILD_ARRAY(_x) END"
    ),
    ("postgres", True): (
        "CASE JSONB_TYPEOF(_x) WHEN 'array' THEN _x "
        "WHEN 'object' THEN COALESCE((SELECT JSONB_AGG(JSONB_BUILD_ARRAY(b.key, b.value)) FROM JSONB_EACH(_x) AS b), '[]'::jsonb) "
        "ELSE JSONB_BUILD_ARRAY(_x) END"
    ),
    ("duckdb", False): (
        "CASE JSON_TYPE(_x) WHEN 'ARRAY' THEN CAST(_x AS JSON[]) "
        "WHEN 'OBJECT' THEN LIST_TRANSFORM(MAP_ENTRIES(CAST(_x AS MAP(TEXT, JSON))), LAMBDA e : TO_JSON(MAP([e['key']], [e['value']]))) "
        "ELSE [_x] END"
    ),
    ("duckdb", True): (
        "CASE JSON_TYPE(_x) WHEN 'ARRAY' THEN CAST(_x AS JSON[]) "
        "WHEN 'OBJECT' THEN LIST_TRANSFORM(MAP_ENTRIES(CAST(_x AS MAP(TEXT, JSON))), LAMBDA e : TO_JSON([TO_JSON(e['key']), e['value']])) "
        "ELSE [_x] END"
    ),
}


def elements(relations: Relations, value: SqlValue, kind_array: bool) -> exp.Expression:
    """The array that a dynamic value is spread from: JSONB for Postgres, a list of JSON for DuckDB."""
    lowering = relations.lowering
    if value.type is not Type.DYNAMIC:
        value = lowering.convert(value, Type.DYNAMIC)
    return lowering.template(_ELEMENTS[relations.dialect, kind_array], x=value.node)


def _value_names(count: int) -> list[str]:
    return ["value"] if count == 1 else [f"value{at + 1}" for at in range(count)]


def _unnested(arrays: Sequence[exp.Expression], index: bool) -> list[exp.Expression]:
    """DuckDB: the elements of the arrays in parallel, as columns of a SELECT, with their number (from 1) where it is asked for."""
    spread: list[exp.Expression] = [exp.Anonymous(this="UNNEST", expressions=[array]) for array in arrays]
    if index:
        lengths = [exp.Anonymous(this="LEN", expressions=[array.copy()]) for array in arrays]
        most: exp.Expression = lengths[0] if len(lengths) == 1 else exp.Anonymous(this="GREATEST", expressions=lengths)
        numbers = exp.Anonymous(this="GENERATE_SERIES", expressions=[exp.Literal.number("1"), most])
        spread.append(exp.Anonymous(this="UNNEST", expressions=[numbers]))
    return spread


def _lateral(relations: Relations, arrays: Sequence[exp.Expression], alias: str, index: bool) -> exp.Expression:
    """A FROM item of the arrays in parallel: columns ``value1``, ``value2`` ... and ``index`` (from 1)."""
    column_names = [*_value_names(len(arrays)), *(("index",) if index else ())]
    table = exp.TableAlias(this=names.identifier(alias), columns=[names.identifier(name) for name in column_names])
    if relations.dialect == "postgres":
        calls = [exp.Anonymous(this="JSONB_ARRAY_ELEMENTS", expressions=[array]) for array in arrays]
        source: exp.Expression = calls[0] if len(calls) == 1 else exp.Anonymous(this="ROWS FROM ", expressions=calls)
        return exp.Table(this=source, alias=table, ordinality=index)
    spread = [exp.Alias(this=node, alias=names.identifier(name)) for node, name in zip(_unnested(arrays, index), column_names, strict=True)]
    return exp.Subquery(this=exp.Select(expressions=spread), alias=table)


def _made(relations: Relations, stage: q.Expand | q.Apply, values: Sequence[exp.Expression], index: exp.Expression) -> dict[str, SqlValue]:
    """The expanded columns of the stage over the elements and their number."""
    made: dict[str, SqlValue] = {}
    for node, value in zip(values, stage.values, strict=True):
        element = SqlValue(node, Type.DYNAMIC, True)
        made[value.name] = relations.lowering.convert(element, value.type) if value.type is not Type.DYNAMIC else element
    if stage.item_index is not None:
        made[stage.item_index] = SqlValue(exp.Sub(this=index.copy(), expression=exp.Literal.number("1")), Type.LONG, False)
    return made


@lowers_stage(q.Expand)
def expand(relations: Relations, stage: q.Expand, input_: Relation | None) -> Relation:
    """The input's rows, one for every element. Rows that were sorted stay so, each with its elements in their order; they are numbered
    where a later stage goes by that, for of rows that the sort holds equal the elements would be mixed."""
    assert input_ is not None
    lowering = relations.lowering
    if input_.order and orders.counts(reversed(relations.later)):
        input_ = orders.numbered(relations, input_)
    elif input_.order:
        input_ = input_.with_keys()
    indexed = stage.item_index is not None or stage.limit is not None or bool(input_.order)
    spread = _lateral_join if relations.dialect == "postgres" else _select_list
    relation, values, index = spread(relations, stage, input_, indexed)
    merged = {**relation.columns, **_made(relations, stage, values, index)}
    relation.columns = {c.name: merged[c.name] for c in stage.columns}
    if stage.limit is not None:
        relation.where.append(exp.LTE(this=index.copy(), expression=lowering.expr(stage.limit).node))
    if relation.order:
        relation.order = [*relation.order, orders.ascending(index)]
    return relation


Spread: TypeAlias = tuple[Relation, list[exp.Expression], exp.Expression]
"""The rows with their elements beside them, what these are called, and their number."""


def _arrays(relations: Relations, stage: q.Expand, columns: Mapping[str, SqlValue]) -> list[exp.Expression]:
    with relations.lowering.over(columns):
        return [elements(relations, relations.lowering.expr(v.value), stage.kind_array) for v in stage.values]


def _lateral_join(relations: Relations, stage: q.Expand, input_: Relation, indexed: bool) -> Spread:
    item, columns = input_.as_source("t")
    arrays = _arrays(relations, stage, columns)
    alias = relations.alias("e")
    join = exp.Join(this=exp.Lateral(this=_lateral(relations, arrays, alias, indexed)), kind="CROSS")
    relation = Relation(relations.dialect, item, columns, joins=[join], order=input_.carried_order(columns))
    return relation, [names.column(name, alias) for name in _value_names(len(arrays))], names.column("index", alias)


def _select_list(relations: Relations, stage: q.Expand, input_: Relation, indexed: bool) -> Spread:
    """DuckDB: UNNEST among the columns of the SELECT. A lateral join is a hash join there, which turns the elements round."""
    own = list(input_.columns)
    if input_.is_grouped or input_.windowed or input_.volatile or input_.limit is not None or input_.whole is not None:
        input_ = input_.sealed()
    spread = _unnested(_arrays(relations, stage, input_.columns), indexed)
    relation, found = input_, []
    for node, stem in zip(spread, [*_value_names(len(stage.values)), "index"], strict=False):
        found.append(relations.helper(relation, stem))
        relation = replace(relation, columns={**relation.columns, found[-1]: SqlValue(node, Type.DYNAMIC)})
    relation = relation.sealed()
    nodes = [relation.columns[name].node for name in found]
    relation = replace(relation, columns={name: relation.columns[name] for name in own})
    return relation, nodes[: len(stage.values)], nodes[-1]


@lowers_stage(q.Apply)
def apply(relations: Relations, stage: q.Apply, input_: Relation | None) -> Relation:
    """The subquery as a lateral join: it sees the row's columns and its expanded elements. The rows that it gives stay in its order where
    the input's rows have one, or a later stage goes by it."""
    assert input_ is not None
    alias = relations.alias("t")
    lowering = relations.lowering
    ordered = bool(input_.order) or orders.counts(reversed(relations.later))
    if ordered and input_.source is not None:
        input_ = orders.numbered(relations, input_)
    by_row = [orders.ascending(names.column(key.this.name, alias)) for key in input_.order] if ordered else []
    item, columns = input_.unordered().as_source(alias)
    with lowering.over(columns):
        arrays = [elements(relations, lowering.expr(v.value), False) for v in stage.values]
    element_alias = relations.alias("e")
    index = names.column("index", element_alias)
    made = _made(relations, stage, [names.column(name, element_alias) for name in _value_names(len(arrays))], index)
    source = _lateral(relations, arrays, element_alias, True)
    context = Relation(relations.dialect, source, {**columns, **made}, order=[orders.ascending(index)])
    if stage.limit is not None:
        with lowering.over({}):
            count = lowering.expr(stage.limit).node
        context.where.append(exp.LTE(this=index.copy(), expression=count))
    relations.contexts[stage.context] = context
    try:
        body = relations.relation(stage.body)
    finally:
        del relations.contexts[stage.context]
    body_alias = relations.alias("a")
    if (body.is_grouped and body.distinct) or body.whole is not None:
        body = body.sealed()
    wanted = {name: value for name, value in body.columns.items() if name in stage.from_body}
    keys: dict[str, exp.Ordered] = {}
    if ordered and not body.is_grouped:
        for key in body.order:
            keys[relations.helper(replace(body, columns={**wanted, **dict.fromkeys(keys, _NO_VALUE)}), "order")] = key
    body.columns, body.star = {**wanted, **{name: SqlValue(key.this, Type.UNKNOWN) for name, key in keys.items()}}, ()
    query, sql_names = body.unordered().build_named(inner=True)
    subquery = exp.Subquery(this=query, alias=exp.TableAlias(this=names.identifier(body_alias)))
    out = {
        c.name: replace(wanted[c.name], node=names.column(sql_names[c.name], body_alias)) if c.name in wanted else columns[c.name]
        for c in stage.columns
    }
    result = Relation(relations.dialect, item, out, joins=[exp.Join(this=exp.Lateral(this=subquery), kind="CROSS")])
    if ordered:
        by_element = [
            exp.Ordered(this=names.column(sql_names[name], body_alias), desc=key.args.get("desc"), nulls_first=key.args.get("nulls_first"))
            for name, key in keys.items()
        ]
        result.order = [*by_row, *by_element]
    return result


_NO_VALUE = SqlValue(exp.Null(), Type.UNKNOWN)


@lowers_stage(q.PartitionBy)
def partition(relations: Relations, stage: q.PartitionBy, input_: Relation | None) -> Relation:
    """The subquery for every key apart: a lateral join from the distinct keys."""
    assert input_ is not None
    key = stage.key.name
    keys_alias, rows_alias, body_alias = relations.alias("k"), relations.alias("t"), relations.alias("p")
    rows_item, rows_columns = input_.as_source(rows_alias)
    keys = replace(input_.sealed() if input_.is_grouped or input_.windowed or input_.limit is not None else input_, order=[])
    keys = replace(keys, columns={key: relations.keyed(keys.columns[key])}, star=(), distinct=True)
    keys_item, keys_columns = keys.as_source(keys_alias)
    same = exp.NullSafeEQ(this=relations.keyed(rows_columns[key]).node, expression=keys_columns[key].node)
    context = Relation(relations.dialect, rows_item, rows_columns, where=[same], order=list(input_.order))
    relations.contexts[stage.context] = context
    try:
        body = relations.relation(stage.body)
    finally:
        del relations.contexts[stage.context]
    query, sql_names = body.build_named(inner=True)
    subquery = exp.Subquery(this=query, alias=exp.TableAlias(this=names.identifier(body_alias)))
    out = {c.name: replace(body.columns[c.name], node=names.column(sql_names[c.name], body_alias)) for c in stage.columns}
    return Relation(relations.dialect, keys_item, out, joins=[exp.Join(this=exp.Lateral(this=subquery), kind="CROSS")])
