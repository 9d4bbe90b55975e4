"""Keywords: a pattern that some field of the row matches, at any depth of what is nested. Fields that are missing match nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv_backends.sql import matching, names
from ruleconv_backends.sql.arguments import text_of_constant
from ruleconv_backends.sql.select import conjunction

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_LEAVES = {
    "postgres": 'JSONB_PATH_QUERY(_x, \'strict $.** ? (@.type() <> "object" && @.type() <> "array")\')',
    "duckdb": "JSON_TREE(_x)",
}
_TEXT = {"postgres": "f.value #>> '{}'", "duckdb": "f.atom ->> '$'"}
_ROW = {"postgres": "TO_JSONB", "duckdb": "TO_JSON"}


def match(lowering: Lowering, node: ir.Match, subject: ir.AnyField) -> exp.Expression:
    """TRUE or FALSE, never NULL."""
    patterns = [text_of_constant(pattern) for pattern in node.patterns]
    texts = [text for text in patterns if text is not None]
    if len(texts) != len(patterns):
        raise Unsupported("a keyword that is not a constant", node.span)
    if node.quantifier is ir.Quantifier.ALL:
        return conjunction([_found(lowering, node, subject, [text]) for text in dict.fromkeys(texts)])
    return _found(lowering, node, subject, texts)


def _found(lowering: Lowering, node: ir.Match, subject: ir.AnyField, texts: list[str]) -> exp.Expression:
    dialect = lowering.dialect
    leaves = lowering.template(_LEAVES[dialect], x=_values(lowering, subject))
    columns = [names.identifier("value")] if lowering.postgres else []
    source = exp.Table(this=leaves, alias=exp.TableAlias(this=exp.to_identifier("f"), columns=columns))
    text = lowering.template(_TEXT[dialect])
    test = matching.match_any_literal(lowering, text, texts, node.how, node.fold_case, False)
    query = exp.Select(expressions=[exp.Literal.number("1")]).from_(source, copy=False).where(test, copy=False)
    return exp.Exists(this=query)


def _values(lowering: Lowering, subject: ir.AnyField) -> exp.Expression:
    """The JSON value whose parts are the fields."""
    if subject.of is not None:
        return lowering.value_as(subject.of, Type.DYNAMIC).node
    if lowering.row is None:
        raise Unsupported("a keyword, searched in all fields of rows that are not a table's own", subject.span)
    return exp.Anonymous(this=_ROW[lowering.dialect], expressions=[lowering.row.copy()])
