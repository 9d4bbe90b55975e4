"""Arrays: cut, moved, sorted, searched. Semantics: https://learn.microsoft.com/kusto/query/array-slice-function and its neighbours."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv import catalogue
from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.arguments import constant_list, constant_whole
from ruleconv_backends.sql.functions.dynamic import EMPTY, arrays, guarded, items, json
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


@lowers("array_concat")
def array_concat(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    nodes = arrays(lowering, args)
    if lowering.postgres:
        return guarded(lowering, nodes, " || ".join(f"_{letter}" for letter in nodes))
    return guarded(lowering, nodes, f"TO_JSON({' || '.join(items(letter) for letter in nodes)})")


@lowers("array_slice")
def array_slice(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Both ends included; below zero, they count from the end."""
    start, end = constant_whole(call, 1), constant_whole(call, 2)
    nodes = arrays(lowering, args[:1])
    if lowering.postgres:
        if start is not None and end is not None:
            return guarded(
                lowering, nodes, "JSONB_PATH_QUERY_ARRAY(_a, _path)", path=names.string(f"$[{_from_end(start)} to {_from_end(end)}]")
            )
        n = "JSONB_ARRAY_LENGTH(_a)"
        body = (
            f"(SELECT COALESCE(JSONB_AGG(e.x ORDER BY e.i), {EMPTY['postgres']}) FROM JSONB_ARRAY_ELEMENTS(_a) WITH ORDINALITY AS e(x, i) "
            f"WHERE e.i - 1 BETWEEN CASE WHEN _s < 0 THEN {n} + _s ELSE _s END AND CASE WHEN _e < 0 THEN {n} + _e ELSE _e END)"
        )
        return guarded(lowering, nodes, body, s=args[1].node, e=args[2].node)
    low, high = (
        names.integer(value + 1 if value >= 0 else value)
        if value is not None
        else lowering.template("CASE WHEN _s < 0 THEN _s ELSE _s + 1 END", s=arg.node)
        for value, arg in ((start, args[1]), (end, args[2]))
    )
    return guarded(lowering, nodes, f"TO_JSON(LIST_SLICE({items('a')}, _s, _e))", s=low, e=high)


def _from_end(index: int) -> str:
    """An index as a jsonpath has it."""
    return str(index) if index >= 0 else "last" if index == -1 else f"last - {-index - 1}"


