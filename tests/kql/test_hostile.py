"""Input that means harm, or none: always a tree or a ParseError, in bounded time and depth."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruleconv.diagnostic import ParseError
from ruleconv.kql.parse import parse
from ruleconv.text import Source

HOSTILE = {
    "2,000 parentheses": "print " + "(" * 2000 + "1" + ")" * 2000,
    "2,000 open": "T | where " + "(" * 2000,
    "functions in functions": "T | where " + "not(" * 500 + "a" + ")" * 500,
    "functions": "let f = () {" * 95 + "T" + "}" * 95,
    "sums": "print " + " + ".join("1" for _ in range(10_000)),
    "path": "print a" + ".b" * 10_000,
    "index": "print a" + "[0]" * 10_000,
    "signs": "print " + "-" * 10_000 + "1",
    "5 MB": "T | where a in (" + "'x', " * 1_000_000 + "'x')",
    "only parentheses": "(" * 1_900_000,
    "only semicolons": ";" * 100_000,
    "a long number": "print " + "9" * 500_000,
    "a long exponent": "print decimal(1e999999999)",
    "backslashes": "print '" + "\\\\" * 500_000,
    "backticks": "print ```" + "`` " * 300_000,
    "binary": bytes(range(256)).decode("latin1") * 1000,
    "lone surrogate": "print '\ud800'",
    "empty": "",
    "nothing but white space": " \r\n\t\ufeff",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_clear_error(name: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(Source(HOSTILE[name]))
    assert caught.value.diagnostics
    assert all(len(d.message) < 400 for d in caught.value.diagnostics)


@pytest.mark.parametrize(
    "text",
    [
        "T | where " + " or ".join(f"a == {i}" for i in range(10_000)),
        "T" + " | where a == 1" * 10_000,
        "T | where a in (" + ",".join(f"'{i}'" for i in range(20_000)) + ")",
        "print " + "'a' " * 20_000,
        "print dynamic(" + "[" * 50 + "]" * 50 + ")",
        "print " + "(" * 90 + "1" + ")" * 90,
    ],
    ids=["or", "pipes", "list", "strings", "dynamic", "parentheses"],
)
def test_large_but_sound(text: str) -> None:
    tree = parse(Source(text))
    assert tree == tree  # neither this nor repr may run out of stack
    repr(tree)


def settle(text: str) -> None:
    """Reads, or refuses with places inside the text."""
    try:
        parse(Source(text))
    except ParseError as error:
        assert error.diagnostics
        for finding in error.diagnostics:
            assert 0 <= finding.span.start <= finding.span.end <= len(text) + 1
            assert finding.line >= 1
            assert finding.column >= 1


WORDS = """
T a | where extend summarize by join kind=inner on ( ) [ ] { } , ; == = =~ and or 'x' " ' 1 1.5 1d .. * - + : let in !in
has between datetime(2020) dynamic( union print mv-expand parse with project-away make-series step scan // $left . => has_any
search find range from to evaluate x:long datatable( view as top of ``` ['\\q']
"""
PIECES = (*WORDS.split(), "\n", "\x00", "\u201c")


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
@settings(max_examples=400, deadline=None)
def test_any_words(text: str) -> None:
    settle(text)


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text(text: str) -> None:
    settle(text)


@given(st.binary(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_bytes(data: bytes) -> None:
    settle(data.decode("latin1"))


SAMPLE = """let t = 1d; // window
SigninLogs
| where TimeGenerated > ago(t) and ResultType in ("0", '50126')
| extend d = tostring(parse_json(LocationDetails)["city"]), e = case(a > 1, "x", "y")
| join kind=leftouter (AuditLogs | summarize n = count() by bin(TimeGenerated, 1h)) on $left.a == $right.b
| mv-expand x = dynamic([1, 2]) to typeof(long)
| project-reorder a*, b desc
"""


def test_every_half_of_a_query() -> None:
    for cut in range(len(SAMPLE)):
        settle(SAMPLE[:cut])
        settle(SAMPLE[cut:])


def test_damaged_queries() -> None:
    chance = random.Random(1)
    for _ in range(300):
        letters = list(SAMPLE)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(letters))
            letters[at] = chance.choice(["", "(", ")", "'", "|", ";", " ", "\\", letters[at] * 2])
        settle("".join(letters))
