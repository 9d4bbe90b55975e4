"""Conversions, by the type that they start from. They never raise: every cast of a text stands behind a guard that PostgreSQL can fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Access, Call, Literal
from ruleconv.ir.types import Type
from ruleconv.kql import literal as kql_literal
from ruleconv_backends.sql import dynamic, names
from ruleconv_backends.sql.arguments import call as sql_call
from ruleconv_backends.sql.arguments import constant_text, constant_whole, literal_text, number, unfolded
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_WHOLE = r"^\s*([-+]?[0-9]+|0[xX][0-9a-fA-F]+)\s*$"
_REAL = r"^\s*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[-+]?[0-9]{1,3})?\s*$|^\s*([-+]?inf(inity)?|nan)\s*$"
_DECIMAL = r"^\s*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[-+]?[0-9]{1,2})?\s*$"
_TRUE = r"^\s*(true|[-+]?0*[1-9][0-9]*|0x0*[1-9a-f][0-9a-f]*)\s*$"
_FALSE = r"^\s*(false|[-+]?0+|0x0+)\s*$"
_GUID = r"^\s*[{]?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}[}]?\s*$"
_CLOCK = r"^\s*-?([0-9]{1,8}[.])?([01]?[0-9]|2[0-3]):[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]+)?)?\s*$"
_OFFSET = ":[0-9.]+ *[-+][0-9]"
"""A time of the day with the distance from UTC behind it."""

_TICKS_OF_EPOCH = "621355968000000000"
_MOST_TICKS = "3155378975999999999"
_SPAN = "MAKE_INTERVAL(days => CAST(_x / 864000000000 AS INT), secs => _x % 864000000000 / 10 / 1000000.0)"
"""PostgreSQL: the interval of so many ticks; whole microseconds only."""

_FORMATS = (
    "['%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y', '%m-%d-%Y', '%d %b %y %H:%M:%S', '%d %b %y %H:%M', '%d %b %Y %H:%M:%S',"
    " '%d %b %Y %H:%M', '%d-%b-%y %H:%M:%S', '%d-%b-%y %H:%M']"
)
_AROUND = "^[A-Za-z]+, *| *GMT$"
"""What RFC 822 and RFC 850 put around a time. %y comes before %Y, which takes the two digits for a year of antiquity."""


def _long(low: str, high: str, type_: str) -> str:
    return f"CASE WHEN NOT _x ~ '{_WHOLE}' THEN NULL WHEN CAST(_x AS DECIMAL) BETWEEN {low} AND {high} THEN CAST(_x AS {type_}) END"


_FROM_TEXT: dict[tuple[str, Type], str] = {
    ("postgres", Type.LONG): _long("-9223372036854775808", "9223372036854775807", "BIGINT"),
    ("postgres", Type.INT): _long("-2147483648", "2147483647", "INT"),
    ("postgres", Type.REAL): (f"CAST(CASE WHEN _x ~* '{_REAL}' AND PG_INPUT_IS_VALID(_x, 'float8') THEN _x END AS DOUBLE PRECISION)"),
    ("postgres", Type.DECIMAL): f"CASE WHEN _x ~* '{_DECIMAL}' THEN CAST(_x AS DECIMAL) END",
    ("postgres", Type.BOOL): f"CASE WHEN _x ~* '{_TRUE}' THEN TRUE WHEN _x ~* '{_FALSE}' THEN FALSE END",
    ("postgres", Type.GUID): f"CASE WHEN _x ~* '{_GUID}' THEN CAST(TRIM(_x) AS UUID) END",
    ("postgres", Type.TIMESPAN): (
        rf"CASE WHEN _x ~ '{_CLOCK}' THEN CAST(REGEXP_REPLACE(REGEXP_REPLACE(_x, '([.][0-9]{{6}})[0-9]+', '\1'),"
        r" '(-?)([0-9]+)[.]([0-9]+:)', '\1\2 days \1\3') AS INTERVAL) END"
    ),
    ("postgres", Type.DATETIME): (
        f"CASE WHEN NOT (_x ~ '[0-9][-/ ]' AND PG_INPUT_IS_VALID(_x, 'timestamp')) THEN NULL WHEN _x ~ '{_OFFSET}'"
        r" THEN CAST(REGEXP_REPLACE(_x, '([.][0-9]{6})[0-9]+', '\1') AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        r" ELSE CAST(REGEXP_REPLACE(_x, '([.][0-9]{6})[0-9]+', '\1') AS TIMESTAMP) END"
    ),
    ("duckdb", Type.LONG): f"TRY_CAST(REGEXP_EXTRACT(_x, '{_WHOLE}') AS BIGINT)",
    ("duckdb", Type.INT): f"TRY_CAST(REGEXP_EXTRACT(_x, '{_WHOLE}') AS INT)",
    ("duckdb", Type.REAL): "TRY_CAST(REPLACE(_x, '_', 'x') AS DOUBLE)",
    ("duckdb", Type.DECIMAL): "TRY_CAST(REPLACE(_x, '_', 'x') AS DECIMAL(38, 18))",
    ("duckdb", Type.BOOL): f"CASE WHEN REGEXP_MATCHES(_x, '(?i){_TRUE}') THEN TRUE WHEN REGEXP_MATCHES(_x, '(?i){_FALSE}') THEN FALSE END",
    ("duckdb", Type.GUID): "TRY_CAST(TRIM(_x) AS UUID)",
    ("duckdb", Type.TIMESPAN): (
        rf"TRY_CAST(REGEXP_REPLACE(REGEXP_EXTRACT(_x, '{_CLOCK}'), '(-?)([0-9]+)[.]([0-9]+:)', '\1\2 days \1\3') AS INTERVAL)"
    ),
    ("duckdb", Type.DATETIME): (
        f"CASE WHEN REGEXP_MATCHES(_x, '{_OFFSET}') THEN TRY_CAST(_x AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        " WHEN REGEXP_MATCHES(_x, '[0-9]') THEN COALESCE(TRY_CAST(_x AS TIMESTAMP),"
        f" TRY_STRPTIME(REGEXP_REPLACE(_x, '{_AROUND}', '', 'g'), {_FORMATS})) END"
    ),
}
"""Texts to other types, by dialect. (DuckDB reads ``1_000`` as a number, Kusto does not.)"""


@lowers("tolong", "toint", "todouble", "todecimal", "tobool", "todatetime", "totimespan", "toguid")
def convert(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """``to..()`` of any value. The call's type says to what."""
    value, type_ = args[0], call.type
    if value.type is type_:
        return value
    constant = literal_text(value)
    if constant is not None and value.type is Type.STRING:
        found = _constant(constant, type_)
        if found is not None:
            return SqlValue(names.literal(found, type_, lowering.dialect), type_, False)
    match value.type:
        case Type.STRING | Type.UNKNOWN:
            template = _FROM_TEXT[lowering.dialect, type_]
            return SqlValue(lowering.template(template, x=unfolded(lowering, value.node)), type_, True)
        case Type.DYNAMIC:
            return SqlValue(dynamic.dynamic_to(lowering, value.node, type_), type_, True)
        case _:
            return SqlValue(_between(lowering, value, type_, call), type_, value.nullable)


