"""Sets and bags. Semantics: https://learn.microsoft.com/kusto/query/set-union-function, bag-merge-function and their neighbours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv import catalogue
from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.arguments import constant_list
from ruleconv_backends.sql.functions.dynamic import EMPTY, arrays, guarded, items, json
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_IN = "e.x IN (SELECT f.x FROM JSONB_ARRAY_ELEMENTS(_{}) AS f(x))"
_PATH = re.compile(r"\$([.][A-Za-z_]\w*|\[\d+\])+")
_MEMBERS = re.compile(r"\$([.][A-Za-z_]\w*)+")


# ---------------------------------------------------------------- sets
def members(lowering: Lowering, function: str, letters: list[str]) -> str:
    """The distinct elements: JSONB on PostgreSQL, a list on DuckDB."""
    others = letters[1:]
    if lowering.postgres:
        source = " || ".join(f"_{letter}" for letter in letters) if function == "set_union" else "_a"
        sign = "" if function == "set_intersect" else "NOT "
        where = "" if function == "set_union" else " WHERE " + " AND ".join(sign + _IN.format(letter) for letter in others)
        return f"COALESCE((SELECT JSONB_AGG(DISTINCT e.x) FROM JSONB_ARRAY_ELEMENTS({source}) AS e(x){where}), {EMPTY['postgres']})"
    if function == "set_union":
        return f"LIST_DISTINCT({' || '.join(items(letter) for letter in letters)})"
    body = items("a")
    for letter in others:
        body = f"LIST_FILTER({body}, LAMBDA e : {'' if function == 'set_intersect' else 'NOT '}LIST_CONTAINS({items(letter)}, e))"
    return f"LIST_DISTINCT({body})"


@lowers("set_union", "set_intersect", "set_difference")
def set_of(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The elements as a set; their order is as undefined as Kusto's."""
    nodes = arrays(lowering, args)
    body = members(lowering, call.function, list(nodes))
    return guarded(lowering, nodes, body if lowering.postgres else f"TO_JSON({body})")


