"""What each filter of KQL becomes: modifiers, values, selections and conditions. The expected answers follow the Sigma rules specification
and docs/semantics.md, S41 and S42."""

from __future__ import annotations

import pytest

from ruleconv.diagnostic import Unsupported
from tests.sigma_backend.writing import detection, documents, effects, translated

EMPTY = ["", None]

TEXTS = {
    'S =~ "Admin"': {"S": "Admin"},
    'S == "Admin"': {"S|cased": "Admin"},
    'S == "10.0.0.1"': {"S": "10.0.0.1"},  # has no case
    'S == "50126"': {"S": 50126},
    'S == "0050"': {"S|re": "^0050$"},  # not the number 50
    'S contains "net user"': {"S|contains": "net user"},
    'S contains_cs "Net"': {"S|contains|cased": "Net"},
    'S startswith "C:"': {"S|startswith": "C:"},
    r'S endswith @"\cmd.exe"': {"S|endswith": r"\cmd.exe"},
    r'S endswith_cs @"\Cmd.exe"': {"S|endswith|cased": r"\Cmd.exe"},
    r'S startswith @"\\server\share"': {"S|startswith": r"\\\\server\share"},
    'S contains "a*b"': {"S|re|i": r"a\*b"},
    'S =~ "who?"': {"S|re|i": r"^who\?$"},
    'S contains "a\\tb"': {"S|re|i": r"a\tb"},
    'S has "admin"': {"S|re|i": r"(?:^|[\W_])admin(?:$|[\W_])"},
    'S has_cs "Admin"': {"S|re": r"(?:^|[\W_])Admin(?:$|[\W_])"},
    'S has ".exe"': {"S|re|i": r"\.exe(?:$|[\W_])"},
    'S hasprefix "adm"': {"S|re|i": r"(?:^|[\W_])adm"},
    'S hassuffix "min"': {"S|re|i": r"min(?:$|[\W_])"},
    'S in ("a", "b")': {"S|cased": ["a", "b"]},
    'S in~ ("a", "b", "1")': {"S": ["a", "b", 1]},
    'S in ("4", "5")': {"S": [4, 5]},
    'S in (dynamic(["x", "y"]))': {"S|cased": ["x", "y"]},
    'S has_any ("a", "b")': {"S|re|i": [r"(?:^|[\W_])a(?:$|[\W_])", r"(?:^|[\W_])b(?:$|[\W_])"]},
    'S matches regex "a.b"': {"S|re": "a.b"},
    'S matches regex "(?i)a.b"': {"S|re|i": "a.b"},
    'S matches regex "(?is)a.b"': {"S|re|i|s": "a.b"},
    r'S matches regex @"[[:digit:]]+\z"': {"S|re": "[0-9]+$"},
    'S matches regex "x(?i)a.b"': {"S|re": "x(?i:a.b)"},
    'tolower(S) == "admin"': {"S": "admin"},
    'tolower(S) contains "Admin"': {"S|contains": "Admin"},
    'toupper(S) in ("A", "B")': {"S": ["A", "B"]},
    'tostring(S) =~ "a"': {"S": "a"},
    "isempty(S)": {"S": EMPTY},
    'S == ""': {"S": EMPTY},
    "strlen(S) > 5": {"S|re|s": "^.{6,}$"},
    'S == "a" or S == "b"': {"S|cased": ["a", "b"]},
}


@pytest.mark.parametrize(("kql", "expected"), TEXTS.items(), ids=TEXTS)
def test_one_selection(kql: str, expected: object) -> None:
    assert detection(kql) == {"selection": expected, "condition": "selection"}


VALUES = {
    "N == 5": {"N": 5},
    "N > 5": {"N|gt": 5},
    "5 >= N": {"N|lte": 5},
    "N in (1, 2)": {"N": [1, 2]},
    "N between (3 .. 6)": {"N|gte": 3, "N|lte": 6},
    "not(N > 5)": {"N|lte": 5},  # null is in neither (S42)
    'ipv4_is_in_range(IP, "10.1.2.3/8")': {"IP|cidr": "10.0.0.0/8"},
    "ipv4_is_private(IP)": {"IP|cidr": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]},
    'D.a.b == "x"': {"D.a.b|cased": "x"},
    'tostring(D["a"]) has "x"': {"D.a|re|i": r"(?:^|[\W_])x(?:$|[\W_])"},
    'tostring(D.list[0].name) =~ "x"': {"D.list.0.name": "x"},
    "hourofday(TimeGenerated) == 3": {"TimeGenerated|hour": 3},
    "hourofday(TimeGenerated) < 3": {"TimeGenerated|hour": [0, 1, 2]},
}


@pytest.mark.parametrize(("kql", "expected"), VALUES.items(), ids=VALUES)
def test_values(kql: str, expected: object) -> None:
    assert detection(kql) == {"selection": expected, "condition": "selection"}


def test_negations_are_filters() -> None:
    assert detection('A == "x" and B != "y" and C !has "z"') == {
        "selection": {"A|cased": "x"},
        "filter_1": {"B|cased": "y"},
        "filter_2": {"C|re|i": r"(?:^|[\W_])z(?:$|[\W_])"},
        "condition": "selection and not filter_1 and not filter_2",
    }
    assert detection('not(A == "x" or B == "y")') == {
        "filter": [{"A|cased": "x"}, {"B|cased": "y"}],
        "condition": "not filter",
    }
    assert detection('isnotempty(A) and A !in ("x", "")') == {
        "filter_1": {"A": EMPTY},
        "filter_2": [{"A|cased": "x"}, {"A": EMPTY}],
        "condition": "not filter_1 and not filter_2",
    }


