"""``mv-expand``, ``mv-apply`` and ``partition``: rows out of arrays, and subqueries that run once for every row or key.

Semantics: https://learn.microsoft.com/kusto/query/mv-expand-operator (a null gives one row, an empty array none, a bag its entries).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
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
        "WHEN 'OBJECT' THEN LIST_TRANSFORM(MAP_ENTRIES(CAST(_x AS MAP(TEXT, JSON))), LAMBDA e : TO_JSON(MAP([e.key], [e.value]))) "
        "ELSE [_x] END"
    ),
    ("duckdb", True): (
        "CASE JSON_TYPE(_x) WHEN 'ARRAY' THEN CAST(_x AS JSON[]) "
        "WHEN 'OBJECT' THEN LIST_TRANSFORM(MAP_ENTRIES(CAST(_x AS MAP(TEXT, JSON))), LAMBDA e : TO_JSON([TO_JSON(e.key), e.value])) "
        "ELSE [_x] END"
    ),
}


def elements(relations: Relations, value: SqlValue, kind_array: bool) -> exp.Expression:
    """The array that a dynamic value is spread from: JSONB for Postgres, a list of JSON for DuckDB."""
    lowering = relations.lowering
    if value.type is not Type.DYNAMIC:
        value = lowering.convert(value, Type.DYNAMIC)
    return lowering.template(_ELEMENTS[relations.dialect, kind_array], x=value.node)


def lateral(relations: Relations, arrays: Sequence[exp.Expression], alias: str, index: bool) -> exp.Expression:
    """CROSS JOIN LATERAL over the arrays in parallel: columns ``value1``, ``value2`` ... and ``index`` (from 1)."""
    value_names = [f"value{at + 1}" if len(arrays) > 1 else "value" for at in range(len(arrays))]
    column_names = [names.identifier(name) for name in (*value_names, *(("index",) if index else ()))]
    if relations.dialect == "postgres":
        calls = [exp.Anonymous(this="JSONB_ARRAY_ELEMENTS", expressions=[array]) for array in arrays]
        source: exp.Expression = calls[0] if len(calls) == 1 else exp.Anonymous(this="ROWS FROM ", expressions=calls)
        item: exp.Expression = exp.Table(
            this=source, alias=exp.TableAlias(this=names.identifier(alias), columns=column_names), ordinality=index
        )
        return exp.Join(this=exp.Lateral(this=item), kind="CROSS")
    spread: list[exp.Expression] = [
        exp.Alias(this=exp.Anonymous(this="UNNEST", expressions=[array]), alias=names.identifier(name))
        for array, name in zip(arrays, value_names, strict=True)
    ]
    if index:
        lengths = [exp.Anonymous(this="LEN", expressions=[array.copy()]) for array in arrays]
        most: exp.Expression = lengths[0] if len(lengths) == 1 else exp.Anonymous(this="GREATEST", expressions=lengths)
        numbers = exp.Anonymous(this="GENERATE_SERIES", expressions=[exp.Literal.number("1"), most])
        spread.append(exp.Alias(this=exp.Anonymous(this="UNNEST", expressions=[numbers]), alias=names.identifier("index")))
    subquery = exp.Subquery(this=exp.Select(expressions=spread), alias=exp.TableAlias(this=names.identifier(alias), columns=column_names))
    return exp.Join(this=exp.Lateral(this=subquery), kind="CROSS")


def _spread(relations: Relations, stage: q.Expand | q.Apply, relation: Relation, alias: str) -> tuple[Relation, dict[str, SqlValue]]:
    """The input as a FROM item with the lateral elements; and the expanded columns."""
    lowering = relations.lowering
    kind_array = isinstance(stage, q.Expand) and stage.kind_array
    item, columns = relation.as_source(alias)
    with lowering.over(columns):
        arrays = [elements(relations, lowering.expr(v.value), kind_array) for v in stage.values]
    index = stage.item_index is not None or stage.limit is not None
    element_alias = relations.alias("e")
    join = lateral(relations, arrays, element_alias, index)
    made: dict[str, SqlValue] = {}
    for at, value in enumerate(stage.values):
        name = f"value{at + 1}" if len(arrays) > 1 else "value"
        element = SqlValue(names.column(name, element_alias), Type.DYNAMIC, True)
        made[value.name] = lowering.convert(element, value.type) if value.type is not Type.DYNAMIC else element
    if stage.item_index is not None:
        number = exp.Sub(this=names.column("index", element_alias), expression=exp.Literal.number("1"))
        made[stage.item_index] = SqlValue(number, Type.LONG, False)
    result = Relation(relations.dialect, item, columns, joins=[join])
    if stage.limit is not None:
        count = lowering.expr(stage.limit).node
        result.where.append(exp.LTE(this=names.column("index", element_alias), expression=count))
    return result, made


@lowers_stage(q.Expand)
def expand(relations: Relations, stage: q.Expand, input_: Relation | None) -> Relation:
    """The input's rows, one for every element."""
    assert input_ is not None
    order = input_.order
    relation, made = _spread(relations, stage, input_, "t")
    merged = {**relation.columns, **made}
    relation.columns = {c.name: merged[c.name] for c in stage.columns}
    if order:
        relation.order = [
            exp.Ordered(
                this=exp.column(key.this.name, table="t", quoted=True), desc=key.args.get("desc"), nulls_first=key.args.get("nulls_first")
            )
            for key in order
            if isinstance(key.this, exp.Column) and key.this.name in input_.columns
        ]
    return relation


