"""Every type goes into a table and comes back the same, at its edges too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ruleconv.engines.model import Engine, Table
from ruleconv.ir.types import Column, Type

VALUES = {
    Type.BOOL: [True, False],
    Type.INT: [0, -(2**31), 2**31 - 1],
    Type.LONG: [0, -(2**63), 2**63 - 1],
    Type.REAL: [0.0, -1.5, 1e300, 5e-324, float("inf"), float("-inf")],
    Type.DECIMAL: [Decimal(0), Decimal("-0.5"), Decimal("12345678901234567.123456"), Decimal(100)],
    Type.STRING: ["", "null", "\\N", "a'b\"\\\t\r\n%_", "é😀İß", " "],
    Type.DATETIME: [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1582, 10, 10, tzinfo=UTC),
        datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
    Type.TIMESPAN: [timedelta(0), timedelta(microseconds=-1), timedelta(days=-3, hours=5, microseconds=7), timedelta(days=10675199)],
    Type.GUID: [UUID(int=0), UUID(int=2**128 - 1)],
    Type.DYNAMIC: [{"a": [1, 2.5, None, True, 'x\\"\n'], "b": {}}, [], {}, "text", 2**64, 2**60 + 1, 1.5, False, [[["deep"]]], {"": ""}],
}


@pytest.mark.parametrize("kind", list(VALUES), ids=str)
def test_values_survive(engine: Engine, kind: Type) -> None:
    column = Column("v", kind)
    rows = [(value,) for value in VALUES[kind]]
    result = engine.execute('SELECT "v" FROM "T"', (column,), [Table("T", (column,), rows)])
    assert [(type(a), a) for (a,) in result.rows] == [(type(b), b) for (b,) in rows]


@pytest.mark.parametrize("kind", list(VALUES), ids=str)
def test_null_is_none_but_for_strings(engine: Engine, kind: Type) -> None:
    column = Column("v", kind)
    result = engine.execute('SELECT "v" FROM "T"', (column,), [Table("T", (column,), [(None,)])])
    assert result.rows == [("" if kind is Type.STRING else None,)]


def test_not_a_number_survives(engine: Engine) -> None:
    column = Column("v", Type.REAL)
    [(value,)] = engine.execute('SELECT "v" FROM "T"', (column,), [Table("T", (column,), [(float("nan"),)])]).rows
    assert value != value


def test_json_null_is_none(engine: Engine) -> None:
    assert engine.execute("SELECT CAST('null' AS JSON)", (Column("v", Type.DYNAMIC),)).rows == [(None,)]


def test_order_and_names_are_those_of_the_query(engine: Engine) -> None:
    columns = (Column("n", Type.LONG), Column("N", Type.LONG))
    source = Column("x", Type.LONG)
    rows = [(at * 7919 % 20_011,) for at in range(20_011)]
    result = engine.execute('SELECT "x", -"x" FROM "T"', columns, [Table("T", (source,), rows)])
    assert [row[0] for row in result.rows] == [row[0] for row in rows]
    assert result.columns == columns


def test_a_table_without_columns_has_its_rows(engine: Engine) -> None:
    count = (Column("n", Type.LONG),)
    assert engine.execute('SELECT count(*) FROM "T"', count, [Table("T", (), [(), (), ()])]).rows == [(3,)]
    assert engine.execute('SELECT count(*) FROM "T"', count, [Table("T", ())]).rows == [(0,)]


def test_nothing_is_left_for_the_next_query(engine: Engine) -> None:
    first, second = Column("a", Type.LONG), Column("b", Type.STRING)
    assert engine.execute('SELECT * FROM "T"', (first,), [Table("T", (first,), [(1,)])]).rows == [(1,)]
    assert engine.execute('SELECT * FROM "T"', (second,), [Table("T", (second,), [("x",)])]).rows == [("x",)]


@pytest.mark.parametrize("name", ['quo"te', "two words", "select", "emoji😀", "per%cent", "{}", "a.b"])
def test_any_name_can_be_a_table_or_a_column(engine: Engine, name: str) -> None:
    column = Column(name, Type.LONG)
    sql = 'SELECT "{0}" FROM "{0}"'.format(name.replace('"', '""'))
    assert engine.execute(sql, (column,), [Table(name, (column,), [(1,)])]).rows == [(1,)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc \"\\é'", max_size=4), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), json_values), max_size=5))
def test_text_and_json_survive(engine: Engine, rows: list[tuple[str, object]]) -> None:
    columns = (Column("s", Type.STRING), Column("d", Type.DYNAMIC))
    result = engine.execute('SELECT * FROM "T"', columns, [Table("T", columns, rows)])  # type: ignore[arg-type]
    assert result.rows == rows
