"""Functions that take a text apart."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call
from ruleconv.ir.types import Type
from ruleconv_backends.sql import dynamic, names
from ruleconv_backends.sql.arguments import constant_text, literal_text, number, unfolded
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_VALID = {"postgres": "CAST(CASE WHEN _x IS JSON THEN _x END AS JSONB)", "duckdb": "CASE WHEN JSON_VALID(_x) THEN CAST(_x AS JSON) END"}
"""Null where the text is no JSON. PostgreSQL computes the CAST of a constant ahead, whatever CASE it stands in, but not what it
has to ask IS JSON for."""
_JSON = {
    "postgres": f"COALESCE({_VALID['postgres']}, TO_JSONB(NULLIF(_x, '')))",
    "duckdb": "CASE WHEN JSON_VALID(_x) THEN CAST(_x AS JSON) ELSE TO_JSON(NULLIF(_x, '')) END",
}


@lowers("parse_json")
def parse_json(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """A dynamic value is itself; other text than JSON is a dynamic string; the empty text is null."""
    value = args[0]
    if value.type is Type.DYNAMIC:
        return value
    constant = literal_text(value)
    if constant == "":
        return SqlValue(names.null(Type.DYNAMIC, lowering.dialect), Type.DYNAMIC, True)
    if constant is not None:
        return SqlValue(names.json_value(_loaded(constant), lowering.dialect), Type.DYNAMIC, False)
    return SqlValue(lowering.template(_JSON[lowering.dialect], x=value.node), Type.DYNAMIC, True)


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


def _loaded(text: str) -> object:
    try:
        value: object = json.loads(text, parse_constant=_no_constant)
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return text
    return value


_STEP = re.compile(r"\.([A-Za-z_][\w-]*)|\[(\d{1,9})\]|\[(?:'([^'\]]+)'|\"([^\"\]]+)\")\]")


@lowers("extract_json")
def extract_json(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """The steps of a path such as ``$.a.b[0]['c d']`` one by one."""
    path, at = constant_text(call, 0, "a path"), 1
    value = args[1]
    if value.type is not Type.DYNAMIC:
        value = SqlValue(lowering.template(_VALID[lowering.dialect], x=unfolded(lowering, value.node)), Type.DYNAMIC, True)
    if not path.startswith("$"):
        raise Unsupported(f"the path {path!r}", call.span, "a path begins with $")
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            raise Unsupported(f"the path {path!r}", call.span, "only .name, [0] and ['name'] are known")
        at = step.end()
        if step[2]:
            key = SqlValue(number(int(step[2])), Type.LONG, False)
        else:
            key = SqlValue(names.string(step[1] or step[3] or step[4]), Type.STRING, False)
        value = SqlValue(dynamic.access(lowering, value, key), Type.DYNAMIC, True)
    return SqlValue(dynamic.as_text(lowering, value.node), Type.STRING, True)


# ---------------------------------------------------------------- CSV and command lines
_RECORD = '^(?:"(?:[^"]|"")*"|[^"\\n\\r])*'
_FIELD = ',("(?:[^"]|"")*"|[^,"]*)'


@lowers("parse_csv")
def parse_csv(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The fields of the first record: every field with a comma before it."""
    bare = """CASE WHEN f LIKE '"%' THEN REPLACE(SUBSTRING(f, 2, LENGTH(f) - 2), '""', '"') ELSE f END"""
    if lowering.postgres:
        text = (
            "(SELECT JSONB_AGG(_bare) FROM REGEXP_MATCHES(CONCAT(',', SUBSTRING(_s FROM _record)), _field, 'g') AS t(m), UNNEST(m) AS u(f))"
        )
    else:
        text = "TO_JSON(LIST_TRANSFORM(REGEXP_EXTRACT_ALL(CONCAT(',', REGEXP_EXTRACT(_s, _record)), _field, 1), f -> _bare))"
    return lowering.template(text.replace("_bare", bare), s=args[0].node, record=names.string(_RECORD), field=names.string(_FIELD))


_TOKENS = {
    "postgres": r'((?:\\"|\\(?!")|[^\s"\\]|"(?:\\"|\\(?!")|[^"\\])*(?:"|$))+)',
    "duckdb": r'((?:\\"|[^\s"]|"(?:\\"|[^"])*"?)+)',
}


