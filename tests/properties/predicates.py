"""Random predicates, each as KQL and as a Python function from a row to True, False or None: the reference.

Written from Kusto's documentation (datatypes-string-operators, scalar-data-types/null-values) and docs/semantics.md, S2, S3, S11, S12.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.properties.random_rows import moment, numbers, quoted, reals, texts, times
from tests.properties.running import Row

Answer = bool | None


@dataclass(frozen=True)
class Predicate:
    kql: str
    of: Callable[[Row], Answer]

    def __repr__(self) -> str:
        return self.kql


# ---------------------------------------------------------------- the reference
def fold(text: str) -> str:
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def has(text: str, term: str, left: bool = True, right: bool = True) -> bool:
    """S11. A border is asked for only beside a letter or digit of the term."""
    if not term:
        return True
    for at in range(len(text) - len(term) + 1):
        end = at + len(term)
        if (
            text[at:end] == term
            and not (left and term[0].isalnum() and at > 0 and text[at - 1].isalnum())
            and not (right and term[-1].isalnum() and end < len(text) and text[end].isalnum())
        ):
            return True
    return False


TESTS: dict[str, Callable[[str, str], bool]] = {
    "has": has,
    "hasprefix": lambda text, term: has(text, term, right=False),
    "hassuffix": lambda text, term: has(text, term, left=False),
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
OPERATORS: dict[str, Callable[[str, str], bool]] = {"==": operator.eq, "=~": lambda a, b: fold(a) == fold(b)}
for _name, _test in TESTS.items():
    OPERATORS[_name] = lambda a, b, test=_test: test(fold(a), fold(b))
    OPERATORS[_name + "_cs"] = _test
NEGATED = {"==": "!=", "=~": "!~"}
COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def text_of(row: Row, column: str) -> str:
    value = row.get(column)
    return value if isinstance(value, str) else ""


def compare(sign: str, a: Any, b: Any) -> Answer:
    if sign in ("==", "!="):
        if a is None and b is None:
            return None
        return (a == b) == (sign == "==")
    return None if a is None or b is None else COMPARISONS[sign](a, b)


def conjoined(answers: list[Answer]) -> Answer:
    return False if False in answers else None if None in answers else True


def disjoined(answers: list[Answer]) -> Answer:
    return True if True in answers else None if None in answers else False


def negated(answer: Answer) -> Answer:
    return None if answer is None else not answer


# ---------------------------------------------------------------- atoms
strings = st.sampled_from(["S", "U"])


@st.composite
def string_operator(draw: st.DrawFn, patterns: st.SearchStrategy[str]) -> Predicate:
    """With a literal, or with another column."""
    column, name, no = draw(strings), draw(st.sampled_from(sorted(OPERATORS))), draw(st.booleans())
    test = OPERATORS[name]
    sign = (NEGATED.get(name) or f"!{name}") if no else name
    if draw(st.integers(0, 4)) == 0:
        other = draw(strings)
        return Predicate(f"{column} {sign} {other}", lambda row: test(text_of(row, column), text_of(row, other)) != no)
    pattern = draw(patterns)
    return Predicate(f"{column} {sign} {quoted(pattern)}", lambda row: test(text_of(row, column), pattern) != no)


@st.composite
def string_list(draw: st.DrawFn, patterns: st.SearchStrategy[str]) -> Predicate:
    column, name = draw(strings), draw(st.sampled_from(["in", "!in", "in~", "!in~", "has_any", "has_all"]))
    items = draw(st.lists(patterns, min_size=1, max_size=3))
    no, join = name.startswith("!"), all if name == "has_all" else any
    test = OPERATORS["has" if name.startswith("has") else "=~" if name.endswith("~") else "=="]
    listed = ", ".join(map(quoted, items))
    kql = f"{column} {name} (dynamic([{listed}]))" if draw(st.booleans()) else f"{column} {name} ({listed})"
    return Predicate(kql, lambda row: join(test(text_of(row, column), item) for item in items) != no)


REGEXES = ["^a", "[ab]+1", r"\d+$", r"a.b", r"(?i)É", r"_|%", r"^$", r"\\", r"[^a-z]", r"(a|B)*1", r"\bab\b", "日?Ω", r"^.{2,3}$", r"\.|\*"]


@st.composite
def string_function(draw: st.DrawFn) -> Predicate:
    column = draw(strings)
    match draw(st.integers(0, 3)):
        case 0:
            return Predicate(f"isempty({column})", lambda row: not text_of(row, column))
        case 1:
            return Predicate(f"isnotempty({column})", lambda row: bool(text_of(row, column)))
        case 2:
            return Predicate(f"isnull({column})", lambda row: False)
        case _:
            regex = draw(st.sampled_from(REGEXES))
            python = re.compile(regex.replace("$", r"\Z").replace(r"\d", "[0-9]").replace(r"\b", r"(?a:\b)"))
            return Predicate(f"{column} matches regex {quoted(regex)}", lambda row: bool(python.search(text_of(row, column))))


@st.composite
def comparison(draw: st.DrawFn) -> Predicate:
    """Of a number, a time or a boolean, with a literal or another column."""
    column, others, values, show = draw(st.sampled_from(_KINDS))
    sign = draw(st.sampled_from(["==", "!=", *COMPARISONS])) if column != "B" else draw(st.sampled_from(["==", "!="]))
    if draw(st.booleans()):
        other = draw(st.sampled_from(others))
        return Predicate(f"{column} {sign} {other}", lambda row: compare(sign, row[column], row[other]))
    value = draw(st.none() | values)
    return Predicate(f"{column} {sign} {show(value)}", lambda row: compare(sign, row[column], value))


def long(value: int | None) -> str:
    return "long(null)" if value is None else f"long({value})" if value < 0 else str(value)


def real(value: float | None) -> str:
    return "real(null)" if value is None else f"real({value})"


def time(value: datetime | None) -> str:
    return "datetime(null)" if value is None else moment(value)


def boolean(value: bool | None) -> str:
    return "bool(null)" if value is None else "true" if value else "false"


_KINDS: list[tuple[str, list[str], st.SearchStrategy[Any], Callable[[Any], str]]] = [
    ("N", ["N", "M", "R"], numbers, long),
    ("R", ["N", "M", "R"], reals, real),
    ("T", ["T"], times, time),
    ("B", ["B"], st.booleans(), boolean),
]


@st.composite
def membership(draw: st.DrawFn) -> Predicate:
    column, _, values, show = draw(st.sampled_from(_KINDS[:3]))
    items = draw(st.lists(values, min_size=1, max_size=3))
    no = draw(st.booleans())
    return Predicate(f"{column} {'!' * no}in ({', '.join(map(show, items))})", lambda row: (row[column] in items) != no)


@st.composite
def between(draw: st.DrawFn) -> Predicate:
    column, others, values, show = draw(st.sampled_from(_KINDS[:3]))
    low, no = draw(values), draw(st.booleans())
    high, shown = draw(values), ""
    if column == "T" and draw(st.booleans()):
        hours = draw(st.integers(0, 5))
        high, shown = low + timedelta(hours=hours), f"{hours}h"
    elif draw(st.integers(0, 3)) == 0:
        other = draw(st.sampled_from(others))
        both = lambda row: conjoined([compare(">=", row[column], low), compare("<=", row[column], row[other])])  # noqa: E731
        return Predicate(f"{column} {'!' * no}between ({show(low)} .. {other})", lambda row: negated(both(row)) if no else both(row))

    def answer(row: Row) -> Answer:
        value: Any = row[column]
        return None if value is None else (low <= value <= high) != no

    return Predicate(f"{column} {'!' * no}between ({show(low)} .. {shown or show(high)})", answer)


@st.composite
def null_test(draw: st.DrawFn) -> Predicate:
    column, no = draw(st.sampled_from(["N", "R", "T", "B"])), draw(st.booleans())
    return Predicate(f"isno{'t' * no}null({column})".replace("isnonull", "isnull"), lambda row: (row[column] is None) != no)


flag = st.just(Predicate("B", lambda row: row["B"]))  # type: ignore[arg-type,return-value]


# ---------------------------------------------------------------- trees
def combined(inner: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda ps: Predicate("(" + " and ".join(p.kql for p in ps) + ")", lambda row: conjoined([p.of(row) for p in ps]))),
        several.map(lambda ps: Predicate("(" + " or ".join(p.kql for p in ps) + ")", lambda row: disjoined([p.of(row) for p in ps]))),
        inner.map(lambda p: Predicate(f"not({p.kql})", lambda row: negated(p.of(row)))),
        st.tuples(inner, inner, st.sampled_from(["==", "!="])).map(
            lambda t: Predicate(f"(({t[0].kql}) {t[2]} ({t[1].kql}))", lambda row: compare(t[2], t[0].of(row), t[1].of(row)))
        ),
        st.tuples(inner, inner, inner).map(
            lambda t: Predicate(
                f"iff({t[0].kql}, {t[1].kql}, {t[2].kql})", lambda row: t[1].of(row) if t[0].of(row) is True else t[2].of(row)
            )
        ),
    )


def atoms(patterns: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Predicate]:
    return st.one_of(
        string_operator(patterns), string_list(patterns), string_function(), comparison(), membership(), between(), null_test(), flag
    )


def predicates(patterns: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Predicate]:
    return st.recursive(atoms(patterns), combined, max_leaves=5)
