"""Functions over arrays, bags and sets whose SQL depends on the number or the types of their arguments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv import catalogue
from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.dynamic import as_text
from ruleconv_backends.sql.elements import to_dynamic
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_PAIRS = 40
"""Postgres takes 100 arguments at most."""


def json(lowering: Lowering, value: SqlValue) -> exp.Expression:
    """Any value as a dynamic one."""
    return value.node if value.type is Type.DYNAMIC else to_dynamic(lowering, value)


def _element(lowering: Lowering, value: SqlValue) -> exp.Expression:
    """A value as an argument of a function that makes JSON of it by itself."""
    if value.type in (Type.DATETIME, Type.TIMESPAN, Type.GUID, Type.DECIMAL):
        return to_dynamic(lowering, value)
    node = lowering.text(value) if value.type in (Type.STRING, Type.UNKNOWN) else value.node
    if lowering.postgres and isinstance(node, exp.Literal) and node.is_string:
        return lowering.cast(node, Type.STRING)
    return node


def _arrays(lowering: Lowering, args: Sequence[SqlValue]) -> dict[str, exp.Expression]:
    return {chr(ord("a") + at): json(lowering, value) for at, value in enumerate(args)}


def _guarded(lowering: Lowering, args: Sequence[SqlValue], body: str, **more: exp.Expression) -> exp.Expression:
    """``body`` over the arrays ``_a``, ``_b``; null unless all of them are arrays. Literal arrays need no test."""
    nodes = _arrays(lowering, args)
    tests = []
    for name, node in nodes.items():
        inner = node.this if isinstance(node, exp.Cast) else None
        if isinstance(inner, exp.Literal) and inner.name.startswith("["):
            continue
        tests.append(f"JSONB_TYPEOF(_{name}) = 'array'" if lowering.postgres else f"JSON_TYPE(_{name}) = 'ARRAY'")
    text = f"CASE WHEN {' AND '.join(tests)} THEN {body} END" if tests else body
    return lowering.template(text, **nodes, **more)


@lowers("pack_array")
def pack_array(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    name = "JSONB_BUILD_ARRAY" if lowering.postgres else "JSON_ARRAY"
    return SqlValue(exp.Anonymous(this=name, expressions=[_element(lowering, value) for value in args]), Type.DYNAMIC, False)


@lowers("bag_pack")
def bag_pack(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """Keys and values by turns; in parts, where there are more than Postgres takes."""
    if len(args) % 2:
        raise Unsupported("bag_pack() with a key that has no value", call.span)
    name = "JSONB_BUILD_OBJECT" if lowering.postgres else "JSON_OBJECT"
    parts: list[exp.Expression] = []
    size = 2 * _PAIRS if lowering.postgres else len(args) or 1
    for start in range(0, max(len(args), 1), size):
        cells = [lowering.text(v) if at % 2 == 0 else _element(lowering, v) for at, v in enumerate(args[start : start + size])]
        parts.append(exp.Anonymous(this=name, expressions=cells))
    whole = parts[0]
    for part in parts[1:]:
        whole = exp.DPipe(this=whole, expression=part)
    return SqlValue(whole, Type.DYNAMIC, False)


@lowers("array_concat")
def array_concat(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    letters = list(_arrays(lowering, args))
    if lowering.postgres:
        return _guarded(lowering, args, " || ".join(f"_{letter}" for letter in letters))
    lists = [f"CAST(_{letter} AS JSON[])" for letter in letters]
    return _guarded(lowering, args, f"TO_JSON({' || '.join(lists)})")


@lowers("array_slice")
def array_slice(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    start, end = (arg.value if isinstance(arg, Literal) and isinstance(arg.value, int) else None for arg in call.args[1:3])
    if lowering.postgres:
        if start is not None and end is not None:
            path = names.string(f"$[{_from_end(start)} to {_from_end(end)}]")
            return _guarded(lowering, args[:1], "JSONB_PATH_QUERY_ARRAY(_a, _path)", path=path)
        n = "JSONB_ARRAY_LENGTH(_a)"
        body = (
            "(SELECT COALESCE(JSONB_AGG(e.x ORDER BY e.i), '[]'::jsonb) FROM JSONB_ARRAY_ELEMENTS(_a) WITH ORDINALITY AS e(x, i) "
            f"WHERE e.i - 1 BETWEEN CASE WHEN _s < 0 THEN {n} + _s ELSE _s END AND CASE WHEN _e < 0 THEN {n} + _e ELSE _e END)"
        )
        return _guarded(lowering, args[:1], body, s=args[1].node, e=args[2].node)
    low, high = (
        "_s + 1" if value is not None and value >= 0 else "_s" if value is not None else "CASE WHEN _s < 0 THEN _s ELSE _s + 1 END"
        for value in (start, end)
    )
    return _guarded(
        lowering, args[:1], f"TO_JSON(LIST_SLICE(CAST(_a AS JSON[]), {low}, {high.replace('_s', '_e')}))", s=args[1].node, e=args[2].node
    )


def _from_end(index: int) -> str:
    """An index as a jsonpath has it."""
    return str(index) if index >= 0 else "last" if index == -1 else f"last - {-index - 1}"


@lowers("array_split")
def array_split(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """A slice for every part, where the indices are constants in ascending order."""
    given = call.args[1]
    cuts = given.value if isinstance(given, Literal) else None
    indices = cuts if isinstance(cuts, list) else [cuts]
    if not all(isinstance(index, int) and index >= 0 for index in indices) or indices != sorted(indices):
        raise Unsupported("array_split() by indices that are not constant, positive and ascending", call.span)
    starts = [0, *indices]
    parts = []
    for at, start in enumerate(starts):
        stop = starts[at + 1] - 1 if at + 1 < len(starts) else None
        if lowering.postgres:
            path = f"$[{start} to {'last' if stop is None else stop}]" if stop is None or stop >= start else "$[*] ? (1 == 2)"
            parts.append(f"JSONB_PATH_QUERY_ARRAY(_a, '{path}')")
        else:
            parts.append(f"LIST_SLICE(CAST(_a AS JSON[]), {start + 1}, {'LEN(CAST(_a AS JSON[]))' if stop is None else stop + 1})")
    return _guarded(
        lowering, args[:1], f"JSONB_BUILD_ARRAY({', '.join(parts)})" if lowering.postgres else f"JSON_ARRAY({', '.join(parts)})"
    )


@lowers("array_shift_left", "array_shift_right")
def array_shift(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    record = catalogue.function(call.function)
    assert record is not None and record.sql is not None
    default = json(lowering, args[2]) if len(args) > 2 else names.null(Type.DYNAMIC, lowering.dialect)
    return lowering.template(record.sql.template(lowering.dialect), array=args[0].node, shift_count=args[1].node, default=default)


@lowers("array_iff")
def array_iff(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    condition = json(lowering, args[0])
    values = {name: json(lowering, value) for name, value in zip(("t", "f"), args[1:], strict=True)}
    if lowering.postgres:
        pick = {
            n: f"CASE WHEN JSONB_TYPEOF(_{n}) = 'array' THEN JSONB_ARRAY_ELEMENT(_{n}, CAST(e.i - 1 AS INT)) ELSE _{n} END"
            for n in ("t", "f")
        }
        truth = "CASE JSONB_TYPEOF(e.x) WHEN 'boolean' THEN CAST(e.x AS BOOLEAN) WHEN 'number' THEN CAST(e.x AS DECIMAL) <> 0 END"
        body = (
            f"(SELECT COALESCE(JSONB_AGG(CASE {truth} WHEN TRUE THEN {pick['t']} WHEN FALSE THEN {pick['f']} END ORDER BY e.i), '[]'::jsonb) "
            "FROM JSONB_ARRAY_ELEMENTS(_c) WITH ORDINALITY AS e(x, i))"
        )
        return lowering.template(f"CASE WHEN JSONB_TYPEOF(_c) = 'array' THEN {body} END", c=condition, **values)
    pick = {n: f"CASE WHEN JSON_TYPE(_{n}) = 'ARRAY' THEN JSON_EXTRACT(_{n}, i - 1) ELSE _{n} END" for n in ("t", "f")}
    truth = "CASE WHEN JSON_TYPE(CAST(_c AS JSON[])[i]) IN ('BOOLEAN', 'UBIGINT', 'BIGINT', 'DOUBLE') THEN TRY_CAST(CAST(_c AS JSON[])[i] AS BOOLEAN) END"
    body = f"TO_JSON(LIST_TRANSFORM(RANGE(1, LEN(CAST(_c AS JSON[])) + 1), LAMBDA i : CASE {truth} WHEN TRUE THEN {pick['t']} WHEN FALSE THEN {pick['f']} END))"
    return lowering.template(f"CASE WHEN JSON_TYPE(_c) = 'ARRAY' THEN {body} END", c=condition, **values)


@lowers("array_sort_asc", "array_sort_desc")
def array_sort(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Numbers by value, strings by code point, nulls last."""
    if len(args) != 1:
        raise Unsupported(f"{call.function}() of several arrays", call.span)
    order = "DESC" if call.function.endswith("desc") else "ASC"
    if lowering.postgres:
        number = "CASE WHEN JSONB_TYPEOF(e.x) = 'number' THEN CAST(e.x AS DECIMAL) END"
        body = (
            f"(SELECT COALESCE(JSONB_AGG(e.x ORDER BY JSONB_TYPEOF(e.x) = 'null', {number} {order} NULLS LAST, (e.x #>> '{{}}') COLLATE \"C\" {order}), '[]'::jsonb) "
            "FROM JSONB_ARRAY_ELEMENTS(_a) AS e(x))"
        )
    else:
        number = "CASE WHEN JSON_TYPE(e.x) <> 'VARCHAR' THEN TRY_CAST(e.x AS DOUBLE) END"
        body = (
            f"(SELECT COALESCE(TO_JSON(LIST(e.x ORDER BY COALESCE(JSON_TYPE(e.x) = 'NULL', TRUE), {number} {order} NULLS LAST, (e.x ->> '$') {order})), '[]'::json) "
            "FROM (SELECT UNNEST(CAST(_a AS JSON[])) AS x) AS e)"
        )
    return _guarded(lowering, args, body)


