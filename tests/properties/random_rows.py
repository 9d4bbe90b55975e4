"""Random cells and rows: NULL, empty and awkward strings, terms at borders, other alphabets, numbers and times close to each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

PIECES = [
    "a",
    "B",
    "ab",
    "é",
    "É",
    "ß",
    "Ω",
    "ω",
    "日",
    "1",
    "42",
    "_",
    "%",
    "\\",
    "'",
    '"',
    " ",
    ".",
    "-",
    "$",
    "^",
    "(",
    "[",
    "*",
    "|",
    "\n",
    "٣",
]
"""No letter of which the two cases are not one character each way (İ, ſ, ς): S12 leaves those to the engine."""

YEAR = datetime(2024, 2, 28, 22, tzinfo=UTC)

texts = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)
numbers = st.integers(-3, 3)
reals = st.sampled_from([-2.5, -1.0, 0.0, 0.5, 1.0, 3.0, 1e300])
times = st.integers(-9, 9).map(lambda hours: YEAR + timedelta(hours=hours / 2))
atoms = st.none() | st.booleans() | numbers | st.sampled_from([0.5, -1.25]) | st.sampled_from(["", "a", "B c", "7", "é"])
dynamics = st.recursive(
    atoms, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "x y"]), inner, max_size=2), max_leaves=6
)


def row(strings: st.SearchStrategy[str] = texts) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {
            "S": st.none() | strings,
            "U": st.none() | strings,
            "N": st.none() | numbers,
            "M": st.none() | numbers,
            "R": st.none() | reals,
            "T": st.none() | times,
            "B": st.none() | st.booleans(),
            "D": dynamics,
        }
    )


def rows(strings: st.SearchStrategy[str] = texts, least: int = 0, most: int = 6) -> st.SearchStrategy[list[dict[str, object]]]:
    """Rows numbered by Id."""
    return st.lists(row(strings), min_size=least, max_size=most).map(lambda found: [{"Id": at, **cells} for at, cells in enumerate(found)])


def quoted(text: str) -> str:
    """A KQL literal."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def moment(value: datetime) -> str:
    return f"datetime({value:%Y-%m-%dT%H:%M:%SZ})"
