"""Strings: pieces, places, counts, replacements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Call, How
from ruleconv.ir.types import Type
from ruleconv_backends.sql import matching, names, regex
from ruleconv_backends.sql.arguments import as_int, constant_list, constant_text, constant_whole, number
from ruleconv_backends.sql.arguments import call as sql_call
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_MOST_REPEATS = 1024
_MOST_OCCURRENCES = 9
_PRIVATE_USE = 0xE000


@lowers("strcat")
def strcat(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """CONCAT takes NULL as the empty text, as Kusto does."""
    return SqlValue(sql_call("CONCAT", *(value.node for value in args)), Type.STRING, False)


@lowers("strcat_delim")
def strcat_delim(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    return sql_call("CONCAT_WS", *(value.node for value in args))


@lowers("strrep")
def strrep(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    times = constant_whole(call, 1)
    if times is None:
        count = lowering.template("CAST(LEAST(GREATEST(_n, 0), 1024) AS INT)", n=args[1].node)
    else:
        count = number(min(max(times, 0), _MOST_REPEATS))
    if len(args) < 3:
        return lowering.template("REPEAT(_s, _n)", s=args[0].node, n=count)
    text = "CASE WHEN _n = 0 THEN '' ELSE CONCAT(REPEAT(CONCAT(_s, _d), _n - 1), _s) END"
    return lowering.template(text, s=args[0].node, n=count, d=args[2].node)


@lowers("substring")
def substring(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """From a zero-based start to SQL's, which counts from 1; a negative start counts from the end."""
    text = args[0].node
    start, length = constant_whole(call, 1), constant_whole(call, 2)
    if length is not None and length <= 0:
        return names.string("")
    rest = [] if len(args) < 3 else [number(length) if length is not None else _not_negative(lowering, args[2])]
    if start is not None and start >= 0:
        return sql_call("SUBSTRING", text, number(start + 1), *rest)
    if start is not None:
        end = sql_call("RIGHT", text, number(-start))
        return sql_call("LEFT", end, rest[0]) if rest else end
    place = "CASE WHEN _start < 0 THEN GREATEST(LENGTH(_text) + _start, 0) ELSE _start END + 1"
    named = {"text": text, "start": as_int(lowering, args[1])}
    if not rest:
        return lowering.template(f"SUBSTRING(_text, {place})", **named)
    return lowering.template(f"SUBSTRING(_text, {place}, _length)", **named, length=rest[0])


def _not_negative(lowering: Lowering, value: SqlValue) -> exp.Expression:
    if lowering.postgres and value.type is not Type.INT:
        return lowering.template("CAST(LEAST(GREATEST(_x, 0), 1073741824) AS INT)", x=value.node)
    return lowering.template("GREATEST(_x, 0)", x=value.node)


