"""What the stages of a query become: tables, columns that are computed, what is dropped with a note and what is refused."""

from __future__ import annotations

import pytest

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.fidelity import Effect
from ruleconv.rulefile.metadata import Metadata
from tests.sigma_backend.writing import documents, effects, translated

DAY = 864_000_000_000


def test_columns_that_are_renamed_or_computed_are_put_back() -> None:
    (rule,) = documents(
        "T | extend Name = tolower(S), Ip = tostring(D.ip) | project Who = Name, Ip, TimeGenerated"
        " | where Who == 'admin' and Ip startswith '10.'"
    )
    assert rule["detection"]["selection"] == {"S": "admin", "D.ip|startswith": "10."}


def test_a_column_that_is_replaced_is_the_new_one_after_that() -> None:
    (rule,) = documents("T | where S =~ 'a' | extend S = U | where S =~ 'b'")
    assert rule["detection"]["selection"] == {"S": "a", "U": "b"}


def test_lets_are_followed() -> None:
    (rule,) = documents("let names = dynamic(['a', 'b']); let Found = T | where S in~ (names); Found | where U =~ 'x'")
    assert rule["detection"]["selection"] == {"S": ["a", "b"], "U": "x"}
    (rule,) = documents("let names = datatable(n: string) ['a', 'b']; T | where S in~ (names)")
    assert rule["detection"]["selection"] == {"S": ["a", "b"]}


def test_the_fields_are_the_columns_that_the_query_shows() -> None:
    (rule,) = documents("T | where S =~ 'a' | extend Long = strcat(U, IP) | project TimeGenerated, Who = U, Long")
    assert rule["fields"] == ["TimeGenerated", "U"]


def test_a_union_is_a_rule_for_each_table() -> None:
    first, second = documents("union T, SigninLogs | where TimeGenerated > ago(1d) | where IPAddress == '1.2.3.4' or S =~ 'a'")
    assert (first["logsource"], first["detection"]) == ({"service": "t"}, {"selection": {"S": "a"}, "condition": "selection"})
    assert second["logsource"] == {"product": "azure", "service": "signinlogs"}
    assert second["detection"]["selection"] == {"IPAddress": "1.2.3.4"}
    assert first["title"] != second["title"]
    assert first["id"] != second["id"]


NOTES = {
    "T | where S =~ 'a'": set(),
    "T | where S =~ 'a' | sort by S": {("SIW001", "exact")},
    "T | where S =~ 'a' and TimeGenerated > ago(1h)": {("SIW002", "widens")},
    "T | where S =~ 'a' | take 10": {("SIW003", "widens")},
    "T | where S =~ 'a' | top 3 by N": {("SIW001", "exact"), ("SIW003", "widens")},
    "T | where S =~ 'a' | distinct S": {("SIW004", "widens")},
    "T | where S =~ 'a' | summarize count() by S": {("SIW004", "widens")},
    "T | where S =~ 'a' | count": {("SIW004", "changes")},
    "T | where S =~ 'a' | mv-expand D": {("SIW004", "widens")},
    "T | mv-expand D | where D.name =~ 'a'": {("SIW004", "widens"), ("SIW006", "changes")},
    "T | where S =~ 'a' | join kind=leftouter V on S": {("SIW001", "exact")},
    "T | where S =~ 'a' | lookup V on S": {("SIW001", "exact")},
    "T | where D has 'a'": {("SIW006", "changes")},
    "T | where tostring(parse_json(S).a) =~ 'a'": {("SIW006", "changes")},
}


@pytest.mark.parametrize(("kql", "expected"), NOTES.items(), ids=NOTES)
def test_what_is_dropped_is_told(kql: str, expected: set[tuple[str, str]]) -> None:
    assert effects(kql) == expected


def test_a_look_back_that_is_the_rules_own_period_is_exact() -> None:
    kql = "T | where TimeGenerated >= ago(1d) and S =~ 'a'"
    assert effects(kql, metadata=Metadata(period=DAY)) == {("SIW002", "exact")}
    assert effects(kql, metadata=Metadata(period=2 * DAY)) == {("SIW002", "widens")}


def test_some_element_of_a_list() -> None:
    (rule,) = documents("T | mv-expand e = D.items | where e.name =~ 'a' and S =~ 'b'")
    assert rule["detection"] == {"selection": {"D.items.name": "a", "S": "b"}, "condition": "selection"}
    (rule,) = documents("T | mv-apply e = D.items on (where e.kind =~ 'k' | extend n = tostring(e.name)) | where n startswith 'a'")
    assert rule["detection"] == {"selection": {"D.items.kind": "k", "D.items.name|startswith": "a"}, "condition": "selection"}


