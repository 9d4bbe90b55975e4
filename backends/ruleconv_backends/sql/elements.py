"""Between rows, typed values and dynamic arrays: what several lowerings share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


def to_dynamic(lowering: Lowering, value: SqlValue) -> exp.Expression:
    """A typed value as a dynamic one: times and guids as their Kusto text, NULL stays NULL."""
    node = value.node
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Null):
        return names.null(Type.DYNAMIC, lowering.dialect)
    if value.type in (Type.DATETIME, Type.TIMESPAN, Type.GUID, Type.DECIMAL):
        node = lowering.convert(value, Type.STRING).node
        if isinstance(node, exp.Coalesce) and value.nullable:
            node = exp.Nullif(this=node, expression=exp.Literal.string(""))
    if value.type in (Type.STRING, Type.UNKNOWN):
        node = lowering.text(value)
    if lowering.postgres and isinstance(node, exp.Literal) and node.is_string:
        node = lowering.cast(node, Type.STRING)
    return exp.Anonymous(this="TO_JSONB" if lowering.postgres else "TO_JSON", expressions=[node])


def elements_as_text(lowering: Lowering, node: exp.Expression, alias: str, column: str) -> exp.Expression:
    """A FROM item with one text column: the elements of a dynamic array (a scalar counts as an array of one)."""
    table = exp.TableAlias(this=names.identifier(alias), columns=[names.identifier(column)])
    if lowering.postgres:
        array = lowering.template("CASE JSONB_TYPEOF(_x) WHEN 'array' THEN _x ELSE JSONB_BUILD_ARRAY(_x) END", x=node)
        return exp.Table(this=exp.Anonymous(this="JSONB_ARRAY_ELEMENTS_TEXT", expressions=[array]), alias=table)
    array = lowering.template("CASE JSON_TYPE(_x) WHEN 'ARRAY' THEN JSON_EXTRACT_STRING(_x, '$[*]') ELSE [_x ->> '$'] END", x=node)
    return exp.Subquery(this=exp.Select(expressions=[exp.Anonymous(this="UNNEST", expressions=[array])]), alias=table)
