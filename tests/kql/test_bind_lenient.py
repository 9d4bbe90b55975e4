"""What Microsoft's parser takes and we cannot say: refused by a translation, and no mistake that the linter may name."""

from __future__ import annotations

import pytest

from ruleconv.kql.bind import check
from ruleconv.kql.parse import parse
from ruleconv.text import Source
from tests.kql.binding import SCHEMA, columns, doubts, found, refused

REFUSED = {
    "T | take l": "l",
    "T | limit (l + i)": "(l + i)",
    "T | sample strlen(s)": "strlen(s)",
    "T | top l by t": "l",
    "T | sample-distinct l of s": "l",
    "T | top-hitters l of s": "l",
    "T | top-nested l of s by count()": "l",
    "T | mv-expand d limit l": "l",
    "T | mv-apply d limit l on (take 1)": "l",
    "T | top-hitters 3 of d": "d",
    "T | top-hitters 3 of d by l": "d",
    "find in (Users, Logins) where Name == 'a' project Id": "Id",
    "find in (Users, Logins) where Name == 'a' project Name, Id:string": "Id:string",
    "find in (Users, Logins) where Id == 1 project Name": "Id",
    "find in (Users, Logins) where Name == 'a' and Id == '1'": "Id",
}


@pytest.mark.parametrize(("text", "place"), REFUSED.items())
def test_refused_without_a_finding(text: str, place: str) -> None:
    refusal = refused(text)
    assert text[refusal.span.start : refusal.span.end] in (place, place.split(":")[0])
    source = Source(text)
    assert check(parse(source), SCHEMA, source).doubts == ()


@pytest.mark.parametrize(
    "text",
    [
        "T | take 1 + 1",
        "let n = 5; T | take n",
        "let n = toscalar(T | count); T | top n by l",
        "T | take toscalar(T | count)",
        "let f = (n: long) { T | take n }; f(3)",
        "let n = 5; Foo_CL | take n | project x",
        "find in (Users, Logins) where Name == 'a' project Name, Since",
    ],
)
def test_numbers_of_rows_and_columns_that_are_clear(text: str) -> None:
    assert columns(text)
    assert doubts(text) == []


def test_what_is_no_number_of_rows_is_still_a_mistake() -> None:
    assert found("T | take s") == [("KQL005", "s")]
    assert found("T | take d") == [("KQL005", "d")]
    assert found("T | take d.x") == [("KQL005", "d.x")]
    assert found("T | take 1.5") == [("KQL005", "1.5")]
    assert found("T | take zz") == [("KQL003", "zz")]
    assert doubts("T | take dynamic(1)") == [("KQL005", "dynamic(1)")]


def test_lists_of_columns_that_are_empty() -> None:
    every = columns("T")
    for text in ("T | project-reorder", "T | project-rename", "T | project-reorder | project-rename | where l > 1"):
        assert columns(text) == every
