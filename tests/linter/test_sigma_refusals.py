"""The linter is never silent about a Sigma rule that our reader refuses, and has no error for the modifiers of one that it takes."""

from __future__ import annotations

import itertools
import json
import random

import pytest

from ruleconv.diagnostic import ParseError, Severity, Unsupported
from ruleconv.linter.config import Config
from ruleconv.linter.engine import check_file
from ruleconv.linter.sigma_modifiers import KNOWN
from ruleconv.rulefile.model import Kind
from ruleconv.schema import bundled
from ruleconv.sigma.bind import bind
from ruleconv.sigma.flat import FlatPlatform
from ruleconv.text import Source

RULE = """\
title: x
logsource:
  product: windows
detection:
  s:
    {key}: [{value}, {value}]
  condition: s
"""
CIRCLE = """\
title: y
name: y
correlation: {type: temporal, rules: z, timespan: 5m}
---
title: z
name: z
correlation: {type: temporal, rules: y, timespan: 5m}
---
"""
VALUES = [
    "abc",
    "'5'",
    "a*b",
    "'*'",
    "'%x%'",
    "'äöü'",
    "''",
    "5",
    "-1.5",
    "1e400",
    "99999999999999999999",
    "0o777",
    "true",
    "null",
    "2020-01-01",
    "10.0.0.0/8",
    "10.0.0.1/8",
    "'('",
    "'(?=a)'",
    r"'\z'",
    r"'[[:alpha:]]+'",
    "' -a /b -c -d'",
]
ERRORS = Config(select=("SIG", "SCH006", "MET012", "MET015"))


def refused(text: str) -> str | None:
    """What our reader says, empty when it takes the rule, None when it stops at what cannot be translated."""
    try:
        bind(Source(text, "rule"), FlatPlatform(bundled()))
    except ParseError as error:
        return error.message
    except Unsupported:
        return None
    return ""


def errors(text: str) -> list[str]:
    found = check_file(Source(text, "rule"), Kind.SIGMA, ERRORS)
    return [f"{each.code} {each.message}" for each in found if each.severity is Severity.ERROR]


def chains() -> list[tuple[str, ...]]:
    names = sorted(KNOWN)
    chance = random.Random(4)
    pairs = chance.sample(list(itertools.product(names, repeat=2)), 90)
    return [(), *((name,) for name in names), *pairs, *(tuple(chance.choices(names, k=3)) for _ in range(30))]


@pytest.mark.parametrize("modifiers", chains(), ids="|".join)
def test_modifiers(modifiers: tuple[str, ...]) -> None:
    for field in ("f", ""):
        for value in VALUES:
            text = RULE.format(key=json.dumps("|".join((field, *modifiers))), value=value)
            if (said := refused(text)) is not None:
                assert bool(errors(text)) == bool(said), (text, errors(text), said)


@pytest.mark.parametrize(
    "change",
    [
        ("title: x\n", ""),
        ("title: x", "title: [x]"),
        ("title: x", "title: x\nlevel: huge"),
        ("title: x", "title: x\nstatus: unknown"),
        ("title: x", "title: x\nid: 5"),
        ("title: x", "title: x\nname: ''"),
        ("title: x", "title: x\ndate: tomorrow"),
        ("  product: windows", "  x: y"),
        ("  product: windows", "  product: {a: b}"),
        ("logsource:\n  product: windows\n", "logsource: windows\n"),
        ("condition: s", "condition: s and"),
        ("condition: s", "condition: S AND t"),
        ("condition: s", "condition: [s, {a: b}]"),
        ("condition: s", "condition: null"),
        ("condition: s", "condition: []"),
        ("  condition: s", ""),
        ("    f: a", "    {}"),
        ("    f: a", "    []"),
        ("    f: a", "    - {}"),
        ("    f: a", "    f: {a: b}"),
        ("    f: a", "    f: [[a]]"),
        ("    f: a", "    f|contains: []"),
        ("    f: a", "    f|: a"),
        ("    f: a", "    f|nothing: a"),
        ("    f: a", "    ? [f]\n    : a"),
        ("  s:\n    f: a\n", ""),
        ("  s:\n    f: a\n", "  s:\n"),
        ("  s:\n    f: a\n", "  s: [a, null]\n"),
        ("  s:\n    f: a\n", "  s: true\n"),
        ("condition: s", "condition: s or t"),
        ("condition: s", "condition: s or 1 of t*"),
        ("title: x", "action: repeat\ntitle: x"),
        ("title: x", "action: anything\ntitle: x"),
        ("title: x", "title: x\ncorrelation: {}"),
        (
            "title: x",
            "title: x\n---\ntitle: y\ncorrelation: {type: event_count, rules: z, timespan: 5m, condition: {gte: 1}}\n---\ntitle: z",
        ),
        ("title: x", "title: x\nname: n\ncorrelation: {type: temporal, rules: n, timespan: 5m}"),
        ("title: x", CIRCLE + "title: x"),
        ("title: x", CIRCLE.replace("title: y\n", "") + "title: x"),
    ],
    ids=lambda change: change[1][:30],
)
def test_what_is_refused_has_an_error(change: tuple[str, str]) -> None:
    rule = "title: x\nlogsource:\n  product: windows\ndetection:\n  s:\n    f: a\n  condition: s\n"
    assert not errors(rule)
    text = rule.replace(*change)
    assert text != rule
    assert refused(text)
    assert errors(text)
    assert len(errors(text)) <= 2  # one fault is told once, or with what follows from it


def test_places_in_a_folded_condition() -> None:
    text = "title: x\nlogsource:\n  product: windows\ndetection:\n  s:\n    f: a\n  condition: >\n    s and\n    not missing\n"
    (found,) = (each for each in check_file(Source(text, "rule"), Kind.SIGMA, Config(select=("SIG001",))))
    assert text[found.span.start : found.span.end] == "missing"
    assert (found.line, found.column) == (9, 9)


def test_a_collection_shares_its_global_part() -> None:
    text = """\
action: global
title: x
detection:
  condition: s and not 1 of filter_*
---
logsource:
  product: windows
detection:
  s:
    f: a
---
logsource:
  product: linux
detection:
  s:
    f: a
  filter_x:
    f: ab
"""
    found = check_file(Source(text, "rule"), Kind.SIGMA, Config(select=("SIG",)))
    assert [each.code for each in found] == ["SIG003"]


def test_old_aggregations_use_what_they_name() -> None:
    text = "title: x\nlogsource:\n  product: windows\ndetection:\n  a:\n    f: a\n  b:\n    f: b\n  c:\n    f: c\n  condition: a | near b\n"
    found = check_file(Source(text, "rule"), Kind.SIGMA, Config(select=("SIG",)))
    assert [(each.code, text[each.span.start : each.span.end]) for each in found] == [("SIG002", "c"), ("SIG024", "| near b")]