def _constant(text: str, type_: Type) -> object:
    """The value of a text that is known; None where the engine is to find it."""
    try:
        match type_:
            case Type.DATETIME if any(c in "-/:" for c in text):
                return kql_literal.datetime_value(text)
            case Type.LONG | Type.INT if text.isascii() and text.isdecimal():
                return int(text) if int(text) < 1 << (63 if type_ is Type.LONG else 31) else None
            case _:
                return None
    except ValueError:
        return None


def _between(lowering: Lowering, value: SqlValue, type_: Type, call: Call) -> exp.Expression:
    """From one type that is no text to another."""
    source, postgres = value.type, lowering.postgres
    text = ""
    match source, type_:
        case ((Type.INT | Type.LONG), (Type.LONG | Type.REAL | Type.DECIMAL)):
            return lowering.cast(value.node, type_)
        case Type.LONG, Type.INT if isinstance(value.node, exp.Literal) and int(value.node.name) < 1 << 31:
            return lowering.cast(value.node, type_)
        case Type.LONG, Type.INT:
            xor = "(_x & 4294967295) # 2147483648" if postgres else "XOR(_x & 4294967295, 2147483648)"
            text = f"CAST(({xor}) - 2147483648 AS INT)"
        case ((Type.REAL | Type.DECIMAL), (Type.INT | Type.LONG)):
            return _truncated(lowering, value, type_)
        case Type.REAL, Type.DECIMAL if not postgres:
            text = "TRY_CAST(PRINTF('%.15g', _x) AS DECIMAL(38, 18))"  # a CAST of the number itself makes digits up: 123456789.125000007
        case ((Type.REAL | Type.DECIMAL), (Type.REAL | Type.DECIMAL)):
            return lowering.cast(value.node, type_)
        case Type.BOOL, Type.LONG if postgres:
            text = "CAST(CAST(_x AS INT) AS BIGINT)"
        case Type.BOOL, Type.REAL if postgres:
            text = "CAST(CAST(_x AS INT) AS DOUBLE PRECISION)"
        case Type.BOOL, Type.DECIMAL if postgres:
            text = "CAST(CAST(_x AS INT) AS DECIMAL)"
        case Type.BOOL, (Type.INT | Type.LONG | Type.REAL | Type.DECIMAL):
            return lowering.cast(value.node, type_)
        case ((Type.INT | Type.LONG | Type.REAL | Type.DECIMAL), Type.BOOL):
            text = "_x <> 0"
        case Type.DATETIME, (Type.LONG | Type.REAL | Type.DECIMAL):
            ticks = "CAST(EXTRACT(EPOCH FROM _x) * 10000000 AS BIGINT)" if postgres else "EPOCH_US(_x) * 10"
            node = lowering.template(f"{ticks} + {_TICKS_OF_EPOCH}", x=value.node)
            return node if type_ is Type.LONG else lowering.cast(node, type_)
        case Type.TIMESPAN, (Type.LONG | Type.REAL | Type.DECIMAL):
            ticks = "CAST(EXTRACT(EPOCH FROM _x) * 10000000 AS BIGINT)" if postgres else "EPOCH_US(_x) * 10"
            node = lowering.template(ticks, x=value.node)
            return node if type_ is Type.LONG else lowering.cast(node, type_)
        case ((Type.INT | Type.LONG), Type.DATETIME):
            moment = (
                f"CAST('0001-01-01 00:00:00' AS TIMESTAMP) + {_SPAN}" if postgres else f"MAKE_TIMESTAMP(_x // 10 - {_TICKS_OF_EPOCH[:-1]})"
            )
            text = f"CASE WHEN _x BETWEEN 0 AND {_MOST_TICKS} THEN {moment} END"
        case ((Type.INT | Type.LONG), Type.TIMESPAN):
            text = _SPAN if postgres else "TO_MICROSECONDS(CAST(_x AS BIGINT) // 10)"
        case Type.DATETIME, Type.TIMESPAN:
            text = "_x - CAST('0001-01-01 00:00:00' AS TIMESTAMP)"
        case _:
            raise Unsupported(f"{call.function}() of a value of type {source.value}", call.span)
    return lowering.template(text, x=value.node)


