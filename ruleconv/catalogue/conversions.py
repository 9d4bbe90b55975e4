"""Conversions between types. A value that does not fit gives null, never an error.

Source: https://learn.microsoft.com/kusto/query/scalar-functions#conversion-functions and the page of each function.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from ruleconv.catalogue.model import Example, Function, Naming, NullRule, Parameter
from ruleconv.catalogue.parameters import TEXTS, anything, number, optional, pattern, whole
from ruleconv.ir.types import Type


def _conversion(
    name: str, returns: Type, doc: str, *examples: Example, aliases: tuple[str, ...] = (), nulls: NullRule = NullRule.SOMETIMES
) -> Function:
    return Function(
        name,
        (anything("value"),),
        returns,
        doc,
        nulls=nulls,
        aliases=aliases,
        naming=Naming.ARGUMENT,
        empty_in_empty_out=True,
        examples=examples,
    )


FUNCTIONS: tuple[Function, ...] = (
    _conversion(
        "tostring",
        Type.STRING,
        "The text of a value; of a dynamic text the text itself, of an array or bag its JSON; of null the empty text.",
        Example("tostring(123)", "123"),
        Example("tostring(1.5)", "1.5"),
        Example("tostring(true)", "True"),
        Example("tostring(dynamic(true))", "true"),
        Example("tostring(datetime(2020-01-01))", "2020-01-01T00:00:00.0000000Z"),
        Example("tostring(1d)", "1.00:00:00"),
        Example("tostring(1d + 2h + 3m + 4.5s)", "1.02:03:04.5000000"),
        Example("tostring(-1h)", "-01:00:00"),
        Example("tostring(int(null))", ""),
        Example("tostring(dynamic('x'))", "x"),
        nulls=NullRule.STRICT,
    ),
    _conversion(
        "toint",
        Type.INT,
        "A whole number of 32 bits; fractions are cut off.",
        Example("toint('123')", 123),
        Example("toint(2.9)", 2),
        Example("toint(-2.9)", -2),
        Example("toint('abc')", None),
        Example("toint('')", None),
        Example("toint(' 00789 ')", 789),
        Example("toint('0x10')", 16),
        Example("toint('1.5')", None),
        Example("toint('9223372036854775807')", None),
        Example("toint(2147483648)", -2147483648),
        Example("toint(true)", 1),
    ),
    _conversion(
        "tolong",
        Type.LONG,
        "A whole number of 64 bits; fractions are cut off; of times the ticks.",
        Example("tolong('123')", 123),
        Example("tolong('9223372036854775807')", 9223372036854775807),
        Example("tolong('9223372036854775808')", None),
        Example("tolong('1e19')", None),
        Example("tolong(-9.99)", -9),
        Example("tolong(datetime(2020-01-01))", 637134336000000000),
        Example("tolong('0b101')", None),
    ),
    _conversion(
        "todouble",
        Type.REAL,
        "A number with a fraction.",
        Example("todouble('123.4')", 123.4),
        Example("todouble('1e19')", 1e19),
        Example("todouble('inf')", float("inf")),
        Example("todouble('-Infinity')", float("-inf")),
        Example("todouble('abc')", None),
        Example("todouble('')", None),
        Example("todouble(true)", 1.0),
        aliases=("toreal",),
    ),
    _conversion(
        "todecimal",
        Type.DECIMAL,
        "A decimal number.",
        Example("todecimal('123.45678')", Decimal("123.45678")),
        Example("todecimal('abc')", None),
    ),
    _conversion(
        "tobool",
        Type.BOOL,
        "True or false: of the texts true, false and whole numbers, and of numbers.",
        Example("tobool('true')", True),
        Example("tobool('FALSE')", False),
        Example("tobool('1')", True),
        Example("tobool('-1')", True),
        Example("tobool('0')", False),
        Example("tobool('yes')", None),
        Example("tobool('')", None),
        Example("tobool(0.5)", True),
        Example("tobool(0)", False),
        aliases=("toboolean",),
    ),
    _conversion(
        "todatetime",
        Type.DATETIME,
        "A point in time; of a whole number, the ticks since year 1.",
        Example("todatetime('2015-12-31 23:59:59.9')", datetime(2015, 12, 31, 23, 59, 59, 900000, tzinfo=UTC)),
        Example("todatetime('2014-05-25T08:20:03.123456Z')", datetime(2014, 5, 25, 8, 20, 3, 123456, tzinfo=UTC)),
        Example("todatetime('2014-11-08')", datetime(2014, 11, 8, tzinfo=UTC)),
        Example("todatetime('no date')", None),
        Example("todatetime('')", None),
    ),
    _conversion(
        "totimespan",
        Type.TIMESPAN,
        "A length of time; of a whole number, the ticks.",
        Example("totimespan('1.02:03:04.5')", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        Example("totimespan('-1.02:03:04.5')", -timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        Example("totimespan('0:0:0.001')", timedelta(milliseconds=1)),
        Example("totimespan('0.00:01:00')", timedelta(minutes=1)),
        Example("totimespan('abc')", None),
        aliases=("totime",),
    ),
    Function(
        "toguid",
        (Parameter("value", (*TEXTS, Type.GUID)),),
        Type.GUID,
        "A guid; null when the text is none.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        empty_in_empty_out=True,
        examples=(
            Example("toguid('70fc66f7-8279-44fc-9092-d364d70fce44')", UUID("70fc66f7-8279-44fc-9092-d364d70fce44")),
            Example("toguid('abc')", None),
        ),
    ),
    Function(
        "tohex",
        (whole("value"), optional(whole("minLength"))),
        Type.STRING,
        "A whole number in hexadecimal.",
        naming=Naming.ARGUMENT,
        examples=(
            Example("tohex(256)", "100"),
            Example("tohex(-256)", "ffffffffffffff00"),
            Example("tohex(toint(-256), 8)", "ffffff00"),
            Example("tohex(256, 8)", "00000100"),
            Example("tohex(256, 2)", "100"),
        ),
    ),
    Function(
        "gettype",
        (anything("value"),),
        Type.STRING,
        "The name of the type; of a dynamic value what is in it.",
        nulls=NullRule.NEVER,
        naming=Naming.PREFIX,
        prefix="type",
        empty_in_empty_out=True,
        examples=(
            Example("gettype('a')", "string"),
            Example("gettype(111)", "long"),
            Example("gettype(1.5)", "real"),
            Example("gettype(1 == 1)", "bool"),
            Example("gettype(1s)", "timespan"),
            Example("gettype(dynamic(1))", "long"),
            Example("gettype(dynamic('s'))", "string"),
            Example("gettype(dynamic([1, 2]))", "array"),
            Example("gettype(dynamic({'a': 1}))", "dictionary"),
            Example("gettype(dynamic(null))", "null"),
        ),
    ),
    Function(
        "format_bytes",
        (number("size"), optional(whole("precision")), optional(pattern("format"))),
        Type.STRING,
        "A number of bytes in words.",
        naming=Naming.ARGUMENT,
        nulls=NullRule.SOMETIMES,
        examples=(
            Example("format_bytes(564)", "564 Bytes"),
            Example("format_bytes(10332, 1)", "10.1 KB"),
            Example("format_bytes(20010332)", "19 MB"),
            Example("format_bytes(20010332, 2)", "19.08 MB"),
            Example("format_bytes(20010332, 0, 'KB')", "19541 KB"),
        ),
    ),
)
