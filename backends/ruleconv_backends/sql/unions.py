"""``union``: legs by name, missing columns as typed NULLs."""

from __future__ import annotations

from sqlglot import exp

from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation
from ruleconv_backends.sql.stages import lowers_stage
from ruleconv_backends.sql.value import SqlValue


@lowers_stage(q.Union)
def union(relations: Relations, stage: q.Union, _: Relation | None) -> Relation:
    """UNION ALL over the legs; a column that a leg lacks is NULL of its type there."""
    dialect = relations.dialect
    queries: list[exp.Expression] = []
    nullable = {c.name: False for c in stage.columns}
    sql_names: dict[str, str] = {}
    for leg in stage.legs:
        relation = relations.relation(leg.input)
        if relation.is_grouped or relation.windowed or relation.limit is not None or relation.whole is not None:
            relation = relation.sealed()
        if relation.limit is None:
            relation.order = []
        columns: dict[str, SqlValue] = {}
        for column, source in zip(stage.columns, leg.sources, strict=True):
            if stage.withsource == column.name:
                value = SqlValue(relations.lowering.cast(names.string(leg.label), Type.STRING), Type.STRING, False)
            elif source is None:
                value = SqlValue(names.null(column.type, dialect), column.type, True)
            else:
                found = relation.columns[source.name]
                value = relations.lowering.convert(found, column.type) if Type.UNKNOWN not in (found.type, column.type) else found
            nullable[column.name] |= value.nullable
            columns[column.name] = value
        relation.columns = columns
        query, sql_names = relation.build_named(inner=True)
        ends = query.args.get("order") or query.args.get("limit")  # would be read as the whole union's
        queries.append(exp.Subquery(this=query) if ends else query)
    whole = queries[0]
    for query in queries[1:]:
        whole = exp.Union(this=whole, expression=query, distinct=False)
    item = exp.Subquery(this=whole, alias=exp.TableAlias(this=names.identifier("u")))
    values = {c.name: SqlValue(names.column(sql_names[c.name]), c.type, nullable[c.name]) for c in stage.columns}
    return Relation(dialect, item, values, tuple(values), whole=whole)
