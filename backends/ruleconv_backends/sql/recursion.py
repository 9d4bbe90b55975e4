"""A walk over ordered rows that carries a state from one to the next: a recursive CTE over the numbered rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.select import Relation
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.relation import Relations

Columns = Mapping[str, SqlValue]
Level = Callable[[Columns], Mapping[str, SqlValue]]
"""(all columns that are known so far: the row's and the state's) -> further columns."""


def walked(relations: Relations, relation: Relation, row: str, start: Columns, levels: Sequence[Level]) -> Relation:
    """The rows of ``relation`` (numbered by its column ``row``) with the state's columns after each row.

    ``start``: the state before the first row. ``levels``: each adds columns that it computes from the row, the old state and the levels
    before; those of the last level are the new state (the names of ``start``) and whatever else shall come out.
    """
    rows_name, walk_name = relations.alias("rows"), relations.alias("walk")
    query, sql_names = relation.unordered().build_named(inner=True)
    row_columns = {
        name: SqlValue(names.column(sql_names[name], "r"), value.type, value.nullable) for name, value in relation.columns.items()
    }
    old = {name: SqlValue(names.column(name, "w"), value.type, True) for name, value in start.items()}
    next_row = exp.EQ(this=row_columns[row].node, expression=exp.Add(this=names.column(row, "w"), expression=exp.Literal.number("1")))
    join = exp.Join(this=names.table(rows_name, "r"), kind="INNER", on=next_row)
    source: exp.Expression = names.table(walk_name, "w")
    joins, known = [join], {**row_columns, **old}
    for level in levels[:-1]:
        added = dict(level(known))
        items = [_item(value.node, _inner(name, known)) for name, value in {**known, **added}.items()]
        step = exp.Select(expressions=items).from_(source, copy=False)
        for part in joins:
            step.append("joins", part)
        alias = relations.alias("s")
        source, joins = exp.Subquery(this=step, alias=exp.TableAlias(this=names.identifier(alias))), []
        known = {name: SqlValue(names.column(_inner(name, known), alias), v.type, v.nullable) for name, v in {**known, **added}.items()}
    new = levels[-1](known)
    first = [_item(relations.lowering.cast(exp.Literal.number("0"), Type.LONG), row)]
    then = [known[row].node.copy()]
    for name, value in new.items():
        initial = start[name].node if name in start else exp.Null()
        first.append(_item(_cast(relations, initial, value.type), name))
        then.append(_cast(relations, value.node, value.type))
    recursive = exp.Select(expressions=then).from_(source, copy=False)
    for part in joins:
        recursive.append("joins", part)
    walk = exp.Union(this=exp.Select(expressions=first), expression=recursive, distinct=False)
    ctes = [exp.CTE(this=query, alias=_alias(rows_name)), exp.CTE(this=walk, alias=_alias(walk_name))]
    made = {name: SqlValue(names.column(name, "w"), value.type, True) for name, value in new.items()}
    same_row = exp.EQ(this=row_columns[row].node.copy(), expression=names.column(row, "w"))
    items = [exp.Column(this=exp.Star(), table=names.identifier("r")), *(value.node.copy() for value in made.values())]
    whole = exp.Select(expressions=items).from_(names.table(rows_name, "r"), copy=False)
    whole.append("joins", exp.Join(this=names.table(walk_name, "w"), kind="INNER", on=same_row))
    whole.set("with_", exp.With(expressions=ctes, recursive=True))
    columns = {name: SqlValue(names.column(sql_names[name]), value.type, value.nullable) for name, value in relation.columns.items()}
    columns.update({name: SqlValue(names.column(name), value.type, True) for name, value in made.items()})
    source = exp.Subquery(this=whole, alias=_alias("t"))
    order = [exp.Ordered(this=columns[row].node.copy(), nulls_first=False)]
    return Relation(relations.dialect, source, columns, tuple(columns), order=order)


def _cast(relations: Relations, node: exp.Expression, type_: Type) -> exp.Expression:
    """Both halves of a recursive query must give the very same types."""
    to = names.sql_type(type_, relations.dialect)
    return node.copy() if isinstance(node, exp.Cast) and node.to == to else relations.lowering.cast(node.copy(), type_)


def _inner(name: str, known: Columns) -> str:
    """The name of a column within the steps of the walk: the one that it already has."""
    node = known[name].node if name in known else None
    return node.name if isinstance(node, exp.Column) else name


def _item(node: exp.Expression, name: str) -> exp.Expression:
    return node.copy() if isinstance(node, exp.Column) and node.name == name else exp.Alias(this=node.copy(), alias=names.identifier(name))


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=names.identifier(name))
