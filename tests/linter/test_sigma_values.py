"""Values of Sigma rules against what our own translation makes of them: what a rule says of two values must hold for what they find."""

from __future__ import annotations

import pytest

import ruleconv
from ruleconv.linter.config import Config
from ruleconv.linter.engine import check_file
from ruleconv.linter.fix import apply
from ruleconv.rulefile.model import Kind
from ruleconv.text import Source

RULE = "title: x\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n  s:\n    {}\n  condition: s\n"
EVENTS = [
    {"f": text}
    for text in (
        *("", "a", "A", "ab", "ba", "bab", "cmd.exe", "C:\\cmd.exe", "x\\cmd.exe", "cmd.exe -a", "a*b", "a?b", "a\\b", "\\", "*", "a b"),
        *("abc\\*", "abcde", "xabcx", "aXXb", "\\abc", "abc\\", "é", "É", "-a", "/a"),
    )
]


def finds(item: str) -> list[str]:
    result = ruleconv.run(RULE.format(item), source="sigma", events=EVENTS)
    at = [column.name for column in result.columns].index("f")
    return sorted(row[at] for row in result.rows)


def found(item: str, code: str) -> list[ruleconv.Diagnostic]:
    return check_file(Source(RULE.format(item), "rule"), Kind.SIGMA, Config(select=(code,)))


@pytest.mark.parametrize(
    "item",
    [
        r"f: '*cmd.exe'",
        r"f: 'cmd*'",
        r"f: '*a*'",
        r"f: ['*\cmd.exe', '*b']",
        r"f: '*\\'",
        r"f: 'abc\\*'",
        r"f: '*\\abc'",
        r"f: '*a\*b*'",
        r"f: '*a\?b'",
        r"f|cased: 'A*'",
        r"f|all: ['*a*', '*b*']",
        r"'f': '*é*'",
        r'"f": "*\\cmd.exe"',
    ],
)
def test_modifiers_in_the_place_of_wildcards_find_the_same(item: str) -> None:
    findings = found(item, "SIG007")
    assert findings
    text = RULE.format(item)
    fixed = apply(text, findings)
    if any(each.fix for each in findings):
        assert "*" not in fixed.replace("\\*", "")
    start = fixed.index("  s:\n    ") + len("  s:\n    ")
    assert finds(fixed[start : fixed.index("\n  condition")]) == finds(item)


@pytest.mark.parametrize(
    "item", [r"f: 'a\*'", r"f: '*'", r"f: 'a*b'", r"f: '*a?'", r"f: ['*a', 'b*']", r"f|contains: '*a*'", "f: null", "f: 5"]
)
def test_other_wildcards_are_left_alone(item: str) -> None:
    assert not found(item, "SIG007")


@pytest.mark.parametrize(
    ("modifiers", "values"),
    [
        ("contains", ["a", "ab", "xabcx", "b"]),
        ("startswith", ["a", "ab", "cmd"]),
        ("endswith", ["b", "ab", ".exe", "cmd.exe"]),
        ("", ["a*", "abc*", "a?b", "ab"]),
        ("contains", ["a?b", "a*b", "aXXb"]),
        ("contains|cased", ["A", "ab", "a"]),
        ("endswith", ["\\\\", "abc\\\\", "*b"]),
        ("contains|windash", ["a", "-a", "/a"]),
    ],
)
def test_a_covered_value_adds_nothing(modifiers: str, values: list[str]) -> None:
    """Each value that is told finds nothing that the others do not."""
    key = f"f|{modifiers}" if modifiers else "f"
    item = f"{key}: [{', '.join(repr(value).replace(chr(92) * 2, chr(92)) for value in values)}]"
    told = found(item, "SIG005")
    assert told
    text = RULE.format(item)
    written = [text[each.span.start : each.span.end] for each in told]
    kept = [value for value in item.partition("[")[2].rstrip("]").split(", ") if value not in written]
    assert finds(f"{key}: [{', '.join(kept)}]") == finds(item)


@pytest.mark.parametrize(
    "item",
    [
        "f|contains|all: [a, ab]",
        "f|re: [a, ab]",
        "f|base64: [a, ab]",
        "f: [a, ab]",
        "f|contains|cased: [A, ab]",
        "f|startswith: [b, ab]",
        "f|endswith: [a, ab]",
        "f|contains: [a, null]",
        r"f: ['a\*', 'ab']",
        "f|windash|contains: ['-a', 'b-ax']",
    ],
)
def test_a_value_that_adds_something_is_not_told(item: str) -> None:
    assert not found(item, "SIG005")