def _truncated(lowering: Lowering, value: SqlValue, type_: Type) -> exp.Expression:
    """A number without its fraction; one that is too large becomes the largest."""
    if isinstance(value.node, exp.Cast) and isinstance(value.node.this, exp.Literal) and not value.node.this.is_string:
        whole = int(float(value.node.this.name))
        if whole < 1 << 31:
            return number(whole)
    low, high = ("-2147483648", "2147483647") if type_ is Type.INT else ("-9223372036854775808", "9223372036854775807")
    sql = names.TYPES[lowering.dialect][type_]
    return lowering.template(
        f"CASE WHEN _x >= {high} THEN {high} WHEN _x <= {low} THEN {low} ELSE CAST(TRUNC(_x) AS {sql}) END", x=value.node
    )


# ---------------------------------------------------------------- to text
_TO_TEXT: dict[tuple[str, Type], str] = {
    ("postgres", Type.REAL): (
        "CASE WHEN _x = TRUNC(_x) AND ABS(_x) < 1000000000000000 THEN CAST(_x AS TEXT) || '.0' ELSE CAST(_x AS TEXT) END"
    ),
    ("duckdb", Type.REAL): "REPLACE(REPLACE(CAST(_x AS TEXT), 'inf', 'Infinity'), 'nan', 'NaN')",
    ("postgres", Type.DECIMAL): "CAST(TRIM_SCALE(_x) AS TEXT)",
    ("duckdb", Type.DECIMAL): "RTRIM(RTRIM(CAST(_x AS TEXT), '0'), '.')",
    ("postgres", Type.DATETIME): """TO_CHAR(_x, 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"')""",
    ("duckdb", Type.DATETIME): "STRFTIME(_x, '%Y-%m-%dT%H:%M:%S.%f0Z')",
    ("postgres", Type.TIMESPAN): (
        "CONCAT(CASE WHEN _x < INTERVAL '0' THEN '-' END, CASE WHEN ABS(EXTRACT(EPOCH FROM _x)) >= 86400"
        " THEN CONCAT(TRUNC(ABS(EXTRACT(EPOCH FROM _x)) / 86400), '.') END,"
        " TO_CHAR(MAKE_INTERVAL(secs => ABS(EXTRACT(EPOCH FROM _x)) % 86400), 'HH24:MI:SS'),"
        " CASE WHEN EXTRACT(EPOCH FROM _x) % 1 <> 0 THEN TO_CHAR(MAKE_INTERVAL(secs => ABS(EXTRACT(EPOCH FROM _x)) % 1), '.US\"0\"') END)"
    ),
    ("duckdb", Type.TIMESPAN): (
        "CONCAT(CASE WHEN EPOCH_US(_x) < 0 THEN '-' END, CASE WHEN ABS(EPOCH_US(_x)) >= 86400000000"
        " THEN CONCAT(ABS(EPOCH_US(_x)) // 86400000000, '.') END,"
        " STRFTIME(MAKE_TIMESTAMP(ABS(EPOCH_US(_x))), '%H:%M:%S'),"
        " CASE WHEN EPOCH_US(_x) % 1000000 <> 0 THEN STRFTIME(MAKE_TIMESTAMP(ABS(EPOCH_US(_x))), '.%f0') END)"
    ),
}
_MOST_PIECES = 1_000_000
_BOOL = "CASE WHEN _x THEN 'True' WHEN NOT _x THEN 'False' END"


