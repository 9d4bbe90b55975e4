"""Sigma's regular expressions in Kusto's spelling, and what they find."""

from __future__ import annotations

import pytest

import ruleconv
from ruleconv.diagnostic import Unsupported
from ruleconv.sigma.regex import in_kusto

RULE = "title: A\nlogsource: {{category: test}}\ndetection:\n  selection:\n    F|re: '{}'\n  condition: selection\n"


@pytest.mark.parametrize("pattern", ["(?=a)b", "(?<!a)b", r"(a)\1", "a++", "a{2}+", "(?>a)b", r"\Ga", r"a\Z", r"\Qa", "[a--c]"])
def test_syntax_that_kusto_has_not(pattern: str) -> None:
    with pytest.raises(Unsupported, match="regular expression"):
        in_kusto(pattern)


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        (r"[a\]b(?=]", r"[a\]b(?=]"),
        (r"\d+\.(?:exe|dll)$", r"\d+\.(?:exe|dll)$"),
        ("(?P<n>a){2,}?", "(?P<n>a){2,}?"),
        (r"\x41\u00e4\p{L}\\1", r"\x41\u00e4\p{L}\\1"),
        ("[[:alpha:]]{1,3}?", "[[:alpha:]]{1,3}?"),
        (r"\<a\>[\<]", "<a>[<]"),
        ("a{b}{2}", r"a\{b}{2}"),
        ("[]a[]x", r"[\]a\[]x"),
        ("[^]&&~~]", r"[^\]\&\&\~\~]"),
    ],
)
def test_spelling(pattern: str, written: str) -> None:
    assert in_kusto(pattern) == written


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize(
    ("pattern", "found", "not_found"),
    [
        (r"\<a\>", ["x<a>"], ["a", "ba b"]),
        ("[[]a", ["[a"], ["a"]),
        ("[a&&b]x", ["&x", "ax", "bx"], ["x"]),
        ("a{b", ["a{b"], ["ab"]),
        (r"^C:\\\\.{3}$", ["C:\\\\abc"], ["C:\\abc"]),
    ],
)
def test_what_is_found(engine: str, pattern: str, found: list[str], not_found: list[str]) -> None:
    events = [{"F": value} for value in (*found, *not_found)]
    result = ruleconv.run(RULE.format(pattern), source="sigma", events=events, engine=engine)
    assert sorted(row[0] for row in result.rows) == sorted(found)  # type: ignore[type-var]