@lowers("array_index_of")
def array_index_of(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    if len(args) > 2:
        raise Unsupported("array_index_of() with a start", call.span, "slice the array first, with array_slice()")
    value = json(lowering, args[1])
    if lowering.postgres:
        body = "COALESCE((SELECT MIN(e.i) - 1 FROM JSONB_ARRAY_ELEMENTS(_a) WITH ORDINALITY AS e(x, i) WHERE e.x = _value), -1)"
    else:
        body = "COALESCE(CAST(LIST_POSITION(CAST(_a AS JSON[]), _value) AS BIGINT), 0) - 1"
    return _guarded(lowering, args[:1], body, value=value)


@lowers("set_has_element")
def set_has_element(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    body = "_a @> _value" if lowering.postgres else "LIST_CONTAINS(CAST(_a AS JSON[]), _value)"
    return _guarded(lowering, args[:1], body, value=json(lowering, args[1]))


_IN = "e.x IN (SELECT f.x FROM JSONB_ARRAY_ELEMENTS(_{}) AS f(x))"
_SET = "COALESCE((SELECT JSONB_AGG(DISTINCT e.x) FROM JSONB_ARRAY_ELEMENTS(_a) AS e(x) WHERE {}), '[]'::jsonb)"


@lowers("set_union", "set_intersect", "set_difference")
def set_of(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The elements as a set; their order is as undefined as Kusto's."""
    letters = list(_arrays(lowering, args))
    others = letters[1:]
    if lowering.postgres:
        if call.function == "set_union":
            all_ = " || ".join(f"_{letter}" for letter in letters)
            body = f"COALESCE((SELECT JSONB_AGG(DISTINCT e.x) FROM JSONB_ARRAY_ELEMENTS({all_}) AS e(x)), '[]'::jsonb)"
        else:
            test = " AND ".join(("" if call.function == "set_intersect" else "NOT ") + _IN.format(letter) for letter in others)
            body = _SET.format(test)
        return _guarded(lowering, args, body)
    lists = {letter: f"CAST(_{letter} AS JSON[])" for letter in letters}
    if call.function == "set_union":
        body = " || ".join(lists.values())
    else:
        sign = "" if call.function == "set_intersect" else "NOT "
        body = lists["a"]
        for letter in others:
            body = f"LIST_FILTER({body}, LAMBDA e : {sign}LIST_CONTAINS({lists[letter]}, e))"
    return _guarded(lowering, args, f"TO_JSON(LIST_DISTINCT({body}))")


@lowers("set_equals")
def set_equals(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    if lowering.postgres:
        missing = (
            "EXISTS(SELECT 1 FROM JSONB_ARRAY_ELEMENTS(_{}) AS e(x) WHERE NOT e.x IN (SELECT f.x FROM JSONB_ARRAY_ELEMENTS(_{}) AS f(x)))"
        )
        return _guarded(lowering, args, f"NOT {missing.format('a', 'b')} AND NOT {missing.format('b', 'a')}")
    return _guarded(lowering, args, "LIST_SORT(LIST_DISTINCT(CAST(_a AS JSON[]))) = LIST_SORT(LIST_DISTINCT(CAST(_b AS JSON[])))")


@lowers("bag_merge")
def bag_merge(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The first bag's value wins; what is no bag counts as an empty one."""
    letters = list(_arrays(lowering, args))
    if lowering.postgres:
        parts = [f"CASE WHEN JSONB_TYPEOF(_{letter}) = 'object' THEN _{letter} ELSE '{{}}'::jsonb END" for letter in reversed(letters)]
        body = " || ".join(parts)
    else:
        parts = [
            f"CAST(CASE WHEN JSON_TYPE(_{letter}) = 'OBJECT' THEN _{letter} ELSE '{{}}'::json END AS MAP(TEXT, JSON))"
            for letter in reversed(letters)
        ]
        body = f"TO_JSON(MAP_CONCAT({', '.join(parts)}))"
    return lowering.template(body, **_arrays(lowering, args))


_PATH = re.compile(r"\$([.][A-Za-z_]\w*|\[\d+\])+")


@lowers("bag_has_key")
def bag_has_key(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """A key, or a path that begins with ``$``."""
    key = call.args[1]
    if isinstance(key, Literal) and isinstance(key.value, str) and key.value.startswith("$"):
        if not _PATH.fullmatch(key.value):
            raise Unsupported("this path of bag_has_key()", key.span)
        name = "JSONB_PATH_EXISTS" if lowering.postgres else "JSON_EXISTS"
        return exp.Anonymous(this=name, expressions=[args[0].node, names.string(key.value)])
    record = catalogue.function("bag_has_key")
    assert record is not None and record.sql is not None
    return lowering.template(record.sql.template(lowering.dialect), bag=args[0].node, key=args[1].node)


@lowers("bag_set_key")
def bag_set_key(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    if lowering.postgres:
        body = "CASE WHEN JSONB_TYPEOF(_a) = 'object' THEN _a || JSONB_BUILD_OBJECT(_key, _value) END"
    else:
        body = "CASE WHEN JSON_TYPE(_a) = 'OBJECT' THEN TO_JSON(MAP_CONCAT(CAST(_a AS MAP(TEXT, JSON)), MAP([_key], [_value]))) END"
    key = lowering.cast(args[1].node, Type.STRING) if lowering.postgres and isinstance(args[1].node, exp.Literal) else args[1].node
    return lowering.template(body, a=args[0].node, key=key, value=json(lowering, args[2]))


@lowers("zip")
def zip_(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    letters = list(_arrays(lowering, args))
    if lowering.postgres:
        n = f"GREATEST({', '.join(f'JSONB_ARRAY_LENGTH(_{letter})' for letter in letters)})"
        cells = ", ".join(f"JSONB_ARRAY_ELEMENT(_{letter}, g.i)" for letter in letters)
        body = (
            f"(SELECT COALESCE(JSONB_AGG(JSONB_BUILD_ARRAY({cells}) ORDER BY g.i), '[]'::jsonb) FROM GENERATE_SERIES(0, {n} - 1) AS g(i))"
        )
    else:
        n = f"GREATEST({', '.join(f'LEN(CAST(_{letter} AS JSON[]))' for letter in letters)})"
        cells = ", ".join(f"CAST(_{letter} AS JSON[])[i]" for letter in letters)
        body = f"TO_JSON(LIST_TRANSFORM(RANGE(1, {n} + 1), LAMBDA i : [{cells}]))"
    return _guarded(lowering, args, body)


@lowers("repeat")
def repeat(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    body = (
        "(SELECT COALESCE(JSONB_AGG(_value), '[]'::jsonb) FROM GENERATE_SERIES(1, _count))"
        if lowering.postgres
        else "TO_JSON(LIST_TRANSFORM(RANGE(_count), LAMBDA i : _value))"
    )
    return lowering.template(body, value=json(lowering, args[0]), count=args[1].node)


@lowers("range")
def range_(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """An array of whole numbers, reals, times or spans."""
    kinds = {value.type for value in args[:2]}
    type_ = (
        Type.LONG
        if kinds <= {Type.INT, Type.LONG}
        else Type.REAL
        if kinds <= {Type.INT, Type.LONG, Type.REAL, Type.DECIMAL}
        else args[0].type
    )
    if type_ not in (Type.LONG, Type.REAL, Type.DATETIME):
        raise Unsupported(f"range() of {type_}", call.span)
    step = (
        args[2]
        if len(args) > 2
        else SqlValue(exp.Literal.number("1") if type_ is not Type.DATETIME else names.interval(36_000_000_000), Type.LONG, False)
    )
    if type_ is not Type.DATETIME and step.type is Type.REAL:
        type_ = Type.REAL
    nodes = {"start": args[0].node, "stop": args[1].node, "step": step.node}
    if type_ is Type.REAL:
        nodes = {name: lowering.cast(node, Type.DECIMAL if lowering.postgres else Type.REAL) for name, node in nodes.items()}
        if not lowering.postgres:
            body = "COALESCE(TO_JSON(LIST_TRANSFORM(RANGE(CAST(FLOOR((_stop - _start) / _step + 1e-9) AS BIGINT) + 1), LAMBDA i : _start + i * _step)), '[]'::json)"
            return lowering.template(body, **nodes)
    item = to_dynamic(lowering, SqlValue(names.column("x", "g"), type_, False)) if type_ is Type.DATETIME else names.column("x", "g")
    if lowering.postgres:
        body = "(SELECT COALESCE(JSONB_AGG(_item), '[]'::jsonb) FROM GENERATE_SERIES(_start, _stop, _step) AS g(x))"
    else:
        body = "(SELECT COALESCE(TO_JSON(LIST(_item)), '[]'::json) FROM GENERATE_SERIES(_start, _stop, _step) AS g(x))"
    return lowering.template(body, item=item, **nodes)


@lowers("dynamic_to_json")
def dynamic_to_json(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    return as_text(lowering, json(lowering, args[0]))
