"""One predicate in three languages: as Sigma, as KQL and as SQL it finds the same events, on both engines and by the reference; and what
ruleconv translates from one language to another still finds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import yaml
from hypothesis import given, note
from hypothesis import strategies as st

import ruleconv
from ruleconv import engines
from ruleconv.engines.model import DEFAULT_LIMITS, Result, Table
from ruleconv.ir.types import Column, Type
from ruleconv.schema import Schema
from ruleconv.schema import Table as SchemaTable
from tests.properties.running import ENGINES, examples

Event = dict[str, object]
TEXTS = ("A", "B", "C")
TABLE = "test_events"
COLUMNS: tuple[Column, ...] = (Column("Id", Type.LONG), *(Column(name, Type.STRING) for name in TEXTS), Column("N", Type.LONG))
SCHEMA = Schema.of([SchemaTable(TABLE, COLUMNS)])


@dataclass(frozen=True)
class Predicate:
    """``sigma``: the condition, over ``selections``; ``holds``: the reference."""

    sigma: str
    selections: tuple[tuple[str, object], ...]
    kql: str
    sql: str
    holds: Callable[[Event], bool]


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def sql_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def escaped(text: str) -> str:
    """As a Sigma value that has no wildcards. A backslash is doubled: alone it would stand for itself before some characters only."""
    return "".join("\\" + char if char in "\\*?" else char for char in text)


HOWS: dict[str, tuple[str, str, str, Callable[[str, str], bool]]] = {
    "": ("=~", "==", "{a} = {b}", lambda a, b: a == b),
    "contains": ("contains", "contains_cs", "POSITION({b} IN {a}) > 0", lambda a, b: b in a),
    "startswith": ("startswith", "startswith_cs", "LEFT({a}, LENGTH({b})) = {b}", lambda a, b: a.startswith(b)),
    "endswith": ("endswith", "endswith_cs", "RIGHT({a}, LENGTH({b})) = {b}", lambda a, b: a.endswith(b)),
}

# Letters whose case is one character for one, wildcards of all three languages, quotes.
texts = st.text(st.sampled_from("aAbBzZéÉ %_\\*?'\"-1"), min_size=1, max_size=6)


@st.composite
def leaves(draw: st.DrawFn) -> tuple[str, object, str, str, Callable[[Event], bool]]:
    if draw(st.integers(0, 4)) == 0:
        op, sign = draw(st.sampled_from([("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")]))
        number = draw(st.integers(-3, 12))
        compare: dict[str, Callable[[int], bool]] = {
            "gt": lambda n: n > number,
            "gte": lambda n: n >= number,
            "lt": lambda n: n < number,
            "lte": lambda n: n <= number,
        }
        return (
            f"N|{op}",
            number,
            f"(isnotnull(N) and N {sign} {number})",
            f'COALESCE("N" {sign} {number}, FALSE)',
            lambda event: isinstance(event.get("N"), int) and compare[op](event["N"]),  # type: ignore[arg-type]
        )
    name, how, cased = draw(st.sampled_from(TEXTS)), draw(st.sampled_from(list(HOWS))), draw(st.booleans())
    values = draw(st.lists(texts, min_size=1, max_size=3))
    folding, exact, template, test = HOWS[how]
    key = "|".join(part for part in (name, how, "cased" if cased else "") if part)
    kql = " or ".join(f"{name} {exact if cased else folding} {quoted(value)}" for value in values)

    def sql_of(value: str) -> str:
        a, b = f'"{name}"', sql_quoted(value)
        return template.format(a=a if cased else f"LOWER({a})", b=b if cased else f"LOWER({b})")

    def holds(event: Event) -> bool:
        subject = event.get(name)
        if not isinstance(subject, str):
            return False
        return any(test(subject, value) if cased else test(subject.lower(), value.lower()) for value in values)

    return key, [escaped(v) for v in values], f"({kql})", f"COALESCE({' OR '.join(map(sql_of, values))}, FALSE)", holds


@st.composite
def predicates(draw: st.DrawFn) -> Predicate:
    selections: list[tuple[str, object]] = []

    def build(depth: int) -> Predicate:
        kind = draw(st.sampled_from(["leaf", "leaf", "not", "and", "or"])) if depth else "leaf"
        if kind == "leaf":
            key, value, kql, sql, holds = draw(leaves())
            selections.append((key, value))
            return Predicate(f"s{len(selections) - 1}", (), kql, sql, holds)
        if kind == "not":
            inner = build(depth - 1)
            return Predicate(f"not ({inner.sigma})", (), f"not({inner.kql})", f"NOT ({inner.sql})", lambda event: not inner.holds(event))
        left, right = build(depth - 1), build(depth - 1)
        both = kind == "and"
        return Predicate(
            f"({left.sigma} {kind} {right.sigma})",
            (),
            f"({left.kql} {kind} {right.kql})",
            f"({left.sql} {kind.upper()} {right.sql})",
            lambda event: left.holds(event) and right.holds(event) if both else left.holds(event) or right.holds(event),
        )

    test = build(3)
    return Predicate(test.sigma, tuple(selections), test.kql, test.sql, test.holds)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Predicate, list[Event]]:
    test = draw(predicates())
    words = [text for _, value in test.selections if isinstance(value, list) for text in value] or ["a"]
    parts = st.sampled_from(words).map(lambda text: text.replace("\\", "")) | texts
    cell = st.none() | parts | st.tuples(parts, parts).map("".join).map(str.swapcase)
    event = st.fixed_dictionaries(dict.fromkeys(TEXTS, cell) | {"N": st.none() | st.integers(-3, 12)})
    found = draw(st.lists(event, min_size=1, max_size=6))
    # An event whose fields are all empty would be a row of nothing; an empty text is KQL's missing one.
    return test, [{"Id": at, **{k: v for k, v in each.items() if v not in (None, "")}} for at, each in enumerate(found)]


def sigma_of(test: Predicate) -> str:
    detection = {f"s{at}": {key: value} for at, (key, value) in enumerate(test.selections)} | {"condition": test.sigma}
    return yaml.safe_dump({"title": "Test", "logsource": {"category": "test_events"}, "detection": detection}, allow_unicode=True)


def ids(result: Result) -> list[object]:
    at = [column.name for column in result.columns].index("Id")
    return sorted(int(row[at]) for row in result.rows)


def run_sql(sql: str, events: list[Event], engine: str) -> list[object]:
    rows = [tuple(event.get(column.name) for column in COLUMNS) for event in events]
    table = Table(TABLE, COLUMNS, rows)  # type: ignore[arg-type]
    result = engines.find(engine, None).execute(sql, (Column("Id", Type.LONG),), [table], DEFAULT_LIMITS)
    return sorted(row[0] for row in result.rows)  # type: ignore[type-var]


@given(cases())
@examples(50)
def test_three_languages_one_meaning(case: tuple[Predicate, list[Event]]) -> None:
    test, events = case
    wanted = [event["Id"] for event in events if test.holds(event)]
    sigma, kql = sigma_of(test), f"{TABLE}\n| where {test.kql}"
    note(sigma)
    note(kql)
    for engine in ENGINES:
        assert ids(ruleconv.run(sigma, source="sigma", events=events, engine=engine)) == wanted
        assert ids(ruleconv.run(kql, source="kql", tables={TABLE: events}, engine=engine, schema=SCHEMA)) == wanted
        assert run_sql(f'SELECT "Id" FROM {TABLE} WHERE {test.sql}', events, engine) == wanted


@given(cases())
@examples(40)
def test_sigma_through_kql(case: tuple[Predicate, list[Event]]) -> None:
    """Sigma to KQL to SQL finds what Sigma to SQL finds."""
    test, events = case
    wanted = [event["Id"] for event in events if test.holds(event)]
    kql = ruleconv.translate(sigma_of(test), source="sigma", to="kql", platform="generic", schema=SCHEMA).text
    note(kql)
    for engine in ENGINES:
        assert ids(ruleconv.run(kql, source="kql", tables={TABLE: events}, engine=engine, schema=SCHEMA)) == wanted


@given(cases())
@examples(40)
def test_kql_through_sigma(case: tuple[Predicate, list[Event]]) -> None:
    """KQL to Sigma to SQL finds what KQL to SQL finds, whenever the translation says that it is exact."""
    test, events = case
    made = ruleconv.translate(f"{TABLE}\n| where {test.kql}", source="kql", to="sigma", schema=SCHEMA)
    note(made.text)
    assert made.effect is ruleconv.Effect.EXACT
    wanted = [event["Id"] for event in events if test.holds(event)]
    for engine in ENGINES:
        assert ids(ruleconv.run(made.text, source="sigma", events=events, engine=engine)) == wanted