def test_a_double_negation_is_none() -> None:
    assert detection('not(A != "x")') == {"selection": {"A|cased": "x"}, "condition": "selection"}


def test_the_negation_of_an_address_test_asks_for_an_address() -> None:
    """``ipv4_is_private('abc')`` is null, and so is its negation."""
    assert detection("not(ipv4_is_private(IP))") == {
        "selection": {"IP|cidr": "0.0.0.0/0"},
        "filter": {"IP|cidr": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]},
        "condition": "selection and not filter",
    }


def test_a_field_twice() -> None:
    assert detection("S contains 'c' and S contains 'd'") == {"selection": {"S|contains|all": ["c", "d"]}, "condition": "selection"}
    assert detection("S has_all ('a', 'b') and U == 'x'") == {
        "selection_1": {"S|re|i": r"(?:^|[\W_])a(?:$|[\W_])", "U|cased": "x"},
        "selection_2": {"S|re|i": r"(?:^|[\W_])b(?:$|[\W_])"},
        "condition": "selection_1 and selection_2",
    }


def test_alternatives() -> None:
    assert detection("A =~ 'x' or (B =~ 'y' and C =~ 'z')") == {
        "selection": [{"A": "x"}, {"B": "y", "C": "z"}],
        "condition": "selection",
    }
    assert detection("(A =~ 'x' or B =~ 'y') and (C =~ 'z' or not(U =~ 'w'))") == {
        "selection_1": [{"A": "x"}, {"B": "y"}],
        "selection_2": {"C": "z"},
        "filter": {"U": "w"},
        "condition": "selection_1 and (selection_2 or not filter)",
    }


def test_a_regular_expression_that_matches_nothing_at_all_matches_a_missing_field() -> None:
    assert detection('S matches regex "^a*$"') == {"selection": [{"S|re": "^a*$"}, {"S": None}], "condition": "selection"}


def test_case_is_put_to_each_branch() -> None:
    assert detection('iff(A =~ "x", B, C) =~ "y"') == {
        "selection_1": {"A": "x", "B": "y"},
        "selection_2": {"C": "y"},
        "filter": {"A": "x"},
        "condition": "selection_1 or selection_2 and not filter",
    }
    assert detection('case(A =~ "x", "one", A =~ "y", "two", "other") == "one"') == {"selection": {"A": "x"}, "condition": "selection"}
    assert detection('coalesce(A, B) =~ "x"') == {
        "selection_1": {"A": "x"},
        "selection_2": {"B": "x", "A": EMPTY},
        "filter": {"A": EMPTY},
        "condition": "selection_1 and not filter or selection_2",
    }


def test_the_last_and_the_first_piece_of_a_text() -> None:
    assert detection(r"split(S, '\\')[-1] =~ 'cmd.exe'") == {
        "selection": [{"S|endswith": r"\cmd.exe"}, {"S": "cmd.exe"}],
        "condition": "selection",
    }
    assert detection("tostring(split(S, '@', 0)[0]) == 'admin'") == {
        "selection": [{"S|startswith|cased": "admin@"}, {"S|cased": "admin"}],
        "condition": "selection",
    }


def test_two_fields() -> None:
    kql = "SigninLogs | where UserPrincipalName =~ Identity"
    assert "UserPrincipalName|fieldref: Identity" in translated(kql).text
    assert effects(kql) == set()
    assert effects("SigninLogs | where UserPrincipalName == Identity") == {("SIW007", "widens")}
    assert effects("SigninLogs | where UserPrincipalName != Identity") == {("SIW007", "narrows")}


def test_bools() -> None:
    kql = "SigninLogs | where IsRisky and not(IsInteractive) and FlaggedForReview != true"
    text = translated(kql).text
    assert "IsRisky: true" in text
    assert "IsInteractive: false" in text
    assert "filter:\n        FlaggedForReview: true" in text


def test_search_is_a_keyword() -> None:
    (rule,) = documents('search in (SigninLogs) "mimikatz"')
    assert rule["detection"] == {"selection": {"|re|i": r"(?:^|[\W_])mimikatz(?:$|[\W_])"}, "condition": "selection"}


REFUSED = {
    "T | where extract('a(.)', 1, S) == 'x'": ("a filter on what extract() gives", "extract('a(.)', 1, S)"),
    "T | where todatetime(S) > ago(1h)": ("a filter on what todatetime() gives", "todatetime(S)"),
    "T | where A in (V | project B)": ("a list of values that another query gives", "A in (V | project B)"),
    "T | where N + 1 > 3": ("a filter on a computed number", "N + 1"),
    "T | where S matches regex B": ("a pattern that is not a constant", "B"),
    "T | where false": ("a filter that no event passes", "T"),
    "T | where D['a.b'] == 'x'": ("the key 'a.b'", "D['a.b']"),
    "T | where ipv4_is_in_range(S, B)": ("ipv4_is_in_range() with networks that are no constants", "ipv4_is_in_range(S, B)"),
    "T | where strcat(A, B) == 'x'": ("a filter on what strcat() gives", "strcat(A, B)"),
    "T | where N > M": ("> between two fields", "N > M"),
}


@pytest.mark.parametrize(("kql", "expected"), REFUSED.items(), ids=REFUSED)
def test_refused_with_its_place(kql: str, expected: tuple[str, str]) -> None:
    with pytest.raises(Unsupported) as caught:
        translated(kql)
    error = caught.value
    assert (error.construct, kql[error.span.start : error.span.end]) == expected
