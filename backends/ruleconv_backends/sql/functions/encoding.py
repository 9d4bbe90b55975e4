"""Encodings. Bytes that are no text give NULL, which stands for the empty text; PostgreSQL's text cannot hold the character NUL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call, Literal
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.arguments import call as sql_call
from ruleconv_backends.sql.arguments import unfolded
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_NEXT = "[89ab][0-9a-f]"
_CODES = r"^\[([1-9][0-9]{0,4}, *)*[1-9][0-9]{0,4}\]$"
"""A JSON array of code points of up to five digits."""

_UTF8 = (
    f"^((0[1-9a-f]|[1-7][0-9a-f])|(c[2-9a-f]|d[0-9a-f]){_NEXT}|(e0[ab][0-9a-f]|e[1-9a-cef]{_NEXT}|ed[89][0-9a-f]){_NEXT}"
    f"|(f0[9ab][0-9a-f]|f[1-3]{_NEXT}|f48[0-9a-f])({_NEXT}){{2}})*$"
)
"""The hexadecimal digits of valid UTF-8 without NUL."""


def _text_of_hex(lowering: Lowering, digits: exp.Expression) -> exp.Expression:
    """PostgreSQL: the text of bytes in hexadecimal, without NULs; NULL where they are no UTF-8."""
    template = "(SELECT CASE WHEN h ~ _utf8 THEN CONVERT_FROM(DECODE(h, 'hex'), 'UTF8') END FROM (SELECT _digits AS h) AS v)"
    without = sql_call("REGEXP_REPLACE", digits, names.string("00|((?!00)..)"), names.string(r"\1"), names.string("g"))
    return lowering.template(template, utf8=names.string(_UTF8), digits=without)


def _tried(lowering: Lowering, text: str, node: exp.Expression) -> exp.Expression:
    """DuckDB: ``text`` over ``_s``, NULL where it raises. TRY takes no subselect: one is put before it, because it stands twice."""
    template = f"CASE WHEN NOT _s IS NULL THEN TRY({text}) END" if node.find(exp.Subquery) else f"TRY({text})"
    return lowering.template(template, s=node)


@lowers("base64_decode_tostring")
def base64_decode_tostring(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    if not lowering.postgres:
        return _tried(lowering, "DECODE(FROM_BASE64(_s))", args[0].node)
    message = "base64_decode_tostring(): PostgreSQL's text cannot hold the character NUL (UTF-16 in base64), which is left out"
    lowering.note("SQW020", Effect.CHANGES, message, call.span)
    template = "CASE WHEN _s ~ _re THEN ENCODE(DECODE(_s, 'base64'), 'hex') END"
    return _text_of_hex(lowering, lowering.template(template, s=unfolded(lowering, args[0].node), re=names.string(_BASE64)))


@lowers("url_decode")
def url_decode(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    if not lowering.postgres:
        return _tried(lowering, "URL_DECODE(_s)", args[0].node)  # what is no UTF-8 raises
    digits = (
        "(SELECT STRING_AGG(CASE WHEN m[1] ~ '^%..$' THEN LOWER(SUBSTRING(m[1] FROM 2))"
        " ELSE ENCODE(CONVERT_TO(m[1], 'UTF8'), 'hex') END, '') FROM REGEXP_MATCHES(_s, '(%[0-9A-Fa-f]{2}|[^%]+|%)', 'g') AS t(m))"
    )
    return _text_of_hex(lowering, lowering.template(digits, s=args[0].node))


@lowers("unicode_codepoints_to_string")
def unicode_codepoints_to_string(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Constants are put together here."""
    parts: list[exp.Expression] = []
    for argument, value in zip(call.args, args, strict=True):
        points = argument.value if isinstance(argument, Literal) else None
        listed = points if isinstance(points, list) else [points]
        if isinstance(argument, Literal) and all(isinstance(p, int) and 0 < p < 0x110000 and not 0xD800 <= p < 0xE000 for p in listed):
            parts.append(names.string("".join(chr(p) for p in listed if isinstance(p, int))))
        elif value.type is Type.DYNAMIC:
            if lowering.postgres:
                codes = "CASE WHEN JSONB_TYPEOF(_x) = 'array' AND CAST(_x AS TEXT) ~ _re THEN _x END"
                text = "(SELECT STRING_AGG(CHR(CAST(e AS INT)), '') FROM JSONB_ARRAY_ELEMENTS_TEXT(_codes) AS t(e))"
            else:
                codes = "CASE WHEN REGEXP_MATCHES(CAST(_x AS TEXT), _re) THEN CAST(_x AS TEXT) END"
                text = "ARRAY_TO_STRING(LIST_TRANSFORM(CAST(_codes AS BIGINT[]), e -> CHR(CAST(e AS INT))), '')"
            parts.append(lowering.template(text, codes=lowering.template(codes, x=value.node, re=names.string(_CODES))))
        else:
            valid = "_x BETWEEN 1 AND 55295 OR _x BETWEEN 57344 AND 1114111"
            parts.append(lowering.template(f"CASE WHEN {valid} THEN CHR(CAST(_x AS INT)) END", x=value.node))
    if not parts:
        raise Unsupported("unicode_codepoints_to_string() of nothing", call.span)
    return parts[0] if len(parts) == 1 else sql_call("CONCAT", *parts)