@lowers_stage(q.Apply)
def apply(relations: Relations, stage: q.Apply, input_: Relation | None) -> Relation:
    """The subquery as a lateral join: it sees the row's columns and its expanded elements."""
    assert input_ is not None
    alias = relations.alias("t")
    lowering = relations.lowering
    item, columns = input_.unordered().as_source(alias)
    with lowering.over(columns):
        arrays = [elements(relations, lowering.expr(v.value), False) for v in stage.values]
    element_alias = relations.alias("e")
    join = lateral(relations, arrays, element_alias, index=True)
    source = join.this.this if isinstance(join.this, exp.Lateral) else join.this
    made: dict[str, SqlValue] = {}
    for at, value in enumerate(stage.values):
        name = f"value{at + 1}" if len(arrays) > 1 else "value"
        element = SqlValue(names.column(name, element_alias), Type.DYNAMIC, True)
        made[value.name] = lowering.convert(element, value.type) if value.type is not Type.DYNAMIC else element
    if stage.item_index is not None:
        made[stage.item_index] = SqlValue(
            exp.Sub(this=names.column("index", element_alias), expression=exp.Literal.number("1")), Type.LONG, False
        )
    context = Relation(
        relations.dialect, source, {**columns, **made}, order=[exp.Ordered(this=names.column("index", element_alias), nulls_first=False)]
    )
    if stage.limit is not None:
        with lowering.over({}):
            count = lowering.expr(stage.limit).node
        context.where.append(exp.LTE(this=names.column("index", element_alias), expression=count))
    relations.contexts[stage.context] = context
    try:
        body = relations.relation(stage.body)
    finally:
        del relations.contexts[stage.context]
    body_alias = relations.alias("a")
    if (body.is_grouped and body.distinct) or body.whole is not None:
        body = body.sealed()
    wanted = {name: value for name, value in body.columns.items() if name in stage.from_body}
    body.columns, body.star = wanted, ()
    query, sql_names = body.unordered().build_named(inner=True)
    subquery = exp.Subquery(this=query, alias=exp.TableAlias(this=names.identifier(body_alias)))
    out = {
        c.name: replace(wanted[c.name], node=names.column(sql_names[c.name], body_alias)) if c.name in wanted else columns[c.name]
        for c in stage.columns
    }
    return Relation(relations.dialect, item, out, joins=[exp.Join(this=exp.Lateral(this=subquery), kind="CROSS")])


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
