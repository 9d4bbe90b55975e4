"""What is no query for Kusto either: code, place and near match of every finding, all of one run; and what is refused by name."""

import pytest

from tests.kql.binding import findings, found, query, refused

MISTAKES = {
    "T | where x == 1 and y has 'a' | project z, s": [("KQL003", "x"), ("KQL003", "y"), ("KQL003", "z")],
    "Userz | count": [("KQL002", "Userz")],
    "T | extend foo(s), strlenn(s)": [("KQL004", "foo"), ("KQL004", "strlenn")],
    "T | extend strlen(), strlen(s, s)": [("KQL048", "strlen"), ("KQL048", "strlen")],
    "T | extend t + t": [("KQL005", "+")],
    "T | where s > 5": [("KQL005", ">")],
    "T | where l has 'x'": [("KQL005", "has")],
    "T | where d.flag": [("KQL005", "d.flag")],
    "T | where s": [("KQL005", "s")],
    "T | where i and b": [("KQL005", "i")],
    "T | extend not(i), iff(s, 1, 2)": [("KQL005", "i"), ("KQL005", "s")],
    "T | extend coalesce(s, 1)": [("KQL005", "coalesce(s, 1)")],
    "T | extend startofday(s)": [("KQL005", "s")],
    "T | summarize count() by d": [("KQL005", "d")],
    "T | distinct d": [("KQL005", "d")],
    "T | distinct *": [("KQL005", "*")],
    "T | sort by d": [("KQL005", "d")],
    "T | take 1.5": [("KQL005", "1.5")],
    "T | extend s.x": [("KQL005", "x")],
    "T | mv-expand s": [("KQL005", "s")],
    "T | project s, s": [("KQL033", "s")],
    "T | extend a=1, a=2": [("KQL033", "a")],
    "T | where count() > 1": [("KQL005", "count")],
    "T | summarize s": [("KQL005", "s")],
    "T | summarize sum(max(l))": [("KQL005", "max")],
    "T | sort by l | extend n = prev(l, 1, l)": [("KQL005", "l")],
    "T | join Users on Id": [("KQL027", "Id")],
    "T | join Users on $left.s == $right.Nam": [("KQL027", "Nam")],
    "Users | join Logins on Id": [("KQL027", "Id")],
    "T | join Users on d": [("KQL027", "d")],
    "T | join (T) on d": [("KQL005", "d")],
    "T | join Users on $left.s == $left.s": [("KQL047", "$left.s == $left.s")],
    "T | join Users on $right.Name == $left.s": [("KQL047", "$right.Name == $left.s")],
    "T | where $left.s == 'a'": [("KQL047", "$left")],
    "T | parse s with a b": [("KQL005", "b")],
    "T | evaluate nothing()": [("KQL004", "nothing")],
    "T | where Users == 1": [("KQL005", "Users")],
    "T | where strlen > 1": [("KQL048", "strlen")],
    "range x from 1 to 2 step 0": [("KQL005", "0")],
    "T | summarize count_ = count() | where countt_ > 1": [("KQL003", "countt_")],
    "T | project s | extend l": [("KQL003", "l")],
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.items())
def test_mistakes(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_near_matches_and_places() -> None:
    (column,) = findings("Users\n| where Nmae == 'x'")
    assert (column.line, column.column, column.hint) == (2, 9, "did you mean Name?")
    (table,) = findings("Login | count")
    assert table.hint == "did you mean Logins?"
    (function,) = findings("T | extend strcta(s)")
    assert function.hint == "did you mean strcat?"


def test_one_mistake_is_said_once() -> None:
    assert found("T | extend y = x + 1, z = tolower(x) | where y == 1 and z has 'a'") == [("KQL003", "x"), ("KQL003", "x")]


def test_what_is_refused_does_not_hide_what_is_wrong() -> None:
    assert found("T | reduce by s | where foo(1) == 2") == [("KQL004", "foo")]


LENIENT = [
    "T | where s == 0 and l == '1' and b == 1 and t == '2024-01-01'",
    "T | where i between (1 .. 2.5) and t between (ago(1d) .. now())",
    "T | where b and d.x and d.y == 1",
    "T | extend strcat(1, t), tostring(d), strlen(d), isempty(l)",
    "T | join kind=inner (Users) on $left.l == $right.Id",
    "T | join kind=inner (Users) on $left.i == $right.Id",
    "T | top 3 by d",
    "T | summarize max(s), min(t), sum(p), make_set(d), dcount(d)",
    "datatable(a:datetime, b:long)['2024-01-01', '5']",
    "T | where s in (l) and l in ('1', '2')",
]


@pytest.mark.parametrize("text", LENIENT)
def test_what_kusto_takes(text: str) -> None:
    assert query(text).columns


REFUSED = {
    "workspace('x').Users | count": "a table of another workspace, cluster or resource",
    "search 'x'": "search over all tables",
    "find where s == 'x'": "find over all tables",
    "union *": "a union of all tables",
    "find in (Users, Logins) where Name == 'x'": "find that packs columns into a bag",
    "T | fork (count) (take 1)": "fork",
    "T | facet by s": "facet",
    "T | reduce by s": "reduce",
    "T | extend pack_all(true)": "pack_all() that leaves empty values out",
    "T | where s : 'x'": "the operator `:` outside of search",
    "T | evaluate python(typeof(*), 'x')": "the plugin python",
    "T | extend geo_point_to_s2cell(r, r)": "the function geo_point_to_s2cell()",
    "Foo_CL | where toscalar(Bar_CL) == 1": "toscalar() of a table without known columns",
    "T | extend n = row_number()": "row_number() of rows that are in no order",
    "T | where s in~ (1)": "in~ with a value of type long",
    "print 1; print 2": "several queries in one text",
}


@pytest.mark.parametrize(("text", "construct"), REFUSED.items())
def test_refusals(text: str, construct: str) -> None:
    assert refused(text).construct == construct
