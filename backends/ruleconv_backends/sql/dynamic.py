"""Steps into dynamic values, and their conversion to other types.

Semantics: https://learn.microsoft.com/kusto/query/scalar-data-types/dynamic (a missing step is null, never an error).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.nodes import JsonGet, JsonGetText
from ruleconv_backends.sql.template import parenthesised
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


def access(lowering: Lowering, base: SqlValue, key: SqlValue) -> exp.Expression:
    """``base[key]`` as JSON: a key of a bag, or an index of an array (negative from the end)."""
    return JsonGet(this=_base(base.node), expression=_step(lowering, key))


def _base(node: exp.Expression) -> exp.Expression:
    return node if isinstance(node, JsonGet) else parenthesised(node)


def _step(lowering: Lowering, key: SqlValue) -> exp.Expression:
    node = key.node
    if key.type.is_numeric:
        literal = isinstance(node, exp.Literal) or (isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal))
        return node if literal else lowering.cast(node, Type.INT)
    if key.type is Type.DYNAMIC:
        node = dynamic_to(lowering, node, Type.STRING)
    if lowering.postgres:
        return parenthesised(node)
    if isinstance(node, exp.Literal) and node.is_string:
        # DuckDB reads a step that begins with $ or / as a path.
        return names.string(f'$."{node.name}"') if node.name.startswith(("$", "/")) or "*" in node.name else node
    return lowering.template("""'$."' || _key || '"'""", key=node)


def dynamic_to(lowering: Lowering, node: exp.Expression, type_: Type) -> exp.Expression:
    """The value as text (bare for a string, JSON for a container), or as another type by way of that text. NULL for null."""
    if type_ is Type.DYNAMIC:
        return node
    text = as_text(lowering, node)
    if type_ in (Type.STRING, Type.UNKNOWN):
        return text
    return lowering.convert(SqlValue(text, Type.STRING, True), type_).node


def as_text(lowering: Lowering, node: exp.Expression) -> exp.Expression:
    """``->>``: the last step's own where the value is one, else of the whole value."""
    inner = node.this if isinstance(node, exp.Paren) else node
    if isinstance(inner, JsonGet):
        return JsonGetText(this=inner.this.copy(), expression=inner.expression.copy())
    return lowering.template("_x #>> '{}'" if lowering.postgres else "_x ->> '$'", x=node) if lowering.postgres else JsonGetText(
        this=_base(node), expression=names.string("$")
    )