@lowers("set_has_element")
def set_has_element(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Of that type: the text "2" is not the number 2."""
    value = json(lowering, args[1])
    if lowering.postgres:
        if args[1].type is Type.DYNAMIC:
            return guarded(lowering, arrays(lowering, args[:1]), "_a @> JSONB_BUILD_ARRAY(_value)", value=value)
        return guarded(lowering, arrays(lowering, args[:1]), "_a @> _value", value=value)
    return guarded(lowering, arrays(lowering, args[:1]), f"LIST_CONTAINS({items('a')}, _value)", value=value)


@lowers("set_equals")
def set_equals(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    nodes = arrays(lowering, args)
    if lowering.postgres:
        missing = f"EXISTS(SELECT 1 FROM JSONB_ARRAY_ELEMENTS(_{{}}) AS e(x) WHERE NOT {_IN})"
        return guarded(lowering, nodes, f"NOT {missing.format('a', 'b')} AND NOT {missing.format('b', 'a')}")
    return guarded(lowering, nodes, f"LIST_SORT(LIST_DISTINCT({items('a')})) = LIST_SORT(LIST_DISTINCT({items('b')}))")


@lowers("jaccard_index")
def jaccard_index(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """The size of the intersection by that of the union."""
    nodes = arrays(lowering, args)
    both, either = (members(lowering, name, list(nodes)) for name in ("set_intersect", "set_union"))
    if lowering.postgres:
        body = f"CAST(JSONB_ARRAY_LENGTH({both}) AS DOUBLE PRECISION) / NULLIF(JSONB_ARRAY_LENGTH({either}), 0)"
        return SqlValue(lowering.template("TO_JSONB(_x)", x=guarded(lowering, nodes, body)), Type.DYNAMIC, True)
    body = f"CAST(LEN({both}) AS DOUBLE) / NULLIF(LEN({either}), 0)"
    return SqlValue(lowering.template("TO_JSON(_x)", x=guarded(lowering, nodes, body)), Type.DYNAMIC, True)


# ---------------------------------------------------------------- bags
@lowers("bag_merge")
def bag_merge(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The first bag's value wins; what is no bag counts as an empty one."""
    nodes = arrays(lowering, args)
    if lowering.postgres:
        parts = [f"CASE JSONB_TYPEOF(_{letter}) WHEN 'object' THEN _{letter} ELSE CAST('{{}}' AS JSONB) END" for letter in reversed(nodes)]
        return lowering.template(" || ".join(parts), **nodes)
    parts = [
        f"CAST(CASE JSON_TYPE(_{letter}) WHEN 'OBJECT' THEN _{letter} ELSE CAST('{{}}' AS JSON) END AS MAP(TEXT, JSON))"
        for letter in reversed(nodes)
    ]
    if len(parts) == 1:
        return lowering.template("CASE JSON_TYPE(_a) WHEN 'OBJECT' THEN _a ELSE CAST('{}' AS JSON) END", **nodes)
    return lowering.template(f"TO_JSON(MAP_CONCAT({', '.join(parts)}))", **nodes)


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
    assert record is not None
    assert record.sql is not None
    return lowering.template(record.sql.template(lowering.dialect), bag=args[0].node, key=args[1].node)


@lowers("bag_remove_keys")
def bag_remove_keys(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Keys of the first level; of constants, also paths that begin with ``$``."""
    keys = constant_list(call, 1)
    paths = [key for key in keys or [] if isinstance(key, str) and key.startswith("$")]
    if not paths:
        record = catalogue.function("bag_remove_keys")
        assert record is not None
        assert record.sql is not None
        return lowering.template(record.sql.template(lowering.dialect), bag=args[0].node, keys=args[1].node)
    chains = []
    for key in keys or []:
        if not isinstance(key, str) or (key.startswith("$") and not _MEMBERS.fullmatch(key)):
            raise Unsupported("bag_remove_keys() with such a path", call.args[1].span)
        chains.append(key[2:].split(".") if key.startswith("$") else [key])
    body, nodes = "_bag", {"bag": args[0].node}
    for at, steps in enumerate(chains):
        letter = chr(ord("a") + at)
        if lowering.postgres:
            nodes[letter] = exp.Array(expressions=[names.string(step) for step in steps])
            body = f"{body} #- _{letter}"
            continue
        # A null in the patch takes the key out; the test keeps the patch from making the bags on the way to it.
        nodes[letter] = names.json_value(_nested(steps, None), "duckdb")
        nodes[f"{letter}_path"] = names.string("$" + "".join(f'."{step}"' for step in steps))
        body = f"JSON_MERGE_PATCH({body}, CASE WHEN JSON_EXISTS(_bag, _{letter}_path) THEN _{letter} ELSE CAST('{{}}' AS JSON) END)"
    if len(chains) > 20:
        raise Unsupported("bag_remove_keys() with more than 20 paths", call.args[1].span)
    test = "JSONB_TYPEOF(_bag) = 'object'" if lowering.postgres else "JSON_TYPE(_bag) = 'OBJECT'"
    return lowering.template(f"CASE WHEN {test} THEN {body} END", **nodes)


def _nested(steps: list[str], value: object) -> object:
    for step in reversed(steps):
        value = {step: value}
    return value


@lowers("bag_set_key")
def bag_set_key(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    key = call.args[1]
    if isinstance(key, Literal) and isinstance(key.value, str) and key.value.startswith("$"):
        return _set_inner(lowering, call, args, key.value)
    if lowering.postgres:
        body = "CASE JSONB_TYPEOF(_a) WHEN 'object' THEN _a || JSONB_BUILD_OBJECT(_key, _value) END"
    else:
        body = "CASE JSON_TYPE(_a) WHEN 'OBJECT' THEN TO_JSON(MAP_CONCAT(CAST(_a AS MAP(TEXT, JSON)), MAP([_key], [_value]))) END"
    node = lowering.cast(args[1].node, Type.STRING) if lowering.postgres and isinstance(args[1].node, exp.Literal) else args[1].node
    return lowering.template(body, a=args[0].node, key=node, value=json(lowering, args[2]))


def _set_inner(lowering: Lowering, call: Call, args: list[SqlValue], path: str) -> exp.Expression:
    """A key of a bag in the bag, which is made where it is missing."""
    steps = path[2:].split(".") if _MEMBERS.fullmatch(path) else []
    if len(steps) != 2 or args[2].type is Type.DYNAMIC or args[2].nullable:
        raise Unsupported("bag_set_key() with such a path", call.args[1].span, "merge the bags with bag_merge()")
    value = json(lowering, args[2])
    outer, inner = (names.string(step) for step in steps)
    if lowering.postgres:
        body = "_a || JSONB_BUILD_OBJECT(_o, COALESCE(JSONB_OBJECT_FIELD(_a, _o), CAST('{}' AS JSONB)) || JSONB_BUILD_OBJECT(_i, _v))"
        return lowering.template(f"CASE JSONB_TYPEOF(_a) WHEN 'object' THEN {body} END", a=args[0].node, o=outer, i=inner, v=value)
    body = "JSON_MERGE_PATCH(_a, JSON_OBJECT(_o, JSON_OBJECT(_i, _v)))"
    return lowering.template(f"CASE JSON_TYPE(_a) WHEN 'OBJECT' THEN {body} END", a=args[0].node, o=outer, i=inner, v=value)
