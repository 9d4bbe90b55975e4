"""Regular expressions: what is written for each engine, what is refused, and that both engines find what Kusto finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruleconv.diagnostic import Unsupported
from ruleconv.engines import find
from ruleconv.ir.types import Column, Type
from ruleconv_backends.sql import regex


@pytest.mark.parametrize(
    ("pattern", "postgres", "duckdb"),
    [
        ("a.c", r"a[^\n]c", "a.c"),
        ("(?s)a.c", "a.c", "(?s)a.c"),
        ("(?i)abc", "(?i)abc", "(?i)abc"),
        ("a(?i)b", "a[bB]", "a(?i:b)"),
        (r"\d+\s\w", r"\d+\s\w", r"\d+[\s\v\x85\p{Z}][\p{L}\p{M}\p{N}_]"),
        (r"\bcmd\b", r"\ycmd\y", r"(?:^|[^\p{L}\p{M}\p{N}_])cmd(?:$|[^\p{L}\p{M}\p{N}_])"),
        (r"cmd\b\s+\bx", r"cmd\y\s+\yx", r"cmd[\s\v\x85\p{Z}]+x"),
        (r".*\bcmd|\bnet$", r"[^\n]*\ycmd|\ynet$", r"(?:^|[^\p{L}\p{M}\p{N}_])cmd|(?:^|[^\p{L}\p{M}\p{N}_])net$"),
        (r"[\W_]", r"[\W_]", r"(?:[_]|[^\p{L}\p{M}\p{N}_])"),
        (r"[^\W_]", r"[^\W_]", r"[\p{L}\p{M}\p{N}]"),
        (r"[^\W\d_]", r"[^\W\d_]", r"[\p{L}\p{M}\p{Nl}\p{No}]"),
        (r"[\s,]", r"[\s,]", r"[\s\v\x85\p{Z},]"),
        ("(?P<user>a)", "(a)", "(a)"),
        ("(?<user>a)", "(a)", "(a)"),
        (r"\Aa\z", "^a$", "^a$"),
        (r"\Qa.b\E", r"a\.b", r"a\.b"),
        (r"\x41B", "AB", "AB"),
        ("[[:alpha:]_]", "[A-Za-z_]", "[[:alpha:]_]"),
        (r"\p{L}", "[[:alpha:]]", r"\p{L}"),
        ("(?m)^a$", r"(?:^|(?<=\n))a(?:$|(?=\n))", "(?m:^)a(?m:$)"),
        ("a{300}", "a{255}a{45}", "a{300}"),
        (".*?x", r"[^\n]*x", ".*?x"),
        (r"C:\\Users\\", r"C:\\Users\\", r"C:\\Users\\"),
    ],
)
def test_written_for_a_test(pattern: str, postgres: str, duckdb: str) -> None:
    assert regex.for_test(pattern, "postgres") == postgres
    assert regex.for_test(pattern, "duckdb") == duckdb


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("key=(.*?);", r"key=([^\n]*?);"),
        (r"key=(.*?);n=(\d+)", r"key=([^\n]*?);n=(?:\d+?(?!\d))"),
        (r"([^,]*),", r"([^,]*),"),
        ("(https?|ftp)://", "(https?|ftp)://"),
    ],
)
def test_written_for_a_match_on_postgres(pattern: str, written: str) -> None:
    assert regex.for_match(pattern, "postgres", (1,)) == written


@pytest.mark.parametrize(
    "pattern",
    [
        r"[^\W\S]",
        r"[^\Wx]",
        "(a",
        "a)",
        "a**",
        "[a",
        r"\1",
        "(?=a)",
        "(?<!a)",
        "(?x)a",
        "[a&&b]",
        "[z-a]",
        "a{2,1}",
        "*a",
        r"\k",
        "(?P<>a)",
        "^*",
        "a{1001}",
        "(" * 200,
    ],
)
def test_refused(pattern: str) -> None:
    with pytest.raises(Unsupported):
        regex.for_test(pattern, "duckdb")


@pytest.mark.parametrize("pattern", [r"(.*?)a(.*)b?", "(a|ab)(c|bcd)?", "(a*)(ab)?", "(?:(a)|b)*"])
def test_refused_for_a_match_on_postgres(pattern: str) -> None:
    """PostgreSQL would find another match."""
    with pytest.raises(Unsupported):
        regex.for_match(pattern, "postgres", (1,))


_ATOMS = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\w", r"\d", " ", "ab", "1", ","])
_PATTERNS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        inner.map(lambda p: f"({p})"),
        st.tuples(inner, inner).map(lambda p: f"(?:{p[0]}|{p[1]})"),
        st.tuples(_ATOMS.filter(lambda p: p != "ab"), st.sampled_from(["*", "+", "?", "*?", "+?", "{1,2}"])).map("".join),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "*?"])).map(lambda p: f"(?:{p[0]}){p[1]}"),
    ),
    max_leaves=6,
)


@given(pattern=_PATTERNS, texts=st.lists(st.text("aabc 1,", max_size=12), min_size=8, max_size=8))
@settings(max_examples=150, deadline=None)
def test_both_engines_find_what_a_leftmost_first_search_finds(pattern: str, texts: list[str]) -> None:
    expected = [found.group(0) if (found := re.search(pattern, text)) else "" for text in texts]
    try:
        postgres = regex.for_match(pattern, "postgres")
    except Unsupported:
        return
    values = ", ".join(f"('{text}')" for text in texts)
    column = (Column("v", Type.STRING),)
    quoted = postgres.replace("'", "''")
    rows = find("postgres").execute(f"SELECT COALESCE(SUBSTRING(t FROM '{quoted}'), '') FROM (VALUES {values}) AS x(t)", column).rows
    assert [row[0] for row in rows] == expected
    quoted = regex.for_match(pattern, "duckdb").replace("'", "''")
    rows = find("duckdb").execute(f"SELECT REGEXP_EXTRACT(t, '{quoted}') FROM (VALUES {values}) AS x(t)", column).rows
    assert [row[0] for row in rows] == expected


_TESTS = st.lists(
    st.sampled_from(
        ["a", "é", "_", "-", " ", r"\b", r"\B", r"\w", r"\W", r"\s", r"\S", r"[\W_]", r"[^\W_]", r"[\s-]", r"[^\S ]", "a*", r"\W?", "."]
    ),
    min_size=1,
    max_size=5,
).map("".join)


@given(
    pattern=st.lists(_TESTS, min_size=1, max_size=2).map("|".join),
    texts=st.lists(st.text("aé_-\u00a0 \t", min_size=1, max_size=6), min_size=8, max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_letters_and_blanks_beyond_ascii_are_letters_and_blanks(pattern: str, texts: list[str]) -> None:
    """Where RE2 is left with a boundary, the text around it must be ASCII for the two to agree; of the empty text Python says another
    thing than others."""
    written = regex.for_test(pattern, "duckdb")
    known = [text for text in texts if text.isascii() or not (r"\b" in written or r"\B" in written)]
    values = ", ".join(f"('{text}')" for text in ("a", *known))
    rows = find("duckdb").execute(f"SELECT REGEXP_MATCHES(t, '{written}') FROM (VALUES {values}) AS x(t)", (Column("v", Type.BOOL),)).rows
    assert [row[0] for row in rows] == [re.search(pattern, text) is not None for text in ("a", *known)]
