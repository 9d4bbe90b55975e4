"""Wherever the translation says exact, KQL -> Sigma -> SQL finds the events that KQL finds: random predicates over random rows, against the
reference of ``tests/properties``."""

from __future__ import annotations

from hypothesis import given, note

import ruleconv
from ruleconv.diagnostic import Unsupported
from ruleconv.ir.fidelity import Effect
from ruleconv.translation import bound
from ruleconv_backends.sigma import SigmaBackend
from tests.properties.running import ENGINES, SCHEMA, Row, examples
from tests.properties.test_predicates import Predicate, cases
from tests.sigma_backend.writing import accepted


def written(kql: str) -> str | None:
    """The rule, where there is one that is exact."""
    query, source = bound(kql, schema=SCHEMA)
    try:
        made = SigmaBackend().translate(query, source=source)
    except Unsupported:
        return None
    return made.text if made.effect is Effect.EXACT else None


def found(rule: str, events: list[Row], engine: str) -> list[object]:
    result = ruleconv.run(rule, source="sigma", engine=engine, events=events)
    at = [column.name for column in result.columns].index("Id")
    return sorted(row[at] for row in result.rows)  # type: ignore[type-var]


@given(cases(1))
@examples(150)
def test_an_exact_rule_finds_the_same_events(case: tuple[list[Row], list[Predicate]]) -> None:
    events, (test,) = case
    kql = f"A | where {test.kql}"
    rule = written(kql)
    if rule is None:
        return
    accepted(rule)
    note(rule)
    for engine in ENGINES:
        note(engine)
        assert found(rule, events, engine) == [event["Id"] for event in events if test.of(event) is True]


@given(cases(1))
@examples(250)
def test_a_partial_rule_errs_as_its_notes_say(case: tuple[list[Row], list[Predicate]]) -> None:
    """Notes that only widen: no event is missed; that only narrow: none too many."""
    events, (test,) = case
    kql = f"A | where {test.kql}"
    query, source = bound(kql, schema=SCHEMA)
    try:
        made = SigmaBackend(lossy=True).translate(query, source=source)
    except Unsupported:
        return
    effects = {each.effect for each in made.notes} - {Effect.EXACT}
    if effects not in ({Effect.WIDENS}, {Effect.NARROWS}):
        return
    accepted(made.text)
    note(made.text)
    note(str(made.notes))
    wanted = {event["Id"] for event in events if test.of(event) is True}
    got = set(found(made.text, events, "duckdb"))
    assert got >= wanted if effects == {Effect.WIDENS} else got <= wanted
