"""What an author sees of a mistake: snapshots of place, message, line and hint. Also that one run reports several."""

import pytest
from syrupy.assertion import SnapshotAssertion

from ruleconv.diagnostic import ParseError
from ruleconv.kql.parse import parse
from ruleconv.text import Embedding, Source
from tests.kql.reading import errors

MISTAKES = {
    "missing pipe": "SigninLogs\nwhere ResultType == 0",
    "missing pipe later": "T\n| where a == 1\nextend b = 2",
    "one equals sign": "T | where a = 1",
    "sql comparison": "T | where not a and b like 'x'",
    "select": "select a from T where b = 1",
    "select as stage": "T | select a, b",
    "upper case": "T | where a == 1 AND b == 2",
    "smart quotes": "T | where a == “x”",
    "unbalanced open": "T | where (a == 1 and (b == 2)\n| project a",
    "unbalanced close": "T | where a == 1) | project a",
    "unterminated string": "T | where a == 'x\n| project a",
    "backslash": "T | where a has 'C:\\' | project a",
    "unknown escape": "T | where a has '\\d+'",
    "misspelt operator": "T | projct a",
    "trailing comma": "T | summarize count(), by a",
    "double comma": "T | project a,, b",
    "no operator": "T |",
    "two pipes": "T || count",
    "starts with pipe": "| where a",
    "half": "T | where a ==",
    "keyword": "T | where by == 1",
    "negation": "T | where !isempty(a)",
    "ampersand": "T | where a && b",
    "semicolon": "let a = 1\nT | where b == a",
    "wrong date": "T | where t > datetime(2020-13-01)",
    "wrong type": "datatable(a:text)[1]",
    "datatable cells": "datatable(a:long, b:long)[1, 2, 3]",
    "not constant": "print dynamic([a])",
    "chain": "T | where a == b == c",
    "management command": ".show tables",
    "empty": "  // nothing\n",
    "join without on": "T | join kind=inner (X)",
    "unit": "T | where t > ago(1 d)",
    "several": "let x = ;\nT | where a = 1 | extend b == | project c d\n| summarize count( by e | take 5;\nU | where (f g) | frob | count",
    "several in brackets": "T | join kind=inner (U | where a b | extend c d) on e | projct f",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_messages(mistake: str, snapshot: SnapshotAssertion) -> None:
    assert errors(MISTAKES[mistake]) == snapshot


def test_places_in_a_file_around_the_query() -> None:
    file_text = "id: 1\nquery: |\n  T\n  | where a b\n"
    text = "T\n| where a b\n"
    embedding = Embedding(file_text, ((0, file_text.index("T\n")), (2, file_text.index("| where"))))
    with pytest.raises(ParseError) as caught:
        parse(Source(text, "rule.yaml", embedding))
    (finding,) = caught.value.diagnostics
    assert (finding.line, finding.column, finding.name) == (4, 13, "rule.yaml")
    assert file_text[finding.span.start : finding.span.end] == "b"
    assert caught.value.place == "rule.yaml:4:13"


def test_many_errors_are_cut_off() -> None:
    with pytest.raises(ParseError) as caught:
        parse(Source("T" + " | frob" * 1000))
    assert len(caught.value.diagnostics) == 20


def test_messages_name_no_terminals() -> None:
    shown = "\n".join(errors(text) for text in MISTAKES.values())
    assert not any(word in shown for word in ("NAME", "BINARY", "TIMESPAN", "FUNCTION_PAREN", "$END", "RESERVED", "INLIST"))


def test_a_bracket_that_is_never_closed_is_one_error():
    with pytest.raises(ParseError) as caught:
        parse(Source("T\n| where (a == 1\n| summarize by\n"))
    assert [(each.line, each.column, each.message) for each in caught.value.diagnostics] == [
        (3, 13, "a `(` is never closed: `| where (a == 1`")
    ]


PLACES = {
    # what is missing is missing at the end of the line before
    "T\n| project a,\n  b\n  c": (3, "b"),
    "T\n| where a == 1\n\nlet x = 1;": (2, "1"),
    "T\n| where a == 1 and\n| count": (2, "and"),
    "T\n| where a ==\n| count": (2, "=="),
    "T\n| project\n  , a": (2, "project"),
    "let x = (\nT\n| count\n;\nx": (3, "count"),
    "T\n| extend\n  a = 1\n  ['b c'] = 2": (4, "="),
    # what is wrong is wrong where it stands
    "T\n| where a == 1\nextend y = 2": (3, "extend"),
    "T\n| where a == 1\n)": (3, ")"),
    "T\n|\nwher a == 1": (3, "wher"),
    "T\n| where a in ('x')\n  by b": (3, "by"),
    # a bracket
    "T\n| extend x = strcat(a, b\n| extend y = 1\n| extend z = 2": (2, "("),
    "T\n| where a in ('x',\n 'y'\n| count": (3, "'y'"),
    "T\n| join (\n  U\n  | project a": (4, "a"),
}


@pytest.mark.parametrize(("text", "place"), PLACES.items())
def test_the_line_of_an_error(text: str, place: tuple[int, str]) -> None:
    with pytest.raises(ParseError) as caught:
        parse(Source(text))
    first = caught.value.diagnostics[0]
    assert (first.line, text[first.span.start : first.span.end]) == place