@lowers("parse_command_line")
def parse_command_line(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    r"""Words, with quotes around what holds blanks; ``\"`` is a quote."""
    if constant_text(call, 1, "a kind").lower() != "windows":
        raise Unsupported("parse_command_line() of other than 'windows'", call.span)
    bare = r"""REPLACE(REPLACE(REPLACE(w, '\"', CHR(1)), '"', ''), CHR(1), '"')"""
    if lowering.postgres:
        text = "(SELECT COALESCE(JSONB_AGG(_bare), CAST('[]' AS JSONB)) FROM REGEXP_MATCHES(_s, _re, 'g') AS t(m), UNNEST(m) AS u(w))"
    else:
        text = "TO_JSON(LIST_TRANSFORM(REGEXP_EXTRACT_ALL(_s, _re, 1), w -> _bare))"
    return lowering.template(text.replace("_bare", bare), s=args[0].node, re=names.string(_TOKENS[lowering.dialect]))


# ---------------------------------------------------------------- URLs
_URL = {
    "Scheme": "^([A-Za-z][A-Za-z0-9+.-]*):",
    "Host": "^[^:/?#]+://(?:[^/?#@]*@)?([^:/?#]*)",
    "Port": "^[^:/?#]+://(?:[^/?#@]*@)?[^:/?#]*:([0-9]+)",
    "Path": "^[^:/?#]+://[^/?#]*([^?#]*)",
    "Username": "^[^:/?#]+://([^/?#@:]*)(?::[^/?#@]*)?@",
    "Password": "^[^:/?#]+://[^/?#@:]*:([^/?#@]*)@",
    "Fragment": "#(.*)$",
}
_QUERY = "^[^?#]*[?]([^#]*)"
_PARAMETERS = {
    "postgres": (
        "(SELECT COALESCE(JSONB_OBJECT_AGG(SPLIT_PART(p, '=', 1), COALESCE(SUBSTRING(p FROM '=(.*)$'), '')), CAST('{}' AS JSONB))"
        " FROM REGEXP_SPLIT_TO_TABLE(_q, '&') AS t(p) WHERE p <> '')"
    ),
    "duckdb": (
        "(SELECT COALESCE(JSON_GROUP_OBJECT(SPLIT_PART(p, '=', 1), REGEXP_EXTRACT(p, '=(.*)$', 1)), CAST('{}' AS JSON))"
        " FROM (SELECT UNNEST(STR_SPLIT(_q, '&'))) AS t(p) WHERE p <> '')"
    ),
}


def _part(lowering: Lowering, source: exp.Expression, pattern: str) -> exp.Expression:
    """The group of a pattern, '' where it does not match."""
    text = "COALESCE(SUBSTRING(_s FROM _re), '')" if lowering.postgres else "REGEXP_EXTRACT(_s, _re, 1)"
    return lowering.template(text, s=source, re=names.string(pattern))


def _object(lowering: Lowering, entries: dict[str, exp.Expression]) -> exp.Expression:
    name = "JSONB_BUILD_OBJECT" if lowering.postgres else "JSON_OBJECT"
    return exp.Anonymous(this=name, expressions=[node for key, value in entries.items() for node in (names.string(key), value)])


@lowers("parse_url")
def parse_url(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    def made(source: exp.Expression) -> exp.Expression:
        entries = {key: _part(lowering, source.copy(), pattern) for key, pattern in _URL.items()}
        query = lowering.template(_PARAMETERS[lowering.dialect], q=_part(lowering, source.copy(), _QUERY))
        entries["Query Parameters"] = query
        order = ("Scheme", "Host", "Port", "Path", "Username", "Password", "Query Parameters", "Fragment")
        return _object(lowering, {key: entries[key] for key in order})

    return _bound_once(lowering, args[0].node, made)


@lowers("parse_urlquery")
def parse_urlquery(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    return _object(lowering, {"Query Parameters": lowering.template(_PARAMETERS[lowering.dialect], q=args[0].node)})


_PATH = {
    "RootPath": "^([A-Za-z]:)",
    "DirectoryPath": r"^(.*)[\\/]",
    "DirectoryName": r"([^\\/:]*)[\\/][^\\/]*$",
    "Filename": r"([^\\/:]*)(?::[^\\/:]*)?$",
    "Extension": r"[.]([^\\/.:]*)(?::[^\\/:]*)?$",
    "AlternateDataStreamName": r"[^\\/:]{2,}:([^\\/:]*)$",
}
_SCHEME = "^([A-Za-z][A-Za-z0-9+.-]+)://"


@lowers("parse_path")
def parse_path(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    def made(source: exp.Expression) -> exp.Expression:
        rest = lowering.template("REGEXP_REPLACE(_s, _re, '')", s=source.copy(), re=names.string(_SCHEME))
        entries = {"Scheme": _part(lowering, source.copy(), _SCHEME)}
        return _object(lowering, {**entries, **{key: _part(lowering, rest.copy(), pattern) for key, pattern in _PATH.items()}})

    return _bound_once(lowering, args[0].node, made)


def _bound_once(lowering: Lowering, source: exp.Expression, made: object) -> exp.Expression:
    """``made(source)``, by way of a subselect unless the source may stand in the SQL many times."""
    assert callable(made)
    if isinstance(source, (exp.Column, exp.Literal)) or source.find(exp.AggFunc, exp.Window):
        node: exp.Expression = made(source)
        return node
    inner = exp.Select(expressions=[exp.Alias(this=source, alias=names.identifier("_s"))])
    outer = exp.Select(expressions=[made(names.column("_s", "v"))])
    return exp.Subquery(this=outer.from_(exp.Subquery(this=inner, alias=exp.TableAlias(this=names.identifier("v"))), copy=False))


# ---------------------------------------------------------------- versions
@lowers("parse_version")
def parse_version(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Four parts of eight digits each, one behind the other."""
    parts = ", ".join(["SPLIT_PART(_s, '.', 1)", *(f"LPAD(SPLIT_PART(_s, '.', {at}), 8, '0')" for at in (2, 3, 4))])
    test = "_s ~ _re" if lowering.postgres else "REGEXP_MATCHES(_s, _re)"
    type_ = "DECIMAL" if lowering.postgres else "DECIMAL(38, 0)"
    return lowering.template(
        f"CASE WHEN {test} THEN CAST(CONCAT({parts}) AS {type_}) END",
        s=args[0].node,
        re=names.string("^[0-9]{1,8}([.][0-9]{1,8}){0,3}$"),
    )
