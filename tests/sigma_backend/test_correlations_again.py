"""A correlation that is Sigma's already is written as the same correlation: what is read from it again is the same SQL."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given

import ruleconv
from ruleconv.ir.fidelity import Effect
from tests.properties.running import examples
from tests.sigma.correlation_random import KINDS, OUTER, Case, cases, chains, ordered
from tests.sigma_backend.writing import accepted

EVENTS = """
title: Failed
name: failed
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4625}, condition: selection}
---
title: Worked
id: 81e2de47-fd42-4738-a924-8a72a6fa4a13
logsource: {product: windows, service: security}
detection: {selection: {LogonType: 3}, condition: selection}
---
title: Known
name: known
logsource: {product: linux, service: auth}
detection: {selection: {Account|startswith: svc}, condition: selection}
level: low
"""
CORRELATIONS = {
    "count": "{type: event_count, rules: [failed, known], group-by: [User], timespan: 10m, condition: {gte: 3},"
    " aliases: {User: {failed: TargetUserName, known: Account}}}",
    "one table": "{type: event_count, rules: [failed, Worked], group-by: [User, Computer], timespan: 1M, condition: {gt: 2.5}}",
    "tuples": "{type: value_count, rules: [failed], group-by: [User], timespan: 90s, condition: {gte: 3, field: [IpAddress, Computer]}}",
    "percentile": "{type: value_percentile, rules: [failed], timespan: 2h, condition: {gt: 0.5, field: Size, percentile: 95}}",
    "some of them": "{type: temporal, rules: [failed, Worked, known], group-by: [User], timespan: 1h, condition: {gte: 2}}",
    "condition": "{type: temporal, rules: [failed, Worked, known], group-by: [User], timespan: 1h,"
    " condition: failed and not (Worked or known)}",
    "in order": "{type: temporal_ordered, rules: [failed, Worked, failed], group-by: [User], timespan: 1h}",
    "either step": "{type: temporal_ordered, rules: [failed, Worked, known], group-by: [User], timespan: 1h,"
    " condition: failed and (Worked or known)}",
}


def with_correlation(section: str) -> str:
    section = section.replace("Worked", "worked")
    rules = EVENTS.replace("title: Worked\n", "title: Worked\nname: worked\n")
    return f"{rules}---\ntitle: Both\nid: fd799643-0f69-4ef7-9393-e70c6308e2b8\ncorrelation: {section}\nlevel: high\n"


def holds_again(rule: str) -> str:
    made = ruleconv.translate(rule, source="sigma", to="sigma")
    assert made.effect is Effect.EXACT
    accepted(made.text)
    for dialect in ("postgres", "duckdb"):
        before, after = (ruleconv.translate(text, source="sigma", to="sql", dialect=dialect).text for text in (rule, made.text))
        assert after == before, made.text
    return made.text


def finds_the_same(case: Case) -> None:
    made = ruleconv.translate(case.sigma, source="sigma", to="sigma")
    assert made.effect is Effect.EXACT
    comparisons = [len(each.condition) for each in (case.correlation, case.inner) if each is not None]
    if max(comparisons) < 2:  # pySigma knows no ranges
        accepted(made.text)
    result = ruleconv.run(made.text, source="sigma", events=case.events, time_field="timestamp")
    assert ordered(result.rows) == case.wanted, made.text


@pytest.mark.parametrize("section", CORRELATIONS.values(), ids=CORRELATIONS)
def test_each_kind(section: str) -> None:
    holds_again(with_correlation(section))


@pytest.mark.parametrize("kind", KINDS)
def test_random_correlations(kind: str) -> None:
    @examples(15)
    @given(cases([kind]))
    def holds(case: Case) -> None:
        finds_the_same(case)

    holds()


@pytest.mark.parametrize("kind", OUTER)
def test_random_chains(kind: str) -> None:
    @examples(10)
    @given(chains(kind))
    def holds(case: Case) -> None:
        finds_the_same(case)

    holds()


def test_a_range_stays() -> None:
    """The specification's; pySigma takes one comparison only."""
    rule = with_correlation("{type: event_count, rules: [failed], timespan: 1h, condition: {gte: 3, lt: 9}}")
    *_, both = yaml.safe_load_all(ruleconv.translate(rule, to="sigma").text)
    assert both["correlation"]["condition"] == {"gte": 3, "lt": 9}


def test_the_rules_keep_what_they_say() -> None:
    found = {rule["title"]: rule for rule in yaml.safe_load_all(holds_again(with_correlation(CORRELATIONS["count"])))}
    failed, known, both = (found[title] for title in ("Failed", "Known", "Both"))
    assert (failed["title"], failed["name"], failed["logsource"]) == ("Failed", "failed", {"product": "windows", "service": "security"})
    assert (known["name"], known["level"], known["logsource"]) == ("known", "low", {"product": "linux", "service": "auth"})
    assert both["title"] == "Both"
    assert both["related"] == [{"id": "fd799643-0f69-4ef7-9393-e70c6308e2b8", "type": "derived"}]
    assert both["correlation"] == {
        "type": "event_count",
        "rules": ["failed", "known"],
        "group-by": ["User"],
        "timespan": "10m",
        "aliases": {"User": {"failed": "TargetUserName", "known": "Account"}},
        "condition": {"gte": 3},
    }
    assert both["level"] == "high"


def test_a_field_that_must_be_there_stays_where_the_correlation_does_not_ask_for_it() -> None:
    """Counting correlations have a group of the events without the field (S33)."""
    rule = with_correlation("{type: event_count, rules: [failed], group-by: [User], timespan: 1h, condition: {gte: 3}}")
    *_, failed, _ = yaml.safe_load_all(holds_again(rule.replace("{EventID: 4625}", "{EventID: 4625, User|exists: true}")))
    assert failed["detection"]["filter"] == {"User": None}


@pytest.mark.parametrize("generate", ["", "generate: true, "])
def test_rules_that_serve_several_ends_have_a_name_for_each(generate: str) -> None:
    """A file in which two rules have one name is refused where it is referred to."""
    one = "{" + generate + "type: event_count, rules: [failed], group-by: [User], timespan: 1h, condition: {gte: 3}}"
    other = "---\ntitle: More\ncorrelation: {type: event_count, rules: [failed], timespan: 1h, condition: {gte: 30}}\n"
    found = list(yaml.safe_load_all(holds_again(with_correlation(one) + other)))
    names = [rule["name"] for rule in found if "name" in rule]
    assert len(set(names)) == len(names)
    assert len({rule["id"] for rule in found}) == len(found)


def test_an_aggregation_of_the_old_kind_is_the_correlation_that_replaced_it() -> None:
    rule = """title: Many
logsource: {product: windows, service: security}
detection:
    selection: {EventID: 4625}
    timeframe: 5m
    condition: selection | count(Computer) by User > 5
tags: [attack.t1110]
level: high
"""
    made = ruleconv.translate(rule, source="sigma", to="sigma").text
    accepted(made)
    events, many = yaml.safe_load_all(made)
    assert "tags" not in events
    assert (many["correlation"]["type"], many["level"], many["tags"]) == ("value_count", "high", ["attack.t1110"])
    assert ruleconv.translate(made, to="sql").text == ruleconv.translate(rule, to="sql").text