@lowers("array_split")
def array_split(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """A slice for every part: between one (constant) index and the next."""
    cuts = constant_list(call, 1) or [constant_whole(call, 1)]
    indices = [index for index in cuts if isinstance(index, int) and not isinstance(index, bool)]
    if len(indices) != len(cuts) or (indices != sorted(indices)) or (indices[0] < 0 <= indices[-1]):
        raise Unsupported("array_split() by indices that are not constant and ascending", call.span)
    parts = []
    borders: list[int | None] = [0, *indices, None]
    for start, stop in pairwise(borders):
        assert start is not None
        if lowering.postgres:
            last = "last" if stop is None else _from_end(stop - 1)
            path = "$[*] ? (1 == 2)" if stop is not None and (stop == start or stop == 0) else f"$[{_from_end(start)} to {last}]"
            parts.append(f"JSONB_PATH_QUERY_ARRAY(_a, '{path}')")
        else:
            n = f"LEN({items('a')})"
            low = f"{start + 1}" if start >= 0 else f"GREATEST({n} - {-start} + 1, 1)"
            high = n if stop is None else f"{stop}" if stop >= 0 else f"{n} - {-stop}"
            parts.append(f"LIST_SLICE({items('a')}, {low}, {high})" if high != "0" else "[]")
    body = f"JSONB_BUILD_ARRAY({', '.join(parts)})" if lowering.postgres else f"JSON_ARRAY({', '.join(parts)})"
    return guarded(lowering, arrays(lowering, args[:1]), body)


@lowers("array_shift_left", "array_shift_right")
def array_shift(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    record = catalogue.function(call.function)
    assert record is not None
    assert record.sql is not None
    default = json(lowering, args[2]) if len(args) > 2 else names.null(Type.DYNAMIC, lowering.dialect)
    return lowering.template(record.sql.template(lowering.dialect), array=args[0].node, shift_count=args[1].node, default=default)


@lowers("array_iff")
def array_iff(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Element by element; a condition that is neither a boolean nor a number gives null."""
    nodes = {"c": json(lowering, args[0])}
    values = {name: json(lowering, value) for name, value in zip(("t", "f"), args[1:], strict=True)}
    lists = {name: value.type is Type.DYNAMIC for name, value in zip(("t", "f"), args[1:], strict=True)}
    pick = {}
    for n, may_be_list in lists.items():
        if lowering.postgres:
            at = f"CASE JSONB_TYPEOF(_{n}) WHEN 'array' THEN JSONB_ARRAY_ELEMENT(_{n}, CAST(e.i - 1 AS INT)) ELSE _{n} END"
        else:
            at = f"CASE JSON_TYPE(_{n}) WHEN 'ARRAY' THEN {items(n)}[i] ELSE _{n} END"
        pick[n] = at if may_be_list else f"_{n}"
    if lowering.postgres:
        truth = "CASE JSONB_TYPEOF(e.x) WHEN 'boolean' THEN CAST(e.x AS BOOLEAN) WHEN 'number' THEN CAST(e.x AS DECIMAL) <> 0 END"
        body = (
            f"(SELECT COALESCE(JSONB_AGG(CASE {truth} WHEN TRUE THEN {pick['t']} WHEN FALSE THEN {pick['f']} END ORDER BY e.i), "
            f"{EMPTY['postgres']}) "
            "FROM JSONB_ARRAY_ELEMENTS(_c) WITH ORDINALITY AS e(x, i))"
        )
    else:
        kind = f"JSON_TYPE({items('c')}[i]) IN ('BOOLEAN', 'UBIGINT', 'BIGINT', 'DOUBLE')"
        truth = f"CASE WHEN {kind} THEN NOT {items('c')}[i] IN ('false', '0', '0.0') END"
        choice = f"CASE {truth} WHEN TRUE THEN {pick['t']} WHEN FALSE THEN {pick['f']} END"
        body = f"TO_JSON(LIST_TRANSFORM(RANGE(1, LEN({items('c')}) + 1), LAMBDA i : {choice}))"
    return guarded(lowering, nodes, body, **values)


@lowers("array_sort_asc", "array_sort_desc")
def array_sort(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Numbers by value, then strings by code point, then the rest; nulls last, or first if the last argument is false.

    Of several arrays, an array of them, all in the order of the first; null for one of another length.
    """
    last = call.args[-1]
    nulls_last = True
    if args[-1].type is Type.BOOL:
        if not isinstance(last, Literal):
            raise Unsupported(f"{call.function}() with a place for nulls that is not constant", last.span)
        nulls_last, args = last.value is not False, args[:-1]
    if not args or any(value.type is not Type.DYNAMIC for value in args):
        raise Unsupported(f"{call.function}() of something that is no array", call.span)
    order = "DESC" if call.function.endswith("desc") else "ASC"
    nulls = "" if nulls_last else " DESC"
    if lowering.postgres:
        keys = (
            f"JSONB_TYPEOF(_e) = 'null'{nulls}, CASE JSONB_TYPEOF(_e) WHEN 'number' THEN 0 WHEN 'string' THEN 1 ELSE 2 END, "
            f"CASE JSONB_TYPEOF(_e) WHEN 'number' THEN CAST(_e AS DECIMAL) END {order}, (_e #>> '{{}}') COLLATE \"C\" {order}"
        )
    else:
        kind = "CASE WHEN JSON_TYPE(_e) IN ('UBIGINT', 'BIGINT', 'DOUBLE') THEN 0 WHEN JSON_TYPE(_e) = 'VARCHAR' THEN 1 ELSE 2 END"
        keys = (
            f"JSON_TYPE(_e) = 'NULL'{nulls}, {kind}, CASE WHEN JSON_TYPE(_e) <> 'VARCHAR' THEN TRY_CAST(_e AS DOUBLE) END {order}, "
            f"JSON_EXTRACT_STRING(_e, '$') {order}"
        )
    nodes, empty = arrays(lowering, args), EMPTY[lowering.dialect]
    if len(args) == 1:
        by = keys.replace("_e", "e.x")
        if lowering.postgres:
            return guarded(
                lowering, nodes, f"(SELECT COALESCE(JSONB_AGG(e.x ORDER BY {by}), {empty}) FROM JSONB_ARRAY_ELEMENTS(_a) AS e(x))"
            )
        source = f"(SELECT UNNEST({items('a')}) AS x) AS e"
        return guarded(lowering, nodes, f"(SELECT COALESCE(TO_JSON(LIST(e.x ORDER BY {by})), {empty}) FROM {source})")
    parts = []
    for letter in nodes:
        if lowering.postgres:
            by, picked = keys.replace("_e", "e.x"), f"JSONB_ARRAY_ELEMENT(_{letter}, CAST(e.i - 1 AS INT))"
            source = "JSONB_ARRAY_ELEMENTS(_a) WITH ORDINALITY AS e(x, i)"
            same = f"CASE JSONB_TYPEOF(_{letter}) WHEN 'array' THEN JSONB_ARRAY_LENGTH(_{letter}) END = JSONB_ARRAY_LENGTH(_a)"
            made = f"(SELECT COALESCE(JSONB_AGG({picked} ORDER BY {by}, e.i), {empty}) FROM {source})"
        else:
            by = keys.replace("_e", "e.p[1]")
            source = f"(SELECT UNNEST(LIST_ZIP({items('a')}, {items(letter)}, RANGE(LEN({items('a')})))) AS p) AS e"
            same = f"LEN({items(letter)}) = LEN({items('a')})"
            made = f"(SELECT COALESCE(TO_JSON(LIST(e.p[2] ORDER BY {by}, e.p[3])), {empty}) FROM {source})"
        parts.append(f"CASE WHEN {same} THEN {made} END")
    build = "JSONB_BUILD_ARRAY" if lowering.postgres else "JSON_ARRAY"
    body = f"{build}({', '.join(parts)})"
    return guarded(lowering, {"a": nodes["a"]}, body, **{name: node for name, node in nodes.items() if name != "a"})


@lowers("array_index_of")
def array_index_of(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """From ``start`` (below zero: from the end) on, among ``length`` elements (-1: all), the ``occurrence``-th (1); -1 for none."""
    nodes, value = arrays(lowering, args[:1]), json(lowering, args[1])
    if len(args) == 2:
        if lowering.postgres:
            body = "COALESCE((SELECT MIN(e.i) - 1 FROM JSONB_ARRAY_ELEMENTS(_a) WITH ORDINALITY AS e(x, i) WHERE e.x = _value), -1)"
        else:
            body = f"COALESCE(CAST(LIST_POSITION({items('a')}, _value) AS BIGINT), 0) - 1"
        return SqlValue(guarded(lowering, nodes, body, value=value), Type.LONG, True)
    given = [constant_whole(call, at, default) for at, default in ((2, 0), (3, -1), (4, 1))]
    start, length, occurrence = given
    if start is None or length is None or occurrence is None:
        raise Unsupported("array_index_of() with a place that is not constant", call.span)
    if length < -1 or occurrence < 0:
        return SqlValue(names.null(Type.LONG, lowering.dialect), Type.LONG, True)
    n = "JSONB_ARRAY_LENGTH(_a)" if lowering.postgres else f"CAST(LEN({items('a')}) AS BIGINT)"
    first = f"{start}" if start >= 0 else f"GREATEST({n} - {-start}, 0)"
    where = f"{{i}} > {first}" + (f" AND {{i}} <= {first} + {length}" if length >= 0 else "")
    nth = max(occurrence, 1)
    if lowering.postgres:
        source = f"JSONB_ARRAY_ELEMENTS(_a) WITH ORDINALITY AS e(x, i) WHERE e.x = _value AND {where.format(i='e.i')}"
        body = f"COALESCE((SELECT e.i - 1 FROM {source} ORDER BY e.i LIMIT 1 OFFSET {nth - 1}), -1)"
    else:
        found = f"LIST_FILTER(RANGE(1, LEN({items('a')}) + 1), LAMBDA i : {items('a')}[i] = _value AND {where.format(i='i')})"
        body = f"COALESCE({found}[{nth}], 0) - 1"
    return SqlValue(guarded(lowering, nodes, body, value=value), Type.LONG, True)
