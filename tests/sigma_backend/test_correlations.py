"""summarize with a threshold, and joins within a time span, as correlations."""

from __future__ import annotations

from typing import Any

import pytest

from ruleconv.diagnostic import Unsupported
from ruleconv.rulefile.metadata import Metadata
from tests.sigma_backend.writing import documents, effects, translated

HOUR = 36_000_000_000


def correlation(kql: str, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = documents(kql, **options)[-1]["correlation"]
    return found


def test_a_count_in_bins() -> None:
    kql = "T | where S =~ 'a' and isnotempty(U) | summarize count() by U, bin(TimeGenerated, 10m) | where count_ > 5"
    base, rule = documents(kql)
    assert base["name"] == "t"
    assert base["detection"]["condition"] == "selection and not filter"
    assert rule["correlation"] == {"type": "event_count", "rules": ["t"], "group-by": ["U"], "timespan": "10m", "condition": {"gt": 5}}
    assert effects(kql) == {("SIW005", "widens")}


METRICS = {
    "n = count() by U | where n >= 3": {"type": "event_count", "condition": {"gte": 3}},
    "n = count() by U | where 3 < n": {"type": "event_count", "condition": {"gt": 3}},
    "n = dcount(IP) by U | where n > 3": {"type": "value_count", "condition": {"gt": 3, "field": "IP"}},
    "n = count_distinct(IP) by U | where n > 3": {"type": "value_count", "condition": {"gt": 3, "field": "IP"}},
    "s = make_set(IP) by U | extend n = array_length(s) | where n > 3": {"type": "value_count", "condition": {"gt": 3, "field": "IP"}},
    "n = sum(N) by U | where n > 3": {"type": "value_sum", "condition": {"gt": 3, "field": "N"}},
    "n = avg(N) by U | where n > 3.5": {"type": "value_avg", "condition": {"gt": 3.5, "field": "N"}},
    "n = percentile(N, 95) by U | where n > 3": {"type": "value_percentile", "condition": {"gt": 3, "field": "N", "percentile": 95}},
    "count(), dcount(IP) by U | where count_ > 3 | project U": {"type": "event_count", "condition": {"gt": 3}},
}


@pytest.mark.parametrize(("kql", "expected"), METRICS.items(), ids=METRICS)
def test_metrics(kql: str, expected: dict[str, Any]) -> None:
    made = correlation(f"T | where TimeGenerated > ago(1h) and S =~ 'a' | summarize {kql}")
    assert made == {"rules": ["t"], "group-by": ["U"], "timespan": "1h", **expected}


def test_countif_is_a_filter_on_the_events() -> None:
    base, rule = documents("T | where TimeGenerated > ago(1h) | summarize n = countif(S =~ 'a') by U | where n > 5")
    assert base["detection"] == {"selection": {"S": "a"}, "condition": "selection"}
    assert rule["correlation"]["condition"] == {"gt": 5}


def test_max_is_a_filter_on_the_events_and_no_correlation() -> None:
    (rule,) = documents("T | summarize m = max(N) by U | where m > 5")
    assert rule["detection"] == {"selection": {"N|gt": 5}, "condition": "selection"}


def test_a_filter_on_a_key_is_one_on_the_events() -> None:
    base, rule = documents("T | summarize n = count() by U, bin(TimeGenerated, 1h) | where n > 5 and U !startswith 'svc'")
    assert base["detection"] == {"filter": {"U|startswith": "svc"}, "condition": "not filter"}
    assert rule["correlation"]["condition"] == {"gt": 5}


def test_the_time_span_is_the_period_of_the_rule_where_the_query_has_none() -> None:
    kql = "T | where S =~ 'a' | summarize n = count() by U | where n > 5"
    with pytest.raises(Unsupported, match="a count over no time span"):
        translated(kql)
    assert correlation(kql, metadata=Metadata(period=2 * HOUR))["timespan"] == "2h"


def test_a_union_counts_the_events_of_all_tables() -> None:
    *bases, rule = documents(
        "union (T | project TimeGenerated, Who = U, Result = S),"
        " (SigninLogs | project TimeGenerated, Who = UserPrincipalName, Result = ResultType)"
        " | where Result == '50126' | summarize n = count() by Who, bin(TimeGenerated, 1h) | where n > 5"
    )
    assert [base["detection"]["selection"] for base in bases] == [{"S": 50126}, {"ResultType": 50126}]
    assert rule["correlation"]["rules"] == ["t", "signinlogs"]
    assert rule["correlation"]["group-by"] == ["Who"]
    assert rule["correlation"]["aliases"] == {"Who": {"t": "U", "signinlogs": "UserPrincipalName"}}


def test_a_threshold_from_above_has_no_direction() -> None:
    assert ("SIW005", "changes") in effects("T | summarize n = count() by U, bin(TimeGenerated, 1h) | where n < 5")


def test_missing_values_that_kusto_counts() -> None:
    kql = "T | {} summarize n = dcount(IP) by S, bin(TimeGenerated, 1h) | where n > 5"
    assert ("SIW005", "narrows") in effects(kql.format(""))
    assert ("SIW005", "narrows") not in effects(kql.format("where isnotempty(IP) |"))


def test_either_of_two_thresholds_is_a_correlation_each() -> None:
    kql = "T | where IP != '' | summarize n = count(), m = dcount(IP) by U, bin(TimeGenerated, 1h) | where n > 50 or m > tolong(5)"
    base, first, second = documents(kql)
    assert (first["correlation"]["type"], first["correlation"]["condition"]) == ("event_count", {"gt": 50})
    assert (second["correlation"]["type"], second["correlation"]["condition"]) == ("value_count", {"gt": 5, "field": "IP"})
    assert first["correlation"]["rules"] == second["correlation"]["rules"] == [base["name"]]
    assert len({first["title"], second["title"], base["title"]}) == len({first["id"], second["id"], base["id"]}) == 3


def test_rows_are_not_events() -> None:
    """After mv-expand or an outer join, count() counts rows."""
    count = "summarize n = count() by U, bin(TimeGenerated, 1h) | where n > 5"
    assert ("SIW005", "narrows") in effects(f"T | mv-expand D | {count}")
    assert ("SIW005", "narrows") in effects(f"T | join kind=leftouter V on S | {count}")
    assert ("SIW005", "narrows") not in effects(f"T | {count}")


REFUSED = {
    "n = count() by U, tostring(X.name) | where n > 5": "grouping by elements of a list, or counting them,",
    "n = count(), m = dcount(IP) by U | where n > 5 and m > 2": "a second threshold",
    "n = stdev(N) by U | where n > 5": "a filter on stdev()",
    "n = count(), m = countif(S =~ 'a') by U | where m * 100 / n > 5": "a filter on a value computed from aggregates",
    "n = countif(S =~ 'a') by U | where n < 5": "a threshold that a group without such events passes",
    "n = count() by U | where n > 5 or U == 'x'": "this filter on aggregates",
    "n = countif(S =~ 'a'), m = count() by U | where n > 5 or m > 9": "thresholds on different events",
    "n = count() by U = strcat(U, IP) | where n > 5": "grouping by what strcat() gives",
    "n = count() by U, S | summarize m = count() by U | where m > 5": "a filter on groups of groups",
}


@pytest.mark.parametrize(("kql", "expected"), REFUSED.items(), ids=REFUSED)
def test_refused(kql: str, expected: str) -> None:
    with pytest.raises(Unsupported) as caught:
        translated(f"T | where TimeGenerated > ago(1h) | mv-expand X = D | summarize {kql}")
    assert caught.value.construct == expected
    assert caught.value.span.end > caught.value.span.start


# ---------------------------------------------------------------- temporal
JOIN = (
    "T | where S =~ 'a' and IP != '' | join kind=inner"
    " (V | where S =~ 'b' and IP != '' | project IP, Other = TimeGenerated, U) on $left.IP == $right.IP"
)
DISTANCES = {
    "Other between (TimeGenerated .. TimeGenerated + 1h)": ("temporal_ordered", ["t", "v"], "1h"),
    "Other between (TimeGenerated .. 30m)": ("temporal_ordered", ["t", "v"], "30m"),
    "TimeGenerated between (Other .. Other + 1h)": ("temporal_ordered", ["v", "t"], "1h"),
    "Other between (TimeGenerated - 5m .. TimeGenerated + 5m)": ("temporal", ["t", "v"], "5m"),
    "Other >= TimeGenerated and Other - TimeGenerated <= 5m": ("temporal_ordered", ["t", "v"], "5m"),
    "abs(TimeGenerated - Other) <= 10m": ("temporal", ["t", "v"], "10m"),
    "TimeGenerated <= Other and Other <= TimeGenerated + 2h": ("temporal_ordered", ["t", "v"], "2h"),
}


@pytest.mark.parametrize(("kql", "expected"), DISTANCES.items(), ids=DISTANCES)
def test_two_tables_within_a_time_span(kql: str, expected: tuple[str, list[str], str]) -> None:
    made = correlation(f"{JOIN} | where {kql}")
    assert (made["type"], made["rules"], made["timespan"], made["group-by"]) == (*expected, ["IP"])


def test_filters_after_the_join_go_to_their_side() -> None:
    first, second, _ = documents(f"{JOIN} | where Other between (TimeGenerated .. 1h) and U1 =~ 'x' and U =~ 'y'")
    assert first["detection"]["selection"] == {"S": "a", "U": "y"}
    assert second["detection"]["selection"] == {"S": "b", "U": "x"}


def test_what_a_temporal_correlation_is_not() -> None:
    for distance in ("Other > TimeGenerated", "Other between (TimeGenerated + 1h .. TimeGenerated + 2h)"):
        with pytest.raises(Unsupported, match="join kind=inner"):
            translated(f"{JOIN} | where {distance}")


def test_limits_that_do_not_count_widen() -> None:
    assert ("SIW005", "widens") in effects(f"{JOIN} | where abs(TimeGenerated - Other) < 10m")
    assert {effect for _, effect in effects(f"{JOIN} | where abs(TimeGenerated - Other) <= 10m")} == {"exact"}


def test_events_without_the_key_are_in_no_temporal_correlation() -> None:
    """S33; the query joins them (S23)."""
    kql = JOIN.replace(" and IP != ''", "")
    assert ("SIW005", "narrows") in effects(f"{kql} | where abs(TimeGenerated - Other) <= 10m")


COUNTED = {
    "n = count() by U, bin(TimeGenerated, 1h) | where n > 5": {("SIW003", "widens"), ("SIW002", "widens"), ("SIW005", "widens")},
    "n = count() by U, bin(TimeGenerated, 1h) | where n < 5": {("SIW003", "changes"), ("SIW002", "changes"), ("SIW005", "changes")},
    "n = count() by U, bin(TimeGenerated, 1h) | where n == 5": {("SIW003", "changes"), ("SIW002", "changes"), ("SIW005", "changes")},
    "n = dcount(IP) by U, bin(TimeGenerated, 1h) | where n > 5 or n < 2": {
        ("SIW003", "changes"),
        ("SIW002", "changes"),
        ("SIW005", "changes"),
    },
    "n = avg(N) by U, bin(TimeGenerated, 1h) | where n > 5": {("SIW003", "changes"), ("SIW002", "changes"), ("SIW005", "changes")},
}


@pytest.mark.parametrize(("kql", "expected"), COUNTED.items(), ids=COUNTED)
def test_more_events_are_too_many_for_a_threshold_from_above(kql: str, expected: set[tuple[str, str]]) -> None:
    before = "T | where TimeGenerated > ago(7d) and S =~ 'a' and isnotempty(IP) and isnotempty(U) | take 100 | summarize "
    assert effects(before + kql) == expected


def test_more_groups_are_more_whatever_they_were_counted_for() -> None:
    kql = "T | where S =~ 'a' | summarize n = count() by U, bin(TimeGenerated, 1h) | where n < 5 | take 10"
    assert effects(kql) == {("SIW005", "changes"), ("SIW003", "widens")}
