"""Conversions of constants, of columns and of null: the same, never an error, on both engines."""

from __future__ import annotations

import pytest

from ruleconv.execution import run

TEXTS = (
    "", "abc", "12", "-7", "+0", " 123 ", "00789", "0x10", "0b101", "1.5", "1e19", "nan", "inf", "-Infinity", "true", "TRUE",
    "yes", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "2020-01-01", "2020-13-45",
    "2014-05-25T08:20:03.1234567Z", "2014-05-25T08:20:03+02:00", "1/2/2022 3:04:05 PM", "infinity", "now", "1.02:03:04.5",
    "-1.02:03:04.5", "0:0:0.001", "25:00:00", "[1]", '{"a":1}', "70fc66f7-8279-44fc-9092-d364d70fce44", "256.1.1.1",
    "10.0.0.1/33", ":::", "::1", "1.2.3", "@@@@", "////", "%zz%41", "null",
)  # fmt: skip
FUNCTIONS = (
    "toint", "tolong", "todouble", "todecimal", "tobool", "todatetime", "totimespan", "toguid", "parse_json", "parse_ipv4",
    "ipv4_is_private", "ipv4_netmask_suffix", "format_ipv4", "parse_version", "base64_decode_tostring", "parse_csv", "parse_url",
    "parse_path", "tostring",
)  # fmt: skip


def quoted(text: str) -> str:
    return "'" + text.replace("'", "\\'") + "'"


def shown(value: object) -> str:
    return repr(sorted(value.items()) if isinstance(value, dict) else value)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_constants_and_columns_agree(function: str) -> None:
    # DuckDB takes nan and inf for JSON; PostgreSQL's jsonb has no exponents
    texts = [text for text in TEXTS if function != "parse_json" or text.strip("-").lower() not in ("nan", "inf", "infinity", "1e19")]
    values = ", ".join(map(quoted, texts))
    found = {}
    for engine in ("duckdb", "postgres"):
        column = run(f"datatable(s:string)[{values}] | project v = {function}(s)", source="kql", engine=engine).rows
        constants = run("print " + ", ".join(f"{function}({quoted(text)})" for text in texts), source="kql", engine=engine).rows[0]
        found[engine] = [shown(row[0]) for row in column]
        assert [shown(value) for value in constants] == found[engine], engine
    differences = [(t, a, b) for t, a, b in zip(texts, found["duckdb"], found["postgres"], strict=True) if a != b]
    assert differences == []


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_null_gives_null(engine: str) -> None:
    nulls = ("tolong(int(null))", "todouble(long(null))", "tostring(datetime(null))", "todatetime(long(null))", "tobool(real(null))")
    query = f"print {', '.join(nulls)}, toint(dynamic(null))"
    assert run(query, source="kql", engine=engine).rows == [(None, None, "", None, None, None)]
