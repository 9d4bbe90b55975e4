"""Calls that Microsoft's parser objects to and whose meaning is clear: they bind, and the linter says it."""

from __future__ import annotations

import pytest

import ruleconv
from ruleconv.ir.types import Type
from ruleconv.kql.binding.signatures import AGGREGATE, FUNCTION, signatures, takes
from tests.kql.binding import columns, doubts, found, refused

DOUBTS = {
    # a dynamic value in the place of a number
    "T | extend abs(d.x)": [("KQL005", "abs")],
    "T | extend round(d)": [("KQL005", "d")],
    "T | extend substring(s, d.x)": [("KQL005", "d.x")],
    "T | summarize sum(d.x), max(l)": [("KQL005", "d.x")],
    "T | summarize make_list(s, d)": [("KQL005", "d")],
    "T | summarize arg_max(g, *)": [("KQL005", "g")],
    # a dynamic value of the wrong shape
    "T | extend todynamic(split(s, ','))": [("KQL005", "split(s, ',')")],
    "T | extend array_length(parse_url(s))": [("KQL005", "parse_url(s)")],
    "T | extend bag_keys(split(s, ','))": [("KQL005", "split(s, ',')")],
    # constants
    "T | extend extract(s, 1, s)": [("KQL005", "s")],
    "T | extend replace_regex(s, s, 'x')": [("KQL005", "s")],
    # what a term is looked for with
    "T | where s has split(s, ',')": [("KQL005", "split(s, ',')")],
    "let words = dynamic(['a']); T | where s !has words": [("KQL005", "words")],
    "T | where s contains dynamic(['a']) and s =~ split(s, ',') and s has d": [],
    # counts
    "T | summarize count(s)": [("KQL005", "s")],
    "T | summarize count(*)": [("KQL005", "*")],
    "T | extend coalesce(d, l)": [("KQL005", "d")],
    "T | extend hash_sha256(d)": [("KQL005", "d")],
    # nothing to object to
    "T | extend abs(tolong(d.x)), strlen(d), todynamic(s), parse_json(d), extract('a', 1, tostring(d.x))": [],
    "let re = strcat('a', 'b'); T | extend extract(re, 1, s)": [],
    "let f = (re: string) { extract(re, 1, 'a') }; print f('x')": [],
    "T | extend bag_pack('a', s, 'b', d), pack_array(s, l), strcat_delim('-', s, l), coalesce(d.x, d.y), coalesce(i, r)": [],
    "T | summarize percentiles(l, 5, 95), arg_max(t, *), make_set(d, 10), count(b), dcount(s, 2), take_any(*)": [],
    "T | extend array_sort_asc(d, d, false), array_sort_desc(d)": [],
    "Foo_CL | extend abs(x), substring(y, z) | summarize sum(x)": [],
}


@pytest.mark.parametrize(("text", "expected"), DOUBTS.items())
def test_doubts(text: str, expected: list[tuple[str, str]]) -> None:
    assert doubts(text) == expected


def test_the_linter_says_what_a_translation_goes_on_with() -> None:
    text = "SigninLogs\n| summarize n = count(UserPrincipalName)\n"
    assert [(d.code, d.line) for d in ruleconv.lint(text, source="kql") if d.code == "KQL005"] == [("KQL005", 2)]
    assert "COUNT(*)" in ruleconv.translate(text, source="kql", to="sql").text


def test_what_only_we_cannot_say_is_refused_and_no_mistake() -> None:
    assert refused("T | summarize stdev(p)").construct == "stdev() of a timespan"
    assert refused("T | sort by l | extend prev(l, i)").construct == "prev() by an offset that is computed"


def test_arguments_of_a_refused_function_are_looked_at() -> None:
    assert found("T | extend geo_point_to_s2cell(r, Foo)") == [("KQL003", "Foo")]


def test_single_values() -> None:
    assert columns("let x = 1; x") == ["print_0:long"]
    assert columns("let f = (s: string) { strlen(s) }; f('a')") == ["print_0:long"]
    assert columns("strlen('a')") == ["print_0:long"]
    assert columns("let x = toscalar(T | count); x") == ["print_0:long"]
    assert columns("print row_number()") == ["print_0:long"]
    assert found("foo") == [("KQL002", "foo")]


def test_signatures_with_repeated_parameters() -> None:
    (pack,) = signatures(FUNCTION, "bag_pack")
    assert [p.kind for p in pack.placed(4) or ()] == ["string", "scalar"] * 2
    assert pack.placed(3) is None
    (case,) = signatures(FUNCTION, "case")
    assert [p.kind for p in case.placed(3) or ()] == ["bool", "common-scalar-or-dynamic", "common-scalar-or-dynamic"]
    assert case.placed(4) is None
    assert [s.placed(2) is not None for s in signatures(FUNCTION, "array_sort_asc")] == [True, True]
    assert takes(AGGREGATE, "stdev", 0, 1, Type.TIMESPAN)
    assert not takes(AGGREGATE, "stdev", 0, 1, Type.STRING)
    assert signatures(FUNCTION, "no_such_function") == ()