REFUSED = {
    "T | join kind=leftanti V on S": ("join kind=leftanti", "join kind=leftanti V on S"),
    "T | join kind=inner V on S | where U =~ 'x'": ("join kind=inner", "join kind=inner V on S"),
    "T | mv-expand D | where D.name != 'x'": ("a negated test of the elements of a list", "D.name != 'x'"),
    "T | mv-expand D | where not(S =~ 'a' and D.name =~ 'x')": ("a negated test of the elements of a list", "D.name =~ 'x'"),
    "T | mv-expand D, E = D | where E =~ 'x'": ("a filter on E, an element that mv-expand gives,", "E"),
    "T | mv-apply D on (summarize n = count() by tostring(D.x)) | where n > 2": (
        "mv-apply",
        "mv-apply D on (summarize n = count() by tostring(D.x))",
    ),
    "T | parse S with 'a' x 'b' | where x == 'y'": ("a filter on x, a part that parse cuts out,", "x"),
    "T | sort by N | serialize | extend p = prev(S) | where p == 'x'": ("a filter on p, which looks at other rows,", "p"),
    "T | make-series count() on TimeGenerated step 1h": ("make-series", "make-series count() on TimeGenerated step 1h"),
    "T | evaluate bag_unpack(D)": ("evaluate bag_unpack", "evaluate bag_unpack(D)"),
    "T | join kind=leftouter V on S | where U1 =~ 'x'": ("a filter on U1, of the joined table,", "U1"),
    "range n from 1 to 3 step 1": ("range", "range n from 1 to 3 step 1"),
}


@pytest.mark.parametrize(("kql", "expected"), REFUSED.items(), ids=REFUSED)
def test_refused_with_its_place(kql: str, expected: tuple[str, str]) -> None:
    with pytest.raises(Unsupported) as caught:
        translated(kql)
    error = caught.value
    assert (error.construct, kql[error.span.start : error.span.end].strip()) == expected


# ---------------------------------------------------------------- partial translations
def left_out(kql: str) -> tuple[dict[str, object], list[tuple[str, str]]]:
    made = translated(kql, lossy=True)
    (rule,) = documents(kql, lossy=True)
    return rule["detection"], [(note.effect.value, kql[note.span.start : note.span.end]) for note in made.notes if note.code == "SIW009"]


def test_a_part_of_a_conjunction_that_is_left_out_widens() -> None:
    detection, losses = left_out("T | where S =~ 'a' and N + 1 > 2 and IP matches regex U")
    assert detection == {"selection": {"S": "a"}, "condition": "selection"}
    assert losses == [("widens", "N + 1"), ("widens", "U")]


def test_a_part_of_a_disjunction_that_is_left_out_narrows() -> None:
    detection, losses = left_out("T | where S =~ 'a' or N + 1 > 2")
    assert detection == {"selection": {"S": "a"}, "condition": "selection"}
    assert losses == [("narrows", "N + 1")]


def test_under_a_negation_it_is_the_other_way_round() -> None:
    detection, losses = left_out("T | where not(S =~ 'a' and strcat(U, A) == 'b')")
    assert detection == {"filter": {"S": "a"}, "condition": "not filter"}
    assert losses == [("narrows", "strcat(U, A)")]
    detection, losses = left_out("T | where not(S =~ 'a' or strcat(U, A) == 'b')")
    assert detection == {"filter": {"S": "a"}, "condition": "not filter"}
    assert losses == [("widens", "strcat(U, A)")]


def test_a_whole_negation_that_is_left_out_is_told() -> None:
    detection, losses = left_out("T | where S =~ 'a' and not(strcat(U, A) == 'b')")
    assert detection == {"selection": {"S": "a"}, "condition": "selection"}
    assert losses == [("widens", "strcat(U, A)")]


def test_every_loss_of_a_disjunction_that_goes_as_a_whole_is_told() -> None:
    detection, losses = left_out("T | where S =~ 'a' and (N + 1 > 2 or strcat(U, A) == 'b')")
    assert detection == {"selection": {"S": "a"}, "condition": "selection"}
    assert losses == [("widens", "N + 1"), ("widens", "strcat(U, A)")]


def test_stages_that_are_left_out() -> None:
    detection, losses = left_out("T | where S =~ 'a' | join kind=leftanti V on S | evaluate bag_unpack(D)")
    assert detection == {"selection": {"S": "a"}, "condition": "selection"}
    assert [effect for effect, _ in losses] == ["widens", "changes"]


def test_without_any_test_left_every_event_is_found() -> None:
    detection, losses = left_out("T | where strcat(U, A) == 'b'")
    assert detection == {"selection": {"TimeGenerated|exists": True}, "condition": "selection"}
    assert losses == [("widens", "strcat(U, A)")]


def test_a_query_without_events_has_no_rule_at_all() -> None:
    with pytest.raises(Unsupported):
        translated("print 1", lossy=True)


def test_the_effect_is_the_worst() -> None:
    assert translated("T | where S =~ 'a' or N + 1 > 2 | take 3", lossy=True).effect is Effect.NARROWS


def test_arguments_of_a_parser_are_part_of_the_query() -> None:
    """They filter what a function of the workspace gives: a rule without them would find other events."""
    made = translated("_Im_Dns(starttime=ago(1d), endtime=now(), pack=false) | where DnsQuery == 'x'")
    assert [(note.code, note.effect, note.message) for note in made.notes] == [
        ("SIW002", Effect.WIDENS, "a Sigma rule has no look-back: run it over the last 1d")
    ]
    for call, effect in (("_Im_Dns(domain_has_any=dynamic(['a']))", Effect.WIDENS), ("Mine(period=1h)", Effect.CHANGES)):
        with pytest.raises(Unsupported, match="argument"):
            translated(f"{call} | where DnsQuery == 'x'")
        assert [(n.code, n.effect) for n in translated(f"{call} | where DnsQuery == 'x'", lossy=True).notes] == [("SIW009", effect)]
    for call in ("_GetWatchlist('VIP')", "Mine()"):
        assert translated(f"{call} | where SearchKey == 'x'").notes == ()
