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

_LONG = ("-9223372036854775808", "9223372036854775807")
_WRAPPED = {
    "postgres": "CAST(((_n & 4294967295) # 2147483648) - 2147483648 AS INT)",
    "duckdb": "CAST(XOR(_n & 4294967295, 2147483648) - 2147483648 AS INT)",
}


def _whole(dialect: str, name: str, low: str, high: str) -> str:
    """Of a number: what a long holds (an int takes its low 32 bits), of a larger one the largest that there is."""
    if dialect == "postgres":
        number = "CAST(TRUNC(CAST(_x AS DECIMAL)) AS BIGINT)"
        inside = f"WHEN CAST(_x AS DECIMAL) BETWEEN {_LONG[0]} AND {_LONG[1]}"
        text, boolean = (
            "CASE JSONB_TYPEOF(_x) WHEN 'string' THEN _spelled WHEN 'boolean' THEN CAST(CAST(_x AS BOOLEAN) AS INT)",
            "WHEN 'number' THEN",
        )
        outside = f"WHEN CAST(_x AS DECIMAL) > 0 THEN {high} ELSE {low}"
    else:
        number = "TRY_CAST(TRUNC(TRY_CAST((_x ->> '$') AS DECIMAL(38, 9))) AS BIGINT)"
        inside = f"WHEN {number} IS NOT NULL"
        text, boolean = f"CASE JSON_TYPE(_x) WHEN 'VARCHAR' THEN _spelled WHEN 'BOOLEAN' THEN CAST(CAST(_x AS BOOLEAN) AS {name})", "ELSE"
        outside = f"WHEN TRY_CAST((_x ->> '$') AS DOUBLE) > 0 THEN {high} WHEN TRY_CAST((_x ->> '$') AS DOUBLE) < 0 THEN {low}"
    taken = number if name == "BIGINT" else _WRAPPED[dialect].replace("_n", number)
    return f"{text} {boolean} CASE {inside} THEN {taken} {outside} END END"


_WHOLE = {
    (dialect, type_): _whole(dialect, name, *limits)
    for dialect in ("postgres", "duckdb")
    for type_, name, limits in ((Type.LONG, "BIGINT", _LONG), (Type.INT, "INT", ("-2147483648", "2147483647")))
}
"""Numbers are truncated and booleans count; a string must spell a whole number (the emulator's answers)."""

_BOOL = {
    "postgres": "CASE JSONB_TYPEOF(_x) WHEN 'number' THEN CAST(_x AS DECIMAL) <> 0 ELSE _spelled END",
    "duckdb": "CASE JSON_TYPE(_x) WHEN 'DOUBLE' THEN CAST((_x ->> '$') AS DOUBLE) <> 0 ELSE _spelled END",
}
_REAL = {
    "postgres": "CASE JSONB_TYPEOF(_x) WHEN 'boolean' THEN CAST(CAST(_x AS BOOLEAN) AS INT) ELSE _spelled END",
    "duckdb": "CASE JSON_TYPE(_x) WHEN 'BOOLEAN' THEN CAST(CAST(_x AS BOOLEAN) AS INT) ELSE _spelled END",
}


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
        if not node.name:
            return names.string("/")  # the pointer to the key ""; an empty step gives the value itself
        return names.string(f'$."{_escaped(node.name)}"') if node.name.startswith(("$", "/")) or "*" in node.name else node
    # A pointer, for which no text is an error. (In an array it would take "0" for the index: no query reads one by a text.)
    return exp.Paren(this=lowering.template("'/' || REPLACE(REPLACE(_key, '~', '~0'), '/', '~1')", key=node))


def _escaped(key: str) -> str:
    """As between the quotes of DuckDB's paths."""
    return key.replace("\\", "\\\\").replace('"', '\\"')


def dynamic_to(lowering: Lowering, node: exp.Expression, type_: Type) -> exp.Expression:
    """The value as text (bare for a string, JSON for a container), or as another type by way of that text. NULL for null."""
    if type_ is Type.DYNAMIC:
        return node
    text = as_text(lowering, node)
    if type_ in (Type.STRING, Type.UNKNOWN):
        return text
    if type_.is_integer:
        spelled = lowering.convert(SqlValue(text, Type.STRING, True), type_).node
        return lowering.template(_WHOLE[lowering.dialect, type_], x=node, spelled=spelled)
    spelled = lowering.convert(SqlValue(text, Type.STRING, True), type_).node
    if type_ is Type.BOOL:
        return lowering.template(_BOOL[lowering.dialect], x=node, spelled=spelled)
    if type_ is Type.REAL:
        return lowering.template(_REAL[lowering.dialect], x=node, spelled=spelled)
    return spelled


def as_text(lowering: Lowering, node: exp.Expression) -> exp.Expression:
    """``->>``: the last step's own where the value is one, else of the whole value."""
    inner = node.this if isinstance(node, exp.Paren) else node
    if isinstance(inner, JsonGet):
        return JsonGetText(this=inner.this.copy(), expression=inner.expression.copy())
    if lowering.postgres:
        return lowering.template("_x #>> '{}'", x=node)
    return JsonGetText(this=_base(node), expression=names.string("$"))
