"""Rows and files of a user become typed tables, or a message that names table, row and column."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import duckdb
import pytest

from ruleconv.diagnostic import RuleconvError, UsageError
from ruleconv.engines.convert import convert, infer, parse_moment, parse_span
from ruleconv.engines.tables import given
from ruleconv.engines.values import Mismatch
from ruleconv.ir.types import Column, Type

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-01T12:00:00Z", NOON),
        ("2024-01-01 12:00", NOON),
        ("2024-01-01T14:00:00+02:00", NOON),
        ("2024-01-01T06:30:00-0530", NOON),
        ("2024-01-01T12:00:00.1234567Z", NOON.replace(microsecond=123456)),
        ("2024-01-01", NOON.replace(hour=0)),
        ("0001-01-01T00:00:00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.9999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2024-02-30", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("1/2/2024", None),
        ("20240101", None),
    ],
)
def test_moments(text: str, moment: datetime | None) -> None:
    assert parse_moment(text) == moment


def test_spans() -> None:
    assert parse_span("1.02:03:04.5") == timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=500)
    assert parse_span("-00:00:01") == timedelta(seconds=-1)
    assert parse_span("1h") is None


@pytest.mark.parametrize(
    ("value", "kind", "want"),
    [
        (5, Type.STRING, "5"),
        (True, Type.STRING, "true"),
        ({"a": [1, None]}, Type.STRING, '{"a":[1,null]}'),
        (NOON, Type.STRING, "2024-01-01T12:00:00.0000000Z"),
        ("", Type.STRING, ""),
        ("", Type.LONG, None),
        ("5", Type.LONG, 5),
        (5.0, Type.INT, 5),
        ("0x10", Type.LONG, 16),
        ("TRUE", Type.BOOL, True),
        (0, Type.BOOL, False),
        (1, Type.REAL, 1.0),
        ("1.10", Type.DECIMAL, Decimal("1.10")),
        ("{00000000-0000-0000-0000-000000000001}", Type.GUID, UUID(int=1)),
        ('{"a":1}', Type.DYNAMIC, {"a": 1}),
        ("{no json", Type.DYNAMIC, "{no json"),
        ("5", Type.DYNAMIC, "5"),
        ([NOON], Type.DYNAMIC, ["2024-01-01T12:00:00Z"]),
    ],
)
def test_conversion(value: object, kind: Type, want: object) -> None:
    assert convert(value, kind) == want
    assert convert(None, kind) is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [("x", Type.LONG), (1.5, Type.LONG), (2**63, Type.LONG), (2**31, Type.INT), (float("nan"), Type.LONG), ("x", Type.DATETIME),
     (5, Type.DATETIME), ("yes", Type.BOOL), ([1], Type.REAL), ("1_0x", Type.REAL), ("x", Type.GUID), ("x", Type.DECIMAL),
     (5, Type.TIMESPAN)],
)  # fmt: skip
def test_what_does_not_convert(value: object, kind: Type) -> None:
    with pytest.raises(Mismatch):
        convert(value, kind)


@pytest.mark.parametrize(
    ("values", "untyped", "kind"),
    [
        ([], False, Type.STRING),
        ([None, 1], False, Type.LONG),
        ([1, 1.5], False, Type.REAL),
        ([1, "a"], False, Type.DYNAMIC),
        ([[1], {"a": 1}], False, Type.DYNAMIC),
        (["2024-01-01T00:00:00Z", None], False, Type.DATETIME),
        (["2024-01-01T00:00:00Z", "x"], False, Type.STRING),
        (["1", "2"], False, Type.STRING),
        (["1", "", "2"], True, Type.LONG),
        (["1", "02"], True, Type.STRING),
        (["1", "x"], True, Type.STRING),
        (["1", "2.5"], True, Type.REAL),
        (["true", "False"], True, Type.BOOL),
        (['{"a":1}', "[]"], True, Type.DYNAMIC),
        (["{x}"], True, Type.STRING),
        ([2**64], False, Type.REAL),
    ],
)
def test_inference(values: list[object], untyped: bool, kind: Type) -> None:
    assert infer(values, untyped) is kind


def test_known_columns_then_those_of_the_rows() -> None:
    known = (Column("TimeGenerated", Type.DATETIME), Column("User", Type.STRING))
    table = given("T", [{"Extra": 1, "TimeGenerated": "2024-01-01T12:00:00Z"}, {}], known).typed((Column("Used", Type.INT),))
    assert [column.name for column in table.columns] == ["TimeGenerated", "User", "Extra", "Used"]
    assert table.rows == [(NOON, None, 1, None), (None, None, None, None)]


def test_messages_name_the_place() -> None:
    known = (Column("TimeGenerated", Type.DATETIME),)
    with pytest.raises(UsageError, match="table T, row 2, column TimeGenerated: 'x' is not a datetime"):
        given("T", [{}, {"TimeGenerated": "x"}], known).typed()
    with pytest.raises(UsageError, match="have a column timegenerated, the schema has TimeGenerated"):
        given("T", [{"timegenerated": "2024-01-01"}], known)
    with pytest.raises(UsageError, match="row 1: expected an object, found int"):
        given("T", [1], None)  # type: ignore[list-item]
    with pytest.raises(UsageError, match="expected a list of objects"):
        given("T", {"a": 1}, None)  # type: ignore[arg-type]


ONE = Column("a", Type.LONG), Column("b", Type.STRING), Column("c", Type.DYNAMIC)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.json", '[{"a": 1, "b": "x", "c": {"d": [1]}}, {"a": 2}]'),
        ("x.json", '{"a": 1, "b": "x", "c": {"d": [1]}}\n{"a": 2}\n'),
        ("x.ndjson", '\ufeff{"a": 1, "b": "x", "c": {"d": [1]}}\n\n{"a": 2}'),
        ("x.JSONL", '{"a": 1, "b": "x", "c": {"d": [1]}}\r\n{"a": 2}\r\n'),
        ("x.csv", 'a,b,c\r\n1,x,"{""d"":[1]}"\r\n2\r\n'),
        ("x.tsv", 'a\tb\tc\n1\tx\t"{""d"":[1]}"\n2'),
    ],
)
def test_files(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, newline="")
    table = given("T", tmp_path / name, None).typed()
    assert table.columns == ONE
    assert table.rows == [(1, "x", {"d": [1]}), (2, None, None)]


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a[1]*.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        select = "SELECT 1::bigint a, 'x' b, {'d': [1]} c, timestamptz '2024-01-01 12:00:00+00' z, timestamp '2024-01-01 12:00:00' t"
        connection.sql(select).write_parquet(str(path))
    table = given("T", path, None).typed()
    assert table.columns == (*ONE, Column("z", Type.DATETIME), Column("t", Type.DATETIME))
    assert table.rows == [(1, "x", {"d": [1]}, NOON, NOON)]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.json", b"[1,", "no JSON"),
        ("x.json", b'"text"', "expected a list"),
        ("x.json", b"[" * 100_000, "nested too deeply"),
        ("x.ndjson", b'{"a":1}\n{"a":', "line 2"),
        ("x.ndjson", b"\xff{}", "not UTF-8"),
        ("x.csv", b"a,a\n1,2\n", "name of its own"),
        ("x.csv", b"a,b\n1,2,3\n", "line 2: 3 values for 2 columns"),
        ("x.csv", b'a\n"x', "line 2"),
        ("x.xml", b"<a/>", "cannot be read"),
        ("x.parquet", b"PAR1", "no Parquet"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RuleconvError, match=says):
        given("T", tmp_path / name, None)


def test_no_file(tmp_path: Path) -> None:
    for name in ("nope.json", "nope.parquet", ".", "no\0pe.csv"):
        with pytest.raises(UsageError):
            given("T", tmp_path / name, None)
