"""The values of literals, from the pages of https://learn.microsoft.com/kusto/query/scalar-data-types/."""

from decimal import Decimal
from math import inf, isnan
from uuid import UUID

import pytest

from ruleconv.diagnostic import ParseError
from ruleconv.ir.types import Type
from ruleconv.kql.literal import TICKS_PER_SECOND, datetime_text, timespan_text
from ruleconv.kql.tree import Call, Literal
from tests.kql.reading import value

SECOND = TICKS_PER_SECOND
HOUR = 3600 * SECOND
DAY = 24 * HOUR


def literal(text: str) -> Literal:
    found = value(text)
    assert isinstance(found, Literal)
    assert found.text == text
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'a\"b'", 'a"b'),
        ('"a\'b"', "a'b"),
        (r"'a\\b\n\t\'\"'", "a\\b\n\t'\""),
        (r"'\u00e9\x41\101\U0001F600'", "éAA😀"),
        (r"'\ud83d\ude00'", "😀"),
        (r"@'a\b''c'", r"a\b'c"),
        (r'@"a\b""c"', r'a\b"c'),
        ("h'secret'", "secret"),
        ('H@"C:\\x"', "C:\\x"),
        ("```a\n'b' \\n```", "a\n'b' \\n"),
        ("~~~a`b~~~", "a`b"),
        ("'a' \"b\"", "ab"),
        ("'a' // why\n @'b'", "ab"),
        ("''", ""),
    ],
)
def test_strings(text: str, expected: str) -> None:
    assert (literal(text).value, literal(text).type) == (expected, Type.STRING)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("1", Type.LONG, 1),
        ("0xFF", Type.LONG, 255),
        ("0xffffffffffffffff", Type.LONG, -1),
        ("1.5", Type.REAL, 1.5),
        ("1.", Type.REAL, 1.0),
        ("1e3", Type.REAL, 1000.0),
        ("1.5e-3", Type.REAL, 0.0015),
        ("real(+inf)", Type.REAL, inf),
        ("real(-inf)", Type.REAL, -inf),
        ("double(2)", Type.REAL, 2.0),
        ("real(null)", Type.REAL, None),
        ("int(-5)", Type.INT, -5),
        ("int(null)", Type.INT, None),
        ("long(0x10)", Type.LONG, 16),
        ("decimal(0.1)", Type.DECIMAL, Decimal("0.1")),
        ("bool(true)", Type.BOOL, True),
        ("True", Type.BOOL, True),
        ("bool(0)", Type.BOOL, False),
        ("guid(74be27de-1e4e-49d9-b579-fe0b331d3642)", Type.GUID, UUID("74be27de-1e4e-49d9-b579-fe0b331d3642")),
        ('guid("74be27de-1e4e-49d9-b579-fe0b331d3642")', Type.GUID, UUID("74be27de-1e4e-49d9-b579-fe0b331d3642")),
    ],
)
def test_numbers_and_others(text: str, kind: Type, expected: object) -> None:
    assert (literal(text).type, literal(text).value) == (kind, expected)


def test_nan() -> None:
    found = literal("real(nan)").value
    assert isinstance(found, float)
    assert isnan(found)


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("2d", 2 * DAY),
        ("1day", DAY),
        ("1.5h", 90 * 60 * SECOND),
        ("30m", 1800 * SECOND),
        ("10s", 10 * SECOND),
        ("0.1s", SECOND // 10),
        ("100ms", SECOND // 10),
        ("10microsecond", 100),
        ("1tick", 1),
        ("timespan(2)", 2 * DAY),
        ("time(15 seconds)", 15 * SECOND),
        ("time(0.12:34:56.7)", 12 * HOUR + 34 * 60 * SECOND + 56 * SECOND + 7_000_000),
        ("timespan(-1.02:00:00)", -(DAY + 2 * HOUR)),
        ("timespan(00:01)", 60 * SECOND),
        ("timespan(null)", None),
    ],
)
def test_timespans(text: str, ticks: int | None) -> None:
    assert (literal(text).type, literal(text).value) == (Type.TIMESPAN, ticks)


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("2014-05-25T08:20:03.123456Z", "2014-05-25T08:20:03.1234560Z"),
        ("2014-05-25T08:20", "2014-05-25T08:20:00.0000000Z"),
        ("2014-11-08 15:55:55", "2014-11-08T15:55:55.0000000Z"),
        ("2014-11-08", "2014-11-08T00:00:00.0000000Z"),
        ("2014-11-08T15:05:25 GMT", "2014-11-08T15:05:25.0000000Z"),
        ("2014-11-08T15:05:25+02:00", "2014-11-08T13:05:25.0000000Z"),
        ("Sat, 8 Nov 14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z"),
        ("8 Nov 14 15:05", "2014-11-08T15:05:00.0000000Z"),
        ("Saturday, 08-Nov-14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z"),
        ("08-Nov-14 15:05", "2014-11-08T15:05:00.0000000Z"),
        ("12-02-2022", "2022-12-02T00:00:00.0000000Z"),
        ("1/2/2022", "2022-01-02T00:00:00.0000000Z"),
        ("2020", "2020-01-01T00:00:00.0000000Z"),
        ("2020-06", "2020-06-01T00:00:00.0000000Z"),
        ("2017 - 08 - 01", "2017-08-01T00:00:00.0000000Z"),
        ("9999-12-31 23:59:59.9999999", "9999-12-31T23:59:59.9999999Z"),
        ("0001-01-01", "0001-01-01T00:00:00.0000000Z"),
    ],
)
def test_datetimes(inner: str, expected: str) -> None:
    found = literal(f"datetime({inner})").value
    assert isinstance(found, int)
    assert datetime_text(found) == expected


def test_datetime_of_nothing_is_now() -> None:
    found = value("datetime()")
    assert isinstance(found, Call)
    assert found.name == "now"
    assert literal("datetime(null)").value is None


@pytest.mark.parametrize(
    "text",
    ["datetime(2020-13-01)", "datetime(2020-02-30)", "datetime(x)", "timespan(1 week)", "guid(abc)", "bool(yes)", "int(99999999999)",
     "99999999999999999999", r"'\q'", "decimal(1e999999999)", "9" * 5000, "real(x)"],
)  # fmt: skip
def test_wrong_literals_are_errors(text: str) -> None:
    with pytest.raises(ParseError):
        value(text)


def test_dynamic() -> None:
    text = """dynamic({"a": [1, -2.5, null, true], 'b': {"c": datetime(2020-01-01), "d": 1d}, "e": "x\\/y\\u00e9"})"""
    expected = {"a": [1, -2.5, None, True], "b": {"c": "2020-01-01T00:00:00.0000000Z", "d": "1.00:00:00"}, "e": "x/yé"}
    assert literal(text).value == expected
    assert literal("dynamic(null)").value is None
    assert literal("dynamic([])").value == []


@pytest.mark.parametrize("text", ["dynamic([a])", "dynamic([1,])", "dynamic({'a' 'b': 1})", "dynamic(f(1))", "dynamic([1"])
def test_dynamic_holds_only_json(text: str) -> None:
    with pytest.raises(ParseError):
        value(text)


def test_text_of_timespans() -> None:
    assert timespan_text(-(DAY + SECOND + 1)) == "-1.00:00:01.0000001"
    assert timespan_text(0) == "00:00:00"
