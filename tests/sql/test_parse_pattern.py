"""The regular expression that a pattern of ``parse`` becomes, and that both engines read it as Python does."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruleconv import Unsupported, engines
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.text import NOWHERE
from ruleconv_backends.sql.parse_pattern import simple
from ruleconv_backends.sql.parse_regex import regex

STAR = q.Skip()
A, B, N = q.Capture("a", Type.STRING), q.Capture("b", Type.STRING), q.Capture("n", Type.LONG)


def text(word: str) -> q.Delimiter:
    return q.Delimiter(word)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ((text("x="), A), "^x=(.*)$"),
        ((STAR, text("x="), A, text(";"), STAR), "x=([^;]*);"),
        ((STAR, text("x="), A, text(";; "), B), "^.*?x=(.*?);; (.*)$"),
        ((A, text("^"), B), r"^([^\^]*)\^(.*)$"),
        ((STAR, text("n="), N, STAR, text("."), A), r"^.*?n=(-?[0-9]+)[^.]*\.(.*)$"),
        ((STAR, text("a"), text("b"), A, text("]")), r"^.*?ab(.*?)\]$"),
        ((STAR, text("a"), STAR, STAR, text("b"), STAR), "a[^b]*b"),
    ],
)
def test_simple(pieces: tuple[q.Piece, ...], expected: str) -> None:
    assert simple(pieces, False, NOWHERE).regex == expected


def test_a_string_needs_an_end() -> None:
    with pytest.raises(Unsupported, match="no text between the column a"):
        simple((text("x"), A, STAR), False, NOWHERE)


def _stage(flags: str, *pieces: q.Piece) -> q.Parse:
    source = q.Rows((), ())
    return q.Parse(source, source, q.ParseKind.REGEX, flags, pieces, ())  # type: ignore[arg-type] # the subject does not count here


def test_regex_passes_over_the_users_groups() -> None:
    stage = _stage("", STAR, text("(id|no)="), A, text("(;)"), N)
    for_duckdb, for_postgres = regex("duckdb", stage), regex("postgres", stage)
    assert [for_duckdb.group(at) for at in (0, 1)] == [2, 4]
    assert [for_postgres.group(at) for at in (0, 1)] == [1, 2]
    assert re.compile(for_postgres.regex).groups == 2


def test_regex_flags() -> None:
    with pytest.raises(Unsupported):
        regex("duckdb", _stage("x", text("a"), A))
    assert regex("duckdb", _stage("i", text("a"), A)).regex.startswith("(?i)")


WORDS = st.sampled_from(["a", "b", "ab", "bb", ".", "a.", "]", "\\"])
TEXTS = st.text("ab.]\\1-\n", max_size=12)


def one_of(*pieces: q.Piece) -> st.SearchStrategy[q.Piece]:
    return st.sampled_from(pieces)


@st.composite
def patterns(draw: st.DrawFn) -> tuple[q.Piece, ...]:
    pieces: list[q.Piece] = [draw(one_of(STAR, text("")))]
    for at in range(draw(st.integers(1, 3))):
        pieces.append(text(draw(WORDS)))
        pieces.append(draw(one_of(STAR, q.Capture(f"c{at}", Type.STRING), q.Capture(f"c{at}", Type.STRING))))
    if draw(st.booleans()) or not any(isinstance(piece, q.Capture) for piece in pieces):
        pieces += [text(draw(WORDS)), q.Capture("last", Type.STRING)]
    return tuple(pieces)


@settings(max_examples=60, deadline=None)
@given(patterns(), st.lists(TEXTS, min_size=1, max_size=12))
def test_engines_agree(pieces: tuple[q.Piece, ...], texts: list[str]) -> None:
    pattern = simple(pieces, False, NOWHERE)
    count = len(pattern.captures)
    expected = [re.search(pattern.regex.replace("$", r"\Z") if pattern.regex.endswith("$") else pattern.regex, t, re.DOTALL) for t in texts]
    want = [list(found.groups()) if found else [""] * count for found in expected]
    values = ", ".join("('" + t.replace("'", "''") + "')" for t in texts)
    literal = pattern.regex.replace("'", "''")
    queries = {
        "postgres": "SELECT " + ", ".join(f"(REGEXP_MATCH(s, '{literal}'))[{at + 1}]" for at in range(count)),
        "duckdb": "SELECT " + ", ".join(f"REGEXP_EXTRACT(s, '(?s){literal}', {at + 1})" for at in range(count)),
    }
    columns = tuple(Column(f"c{at}", Type.STRING) for at in range(count))
    for name, select in queries.items():
        rows = engines.find(name).execute(f"{select} FROM (VALUES {values}) AS t(s)", columns).rows
        assert [list(row) for row in rows] == want, name