@lowers("indexof")
def indexof(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """STRPOS counts from 1 and gives 0 for nothing: one less is Kusto's answer."""
    text, sought = args[0].node, args[1].node
    occurrence = constant_whole(call, 4, 1)
    if len(args) == 2:
        return lowering.template("STRPOS(_s, _m) - 1", s=text, m=sought)
    if occurrence is None or occurrence < 1:
        raise Unsupported("indexof() with an occurrence that is not a constant from 1 on", call.span)
    length = constant_whole(call, 3, -1)
    if occurrence > _MOST_OCCURRENCES or length is None or length < -1:
        raise Unsupported("indexof() with this length or occurrence", call.span)
    if occurrence == 1 and constant_whole(call, 2) == 0 and length == -1:
        return lowering.template("STRPOS(_s, _m) - 1", s=text, m=sought)
    part = "SUBSTRING(_s, _start + 1)" if length < 0 else f"SUBSTRING(_s, _start + 1, {length})"
    found = f"CASE WHEN STRPOS({part}, _m) > 0 THEN STRPOS({part}, _m) - 1 + _start ELSE -1 END"
    place = lowering.template(found, s=text, m=sought, start=start_of(lowering, call, args))
    for _ in range(occurrence - 1):
        before = names.column("_place", "p")
        again = lowering.template(found, s=text, m=sought, start=lowering.template("_x + 1", x=before))
        choice = lowering.template("CASE WHEN _x < 0 THEN -1 ELSE _again END", x=before, again=again)
        inner = exp.Select(expressions=[exp.Alias(this=place, alias=names.identifier("_place"))])
        source = exp.Subquery(this=inner, alias=exp.TableAlias(this=names.identifier("p")))
        place = exp.Subquery(this=exp.Select(expressions=[choice]).from_(source, copy=False))
    return place


def start_of(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Where ``indexof`` begins, from 0; a negative start counts from the end."""
    text, begin = args[0].node, constant_whole(call, 2)
    if begin is None:
        return lowering.template("CASE WHEN _x < 0 THEN GREATEST(LENGTH(_t) + _x, 0) ELSE _x END", x=as_int(lowering, args[2]), t=text)
    if begin < 0:
        return lowering.template("GREATEST(LENGTH(_t) - _x, 0)", x=number(-begin), t=text)
    return number(begin)


def search_region(lowering: Lowering, call: Call, args: list[SqlValue]) -> tuple[exp.Expression, exp.Expression]:
    """The part of the text that ``start`` and ``length`` leave, and where it begins, from 0."""
    text, length = args[0].node, constant_whole(call, 3, -1)
    if length is None:
        raise Unsupported(f"{call.function}() with a length that is not a constant", call.span)
    start = start_of(lowering, call, args)
    if constant_whole(call, 2) == 0 and length < 0:
        return text, start
    begin = constant_whole(call, 2)
    first = number(begin + 1) if begin is not None and begin >= 0 else lowering.template("_x + 1", x=start)
    return sql_call("SUBSTRING", text, first, *([] if length < 0 else [number(length)])), start


@lowers("has_any_index")
def has_any_index(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    values = constant_list(call, 1)
    if values is None:
        raise Unsupported("has_any_index() of an array that is not a constant", call.span)
    ifs = [
        exp.If(this=matching.match_literal(lowering, args[0].node.copy(), str(value), How.TERM, True), true=number(at))
        for at, value in enumerate(values)
    ]
    return exp.Case(ifs=ifs, default=number(-1)) if ifs else number(-1)


@lowers("split")
def split(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """PostgreSQL's STRING_TO_ARRAY makes nothing of the empty text: the pieces of a regular expression are right."""
    text, delimiter = args[0].node, call.args[1]
    if isinstance(delimiter, ir.Literal) and delimiter.value == "":
        raise Unsupported("split() at the empty text", call.span)
    index = constant_whole(call, 2, -1)
    piece = ""
    if len(args) > 2:
        if index is None or index < 0:
            raise Unsupported("split() with an index that is not a constant from 0 on", call.span)
        piece = f"[{index + 1}:{index + 1}]"
    if not lowering.postgres:
        return lowering.template(f"TO_JSON((STR_SPLIT(_s, _d)){piece})" if piece else "TO_JSON(STR_SPLIT(_s, _d))", s=text, d=args[1].node)
    if isinstance(delimiter, ir.Literal) and isinstance(delimiter.value, str):
        pieces = "REGEXP_SPLIT_TO_ARRAY(_s, _d)"
        at = names.string(regex.quoted(delimiter.value))
        return lowering.template(f"TO_JSONB(({pieces}){piece})" if piece else f"TO_JSONB({pieces})", s=text, d=at)
    pieces = "CASE WHEN _s = '' THEN CAST('{\"\"}' AS TEXT[]) ELSE STRING_TO_ARRAY(_s, _d) END"
    return lowering.template(f"TO_JSONB(({pieces}){piece})", s=text, d=args[1].node)


@lowers("replace_strings")
def replace_strings(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """One REPLACE after the other; where one could touch what another has put in, by way of private-use characters."""
    lookups, rewrites = constant_list(call, 1), constant_list(call, 2)
    if lookups is None or rewrites is None:
        raise Unsupported("replace_strings() of arrays that are not constants", call.span)
    pairs = [(look, new) for look, new in zip(lookups, rewrites, strict=False) if isinstance(look, str) and look and isinstance(new, str)]
    if len(pairs) < min(len(lookups), len(rewrites)) or len(pairs) > 200:
        raise Unsupported("replace_strings() with other than texts", call.span)
    node = args[0].node
    if all(_apart(pairs[i][1], pairs[j][0]) for i in range(len(pairs)) for j in range(i + 1, len(pairs))):
        for look, new in pairs:
            node = sql_call("REPLACE", node, names.string(look), names.string(new))
        return node
    for at, (look, _) in enumerate(pairs):
        node = sql_call("REPLACE", node, names.string(look), sql_call("CHR", number(_PRIVATE_USE + at)))
    for at, (_, new) in enumerate(pairs):
        node = sql_call("REPLACE", node, sql_call("CHR", number(_PRIVATE_USE + at)), names.string(new))
    return node


def _apart(rewrite: str, lookup: str) -> bool:
    return bool(rewrite) and not set(rewrite) & set(lookup)


@lowers("countof")
def countof(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Texts overlap; matches of a regular expression do not."""
    kind = constant_text(call, 2, "a kind") if len(args) > 2 else "normal"
    if kind not in ("normal", "regex"):
        raise Unsupported(f"countof() of the kind {kind!r}", call.span, "normal or regex")
    text = args[0].node
    if kind == "regex":
        pattern = names.string(regex.for_match(constant_text(call, 1, "a regular expression"), lowering.dialect, every=True))
        return lowering.template("REGEXP_COUNT(_s, _re)" if lowering.postgres else "LEN(REGEXP_EXTRACT_ALL(_s, _re))", s=text, re=pattern)
    sought = call.args[1]
    if isinstance(sought, ir.Literal) and isinstance(sought.value, str) and sought.value:
        word = sought.value
        if not any(word.startswith(word[i:]) for i in range(1, len(word))):
            size = number(len(word))
            division = "/" if lowering.postgres else "//"
            return lowering.template(f"(LENGTH(_s) - LENGTH(REPLACE(_s, _m, ''))) {division} _n", s=text, m=args[1].node, n=size)
    if lowering.postgres:
        counted = "(SELECT COUNT(*) FROM GENERATE_SERIES(1, LENGTH(_s)) AS t(i) WHERE _m <> '' AND SUBSTRING(_s, i, LENGTH(_m)) = _m)"
    else:
        counted = "LEN(LIST_FILTER(RANGE(1, LENGTH(_s) + 1), i -> _m <> '' AND SUBSTRING(_s, i, LENGTH(_m)) = _m))"
    return lowering.template(counted, s=text, m=args[1].node)


@lowers("translate")
def translate(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """SQL deletes characters that have no partner; Kusto takes the last one for them."""
    old, new = constant_text(call, 0, "a list of characters"), constant_text(call, 1, "a list of characters")
    padded = (new + new[-1:] * len(old))[: max(len(old), len(new))] if new else ""
    return sql_call("TRANSLATE", args[2].node, names.string(old), names.string(padded))