@lowers("tostring")
def tostring(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """NULL for null, which stands for the empty text."""
    value = args[0]
    if value.type in (Type.STRING, Type.UNKNOWN):
        return SqlValue(value.node, Type.STRING, value.nullable)
    piece = _piece(lowering, call)
    if piece is not None:
        return piece
    if value.type is Type.DYNAMIC:
        return SqlValue(dynamic.dynamic_to(lowering, value.node, Type.STRING), Type.STRING, True)
    if value.type in (Type.INT, Type.LONG) and isinstance(value.node, exp.Literal):
        return SqlValue(names.string(value.node.name), Type.STRING, False)
    if (
        value.type is Type.REAL
        and isinstance(value.node, exp.Cast)
        and isinstance(value.node.this, exp.Literal)
        and not value.node.this.is_string
    ):
        return SqlValue(names.string(repr(float(value.node.this.name))), Type.STRING, False)
    if value.type is Type.BOOL:
        if isinstance(value.node, exp.Boolean):
            return SqlValue(names.string("True" if value.node.this else "False"), Type.STRING, False)
        return SqlValue(lowering.template(_BOOL, x=value.node), Type.STRING, value.nullable)
    text = _TO_TEXT.get((lowering.dialect, value.type), "CAST(_x AS TEXT)")
    node = lowering.template(text, x=value.node)
    if value.type is Type.TIMESPAN and value.nullable:
        node = lowering.template("CASE WHEN NOT _x IS NULL THEN _text END", x=value.node, text=node)
    return SqlValue(node, Type.STRING, value.nullable)


def _piece(lowering: Lowering, call: Call) -> SqlValue | None:
    """``tostring(split(text, ",")[1])`` is SPLIT_PART: both give the empty text for a piece that is not there."""
    match call.args:
        case (Access(base=Call(function="split", args=(text, Literal(value=str() as delimiter))), key=Literal(value=int() as index)),):
            if delimiter and 0 <= index < _MOST_PIECES:
                source = lowering.convert(lowering.expr(text), Type.STRING)
                found = sql_call("SPLIT_PART", source.node, names.string(delimiter), number(index + 1))
                return SqlValue(found, Type.STRING, source.nullable)
    return None


# ---------------------------------------------------------------- others
_TYPE_NAMES = {
    "postgres": (
        "CASE JSONB_TYPEOF(_x) WHEN 'object' THEN 'dictionary' WHEN 'boolean' THEN 'bool' WHEN 'number' THEN"
        " CASE WHEN CAST(_x AS TEXT) LIKE '%.%' OR ABS(CAST(_x AS DECIMAL)) >= 9223372036854775809"
        " THEN 'double' ELSE 'long' END ELSE COALESCE(JSONB_TYPEOF(_x), 'null') END"
    ),
    "duckdb": (
        "CASE JSON_TYPE(_x) WHEN 'OBJECT' THEN 'dictionary' WHEN 'ARRAY' THEN 'array' WHEN 'BOOLEAN' THEN 'bool'"
        " WHEN 'VARCHAR' THEN 'string' WHEN 'DOUBLE' THEN 'double' WHEN 'BIGINT' THEN 'long' WHEN 'UBIGINT' THEN 'long' ELSE 'null' END"
    ),
}


@lowers("gettype")
def gettype(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """Known here, but for what is in a dynamic value."""
    value = args[0]
    if value.type is Type.UNKNOWN:
        raise Unsupported("gettype() of a column whose type is not known", call.span)
    if value.type is Type.DYNAMIC:
        return SqlValue(lowering.template(_TYPE_NAMES[lowering.dialect], x=value.node), Type.STRING, False)
    return SqlValue(names.string(value.type.value), Type.STRING, False)


@lowers("tohex")
def tohex(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """A negative number has its type's width."""
    value = lowering.convert(args[0], Type.LONG) if args[0].type is Type.DYNAMIC else args[0]
    if lowering.postgres:
        node = sql_call("TO_HEX", lowering.cast(value.node, Type.INT if value.type is Type.INT else Type.LONG))
    elif value.type is Type.INT:
        node = lowering.template("LOWER(HEX(CASE WHEN _x < 0 THEN CAST(_x AS BIGINT) + 4294967296 ELSE _x END))", x=value.node)
    else:
        node = lowering.template("LOWER(HEX(_x))", x=value.node)
    if len(args) == 1:
        return node
    width = constant_whole(call, 1)
    if width is None:
        raise Unsupported("tohex() with a length that is not a constant", call.span)
    return lowering.template("LPAD(_hex, CAST(GREATEST(LENGTH(_hex), _width) AS INT), '0')", hex=node, width=number(min(width, 16)))


_UNITS = ("Bytes", "KB", "MB", "GB", "TB", "PB", "EB")


@lowers("format_bytes")
def format_bytes(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """``19.08 MB``, rounded; without a unit, in the largest that gives at least 1."""
    precision = constant_whole(call, 1, 0)
    if precision is None or not 0 <= precision <= 15:
        raise Unsupported("format_bytes() with a precision that is not a constant", call.span)
    unit = constant_text(call, 2, "a unit") if len(args) > 2 else ""
    size = args[0].node
    if unit:
        if unit not in _UNITS:
            raise Unsupported(f"format_bytes() with the unit {unit!r}", call.span, f"one of {', '.join(_UNITS)}")
        return _bytes(lowering, size, unit, precision)
    branches = [
        exp.If(
            this=lowering.template(f"_x >= {1024**power} OR _x <= -{1024**power}", x=size),
            true=_bytes(lowering, size, _UNITS[power], precision),
        )
        for power in range(len(_UNITS) - 1, 0, -1)
    ]
    rest = lowering.template("NOT _x IS NULL", x=size)
    return exp.Case(ifs=[*branches, exp.If(this=rest, true=_bytes(lowering, size, "Bytes", precision))])


def _bytes(lowering: Lowering, size: exp.Expression, unit: str, precision: int) -> exp.Expression:
    divisor = 1024 ** _UNITS.index(unit)
    kind = "DECIMAL" if lowering.postgres else "DOUBLE"
    rounded = f"ROUND(CAST(_x AS {kind}) / {divisor}, {precision})"
    if lowering.postgres:
        shown = f"TRIM_SCALE({rounded})"
    else:
        shown = f"TRY_CAST({rounded} AS BIGINT)" if precision == 0 else f"REGEXP_REPLACE(CAST({rounded} AS TEXT), '[.]0$', '')"
    return lowering.template(f"CONCAT({shown}, ' {unit}')", x=size)
