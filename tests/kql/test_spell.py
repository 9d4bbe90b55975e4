"""Constants and names as KQL: what is written reads as the same value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruleconv.ir.types import Type
from ruleconv.kql import spell
from ruleconv.kql.lex import lex
from ruleconv.kql.tree import Literal, Name, Unary
from ruleconv.kql.words import KINDS, NEVER, NO_REFERENCE, OPTIONS
from tests.kql.reading import operator, value

LONGS = st.integers(-(1 << 63), (1 << 63) - 1)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | LONGS.filter(lambda n: abs(n) < 1 << 62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def back(text: str) -> object:
    """The value that a constant reads as."""
    found = value(text)
    if isinstance(found, Unary):
        assert isinstance(found.operand, Literal)
        return -found.operand.value  # type: ignore[operator]
    assert isinstance(found, Literal)
    return found.value


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Type.STRING, st.text()),
        (Type.STRING, st.text(alphabet="\"'\\`~@h\n ", max_size=8)),
        (Type.LONG, LONGS),
        (Type.INT, st.integers(-(1 << 31), (1 << 31) - 1)),
        (Type.REAL, st.floats(allow_nan=False)),
        (Type.BOOL, st.booleans()),
        (Type.DECIMAL, st.decimals(-(10**20), 10**20, allow_nan=False, places=9)),
        (Type.TIMESPAN, LONGS.filter(lambda n: n > -(1 << 63))),
        (Type.DATETIME, st.integers(0, 3_652_059 * 864_000_000_000 - 1)),
        (Type.GUID, st.uuids()),
        (Type.DYNAMIC, JSON),
    ],
)
def test_a_constant_reads_as_its_value(kind: Type, values: st.SearchStrategy[object]) -> None:
    @given(values)
    def holds(given_value: object) -> None:
        text = spell.text(given_value, kind)
        assert back(text) == given_value
        assert "\n" not in text

    holds()


@pytest.mark.parametrize("kind", [kind for kind in Type if kind not in (Type.STRING, Type.UNKNOWN)])
def test_nulls(kind: Type) -> None:
    assert back(spell.text(None, kind)) is None


@pytest.mark.parametrize(
    ("given_value", "kind", "text"),
    [
        ("a", Type.STRING, '"a"'),
        ("C:\\Windows", Type.STRING, '@"C:\\Windows"'),
        ('say "a"', Type.STRING, "'say \"a\"'"),
        ('it\'s "a"', Type.STRING, '"it\'s \\"a\\""'),
        ("a\tb", Type.STRING, '"a\\tb"'),
        (86_400 * 10**7, Type.TIMESPAN, "1d"),
        (36 * 3600 * 10**7, Type.TIMESPAN, "36h"),
        (-300 * 10**7, Type.TIMESPAN, "-5m"),
        (15, Type.TIMESPAN, "15tick"),
        (864_000_000_000 + 123_456_780, Type.TIMESPAN, "time(1.00:00:12.3456780)"),
        (637_134_336_000_000_000, Type.DATETIME, "datetime(2020-01-01)"),
        (637_134_336_125_000_000, Type.DATETIME, "datetime(2020-01-01T00:00:12.5Z)"),
        (-(1 << 63), Type.LONG, "long(-9223372036854775808)"),
        (float("inf"), Type.REAL, "real(+inf)"),
        (float("nan"), Type.REAL, "real(nan)"),
        (Decimal("1.50"), Type.DECIMAL, "decimal(1.50)"),
        (["a", 1, None], Type.DYNAMIC, 'dynamic(["a", 1, null])'),
        ("74be27de-1e4e-49d9-b579-fe0b331d3642", Type.GUID, "guid(74be27de-1e4e-49d9-b579-fe0b331d3642)"),
    ],
)
def test_spelling(given_value: object, kind: Type, text: str) -> None:
    assert spell.text(given_value, kind) == text


def test_what_is_no_constant() -> None:
    for given_value, kind in ((None, Type.STRING), (1, Type.UNKNOWN), ("x", Type.REAL), ({1, 2}, Type.DYNAMIC)):
        with pytest.raises(ValueError):
            spell.text(given_value, kind)


# ---------------------------------------------------------------- names
@given(st.text(min_size=1, max_size=10).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)))
def test_a_name_reads_as_itself(text: str) -> None:
    made = spell.name(text)
    spelled = text if not made.quoted else f"[{spell.quoted(text)}]"
    found = value(spelled)
    assert isinstance(found, Name)
    assert found.name == text


@pytest.mark.parametrize("word", sorted({*KINDS, *NEVER, *NO_REFERENCE, *OPTIONS}))
def test_a_word_of_kusto_is_a_name_in_every_place(word: str) -> None:
    made = spell.name(word)
    spelled = word if not made.quoted else f"[{spell.quoted(word)}]"
    for text in (
        "project {}, a = {}",
        "extend {} = 1",
        "summarize {} = max({}) by {}",
        "sort by {} asc",
        "join (U) on {}",
        "where {} == 1",
    ):
        operator(text.format(*[spelled] * 3))


def test_brackets_only_where_they_are_needed() -> None:
    assert [spell.name(text).quoted for text in ("TimeGenerated", "_x1", "count_")] == [False, False, False]
    assert [spell.name(text).quoted for text in ("a b", "1a", "by", "long", "", "é", "a-b", "a.b")] == [True] * 8
    assert lex("[" + spell.quoted("it's") + "]").tokens[1].text == "'it\\'s'"
