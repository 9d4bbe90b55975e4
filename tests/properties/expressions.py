"""Random typed expressions over given columns, as KQL and as Python functions of a row (in which a string is never None)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.properties.predicates import OPERATORS, compare, conjoined, disjoined, fold, long, negated, real, time
from tests.properties.random_rows import YEAR, numbers, quoted, times
from tests.properties.running import Row

WORDS = ["", "a", "A b", "é_1", "%", "ab"]
Columns = Mapping[str, str]
"""Names and their types: long, real, string, datetime, bool."""


@dataclass(frozen=True)
class Expression:
    kql: str
    type: str
    of: Callable[[Row], Any]

    def __repr__(self) -> str:
        return self.kql


def name(column: str) -> str:
    return f"['{column}']"


def strict(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: None if None in values else function(*values)


def quotient(a: int, b: int) -> int | None:
    return None if b == 0 else abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def floor(value: datetime, size: timedelta) -> datetime:
    start = datetime.min.replace(tzinfo=value.tzinfo)
    return start + (value - start) // size * size


ARITHMETIC: dict[str, Callable[[int, int], int | None]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": quotient,
    "%": lambda a, b: None if b == 0 else a % abs(b),
}
MADE: dict[str, list[tuple[str, tuple[str, ...], Callable[..., Any]]]] = {
    "long": [
        *((f"({{}} {sign} {{}})", ("long", "long"), strict(function)) for sign, function in ARITHMETIC.items()),
        ("strlen({})", ("string",), len),
        ("coalesce({}, {})", ("long", "long"), lambda a, b: b if a is None else a),
        ("bin({}, 2)", ("long",), strict(lambda a: a // 2 * 2)),
        ("-({})", ("long",), strict(lambda a: -a)),
        ("tolong(hourofday({}))", ("datetime",), strict(lambda t: t.hour)),
        ("datetime_diff('day', {}, {})", ("datetime", "datetime"), strict(lambda a, b: a.toordinal() - b.toordinal())),
        ("tolong({})", ("string",), lambda s: None),
    ],
    "real": [
        ("todouble({})", ("long",), strict(float)),
        ("({} + {})", ("real", "long"), strict(lambda a, b: a + b)),
        ("({} * 0.5)", ("real",), strict(lambda a: a * 0.5)),
        ("({} / 2.0)", ("long",), strict(lambda a: a / 2)),
        ("floor({}, 0.5)", ("real",), strict(lambda a: a // 0.5 * 0.5)),
    ],
    "string": [
        ("strcat({}, '-', {})", ("string", "string"), lambda a, b: f"{a}-{b}"),
        ("strcat({}, {})", ("string", "long"), lambda a, b: a + ("" if b is None else str(b))),
        ("tolower({})", ("string",), fold),
        ("tostring({})", ("long",), lambda a: "" if a is None else str(a)),
        ("substring({}, 1, 2)", ("string",), lambda s: s[1:3]),
        ("coalesce({}, {})", ("string", "string"), lambda a, b: a or b),
    ],
    "datetime": [
        ("({} + 90m)", ("datetime",), strict(lambda t: t + timedelta(minutes=90))),
        ("({} - 1h * {})", ("datetime", "long"), strict(lambda t, n: t - timedelta(hours=max(-99, min(99, n))))),
        ("bin({}, 6h)", ("datetime",), strict(lambda t: floor(t, timedelta(hours=6)))),
        ("startofday({})", ("datetime",), strict(lambda t: t.replace(hour=0, minute=0, second=0))),
        ("startofmonth({})", ("datetime",), strict(lambda t: t.replace(day=1, hour=0, minute=0, second=0))),
        ("coalesce({}, {})", ("datetime", "datetime"), lambda a, b: b if a is None else a),
    ],
    "bool": [
        *(
            (f"({{}} {sign} {{}})", (kind, kind), lambda a, b, sign=sign: compare(sign, a, b))
            for kind in ("long", "datetime", "real")
            for sign in ("==", "!=", "<", ">=")
        ),
        *(
            (f"({{}} {sign} {{}})", ("string", "string"), OPERATORS[sign])
            for sign in ("==", "=~", "has", "contains_cs", "startswith", "endswith_cs")
        ),
        ("({} != {})", ("string", "string"), lambda a, b: a != b),
        ("({} !has {})", ("string", "string"), lambda a, b: not OPERATORS["has"](a, b)),
        ("({} and {})", ("bool", "bool"), lambda a, b: conjoined([a, b])),
        ("({} or {})", ("bool", "bool"), lambda a, b: disjoined([a, b])),
        ("not({})", ("bool",), negated),
        ("isempty({})", ("string",), lambda s: not s),
        ("isnull({})", ("long",), lambda n: n is None),
        ("isnotnull({})", ("datetime",), lambda n: n is not None),
        ("({} in (1, 2, -3))", ("long",), lambda n: n in (1, 2, -3)),
        ("({} !in ('', 'a'))", ("string",), lambda s: s not in ("", "a")),
    ],
}
for _type in MADE:
    MADE[_type].append(("iff({}, {}, {})", ("bool", _type, _type), lambda p, a, b: a if p is True else b))
LITERALS: dict[str, st.SearchStrategy[tuple[str, Any]]] = {
    "long": st.tuples(st.none() | numbers).map(lambda t: (long(t[0]), t[0])),
    "real": st.sampled_from([None, 0.5, 2.0]).map(lambda value: (real(value), value)),
    "string": st.sampled_from(WORDS).map(lambda value: (quoted(value), value)),
    "datetime": st.tuples(st.none() | times).map(lambda t: (time(t[0]), t[0])),
    "bool": st.sampled_from([("true", True), ("false", False), ("bool(null)", None)]),
}
TYPES = sorted(MADE)


def expressions(columns: Columns, kind: str, depth: int = 2) -> st.SearchStrategy[Expression]:
    """An expression of the type."""
    own = sorted(column for column, type_ in columns.items() if type_ == kind)
    literal = LITERALS[kind].map(lambda pair: Expression(pair[0], kind, lambda row: pair[1]))
    leaves = [literal]
    if own:
        leaves.insert(0, st.sampled_from(own).map(lambda column: Expression(name(column), kind, lambda row: row[column])))
        leaves.insert(0, leaves[0])
    if depth == 0:
        return st.one_of(leaves)

    def made(template: tuple[str, tuple[str, ...], Callable[..., Any]]) -> st.SearchStrategy[Expression]:
        text, kinds, function = template
        arguments = st.tuples(*(expressions(columns, k, depth - 1) for k in kinds))
        return arguments.map(
            lambda parts: Expression(text.format(*(p.kql for p in parts)), kind, lambda row: function(*(p.of(row) for p in parts)))
        )

    return st.one_of(*leaves, st.sampled_from(MADE[kind]).flatmap(made))


def any_expression(columns: Columns) -> st.SearchStrategy[Expression]:
    return st.sampled_from(TYPES).flatmap(lambda kind: expressions(columns, kind))


__all__ = ["YEAR", "Columns", "Expression", "any_expression", "expressions", "name"]
