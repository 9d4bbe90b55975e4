"""All rules over YAML of odd shapes: whatever stands where, no rule stumbles, every finding has its place in the file, and what fixes leave
is still a file that can be read."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from ruleconv.diagnostic import Diagnostic
from ruleconv.linter.config import Config
from ruleconv.linter.engine import check_file
from ruleconv.linter.examples import BASES
from ruleconv.linter.fix import apply
from ruleconv.linter.rule import all_rules
from ruleconv.rulefile.model import Kind
from ruleconv.rulefile.yaml_nodes import compose, compose_all
from ruleconv.text import Source

ODD: list[Any] = [
    None,
    True,
    5,
    -1.5,
    "",
    " ",
    "x: *?\\ '\"",
    "two\nlines",
    [],
    {},
    [None],
    [[]],
    [[None, ["a"]], 5],
    [{}],
    [{"": None}],
    {"": ""},
    {"a": None},
    {"a": {"a": [{"a": "a"}]}},
    {"|": 5, "a|b|": [None], "|re": ["("], "a|cidr": [True, "::"], "a|contains|all": "x"},
    "1 of them and not (a or all of b*) | count() by x > 5",
]
WHOLE = {
    Kind.SIGMA: [
        "",
        "5",
        "- a\n- b\n",
        "---\n---\n",
        "? [a, b]\n: c\n? {d: e}\n: f\n",
        "title: x\nlogsource: {category: dns}\ndetection:\n  ? [a]\n  : b\n  s:\n    ? {x: y}\n    : z\n    ~: q\n  condition: s\n",
        "a: &a [x, *a]\n",
        "<<: 5\ntitle: x\n",
        "x: &x {title: a, <<: {b: c}}\n<<: [*x, 5, null]\ndetection: {<<: *x, condition: title}\n",
        "title: !!binary aGVsbG8=\ntags: [!!float 5, !unknown x, !!null y, 2020-01-01, 0o777, 1:30, .inf, .nan, 1e999]\ndate: 2026-02-31\n",
        "detection: {s: {a|gt: .inf, b|hour: 1e999, c: 99999999999999999999999, d|windash: '-a -b -c -d -e'}, condition: s}\n",
        "action: global\ndetection: {condition: s}\n---\ntitle: a\ndetection: {s: {a: b}}\n---\naction: repeat\ndetection: []\n",
        "action: global\ntitle: a\n---\naction: [x]\n",
        "action: nothing\ntitle: a\n",
        "action: repeat\ntitle: a\n",
        "title: a\ncorrelation: text\n---\ntitle: b\ncorrelation: {type: [a], rules: {a: b}, timespan: {}, condition: [1]}\n",
        "title: a\ncorrelation: {type: event_count, rules: [a, a], aliases: {x: {y: [z]}}, timespan: 5m, condition: {gte: [1]}}\n",
        "title: a\nlogsource: {product: x}\nfilter: {rules: [{a: b}], s: null, condition: not s}\n",
        "logsource: {product: [windows, [linux]], category: {a: b}, service: null}\ndetection: {s: a, condition: s}\n",
        "detection: {s: [a, b: c, [d]], condition: [s, {a: b}, null]}\n",
        "detection: {s: {a: &l ['*x*', '*X*', '*xy*']}, t: {b|contains: *l, c|re: *l, d|cidr: *l}, condition: 1 of s* and t}\n",
        '"title": "a\\u0000b\\ud83d\\ude00"\ndescription: "\\x07"\ndetection: {"s|": {"a\\tb|re|i": "\\t("}, condition: "s\\u007c"}\n',
        "title: x\r\ndetection:\r\n  s:\r\n    a: b\r\n  condition: |\r\n    s and\r\n    not t\r\n",
    ],
    Kind.SENTINEL: [
        "",
        "5",
        "- a\n",
        "? [a, b]\n: c\nquery: T\n",
        "query: |\n  T\n  | where\nkind: &k Scheduled\nseverity: *k\n",
        "query: >\n  T | where a ==\n\n  5\nentityMappings: {a: b}\ntactics: {Persistence: T1098}\n",
        'query: "T | where a == \\"\\u0000\\""\nentityMappings: [{entityType: [IP], fieldMappings: {identifier: Address}}]\n',
        "<<: [5, {query: T}]\nid: !!binary aGVsbG8=\nqueryFrequency: 1:30\nqueryPeriod: .nan\n",
    ],
    Kind.KQL: [
        "",
        " ",
        "\0",
        "(" * 300,
        "T | where a == 'x",
        "//",
        "let a = 5;;;",
        "T\n| extend a = '\\\n'",
        "🙂 | take 5",
        "T | where a has_any ()",
    ],
    Kind.SQL: ["", " ", "\0", "(" * 300, "select 'x", "--", ";;;", "select * from a where b in 5", "🙂"],
}
ALL = Config(select=("ALL",))


def base(kind: Kind) -> Any:
    node, _ = compose(Source(BASES[kind]))
    assert node is not None
    return node.plain()


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at:
        yield at
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(each, (*at, key))


def put(root: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        root = root[key]
    root[path[-1]] = value


def check(text: str, kind: Kind) -> list[Diagnostic]:
    found = check_file(Source(text, "rule"), kind, ALL)
    for each in found:
        assert 0 <= each.span.start <= each.span.end <= len(text), each
        assert each.line >= 1
        assert each.message
        assert each.code != "internal", each
        for edit in each.fix.edits if each.fix else ():
            assert 0 <= edit.span.start <= edit.span.end <= len(text), each
    if kind in (Kind.SIGMA, Kind.SENTINEL) and any(each.fix for each in found) and all(each.code != "SCH001" for each in found):
        fixed = apply(text, found, unsafe=True)
        compose_all(Source(fixed, "fixed"))
        check_file(Source(fixed, "fixed"), kind, ALL)
    return found


@pytest.mark.parametrize("kind", [Kind.SIGMA, Kind.SENTINEL], ids=str)
@pytest.mark.parametrize("odd", ODD, ids=[str(at) for at in range(len(ODD))])
def test_an_odd_value_in_each_place(kind: Kind, odd: Any) -> None:
    for path in paths(base(kind)):
        rule = base(kind)
        put(rule, path, deepcopy(odd))
        check(json.dumps(rule, indent=1), kind)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("kind", [Kind.SIGMA, Kind.SENTINEL], ids=str)
def test_several_odd_values(kind: Kind, seed: int) -> None:
    chance = random.Random(seed)
    rule = base(kind)
    for _ in range(4):
        put(rule, chance.choice(list(paths(rule))), deepcopy(chance.choice(ODD)))
    check(json.dumps(rule, indent=chance.choice([None, 2]), ensure_ascii=False), kind)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in WHOLE.items() for text in texts])
def test_odd_files(kind: Kind, text: str) -> None:
    check(text, kind)


@pytest.mark.parametrize("kind", [Kind.SIGMA, Kind.SENTINEL], ids=str)
def test_half_a_file(kind: Kind) -> None:
    """As an editor sends it, while it is being written."""
    text = BASES[kind]
    for end in range(0, len(text), 29):
        check(text[:end], kind)


@pytest.mark.parametrize(
    "detection",
    [
        "  s:\n    f|contains:\n" + "".join(f"      - 'a*{n}*'\n" for n in range(3000)) + "  condition: s\n",
        "".join(f"  s{n}:\n    f: a\n" for n in range(2000)) + f"  condition: {' or '.join(f'1 of s{n}*' for n in range(2000))}\n",
        "  s:\n" + "".join(f"    f{n}: a\n" for n in range(3000)) + "  t: {f: a}\n  condition: s and not t\n",
        f"  s: a\n  condition: {' or '.join(f't{n}' for n in range(3000))}\n",
        "  s: a\n  condition: s\n" + "".join(f"---\naction: repeat\ntitle: x{n}\n" for n in range(500)),
    ],
    ids=["values", "patterns", "fields", "names", "documents"],
)
def test_large_rules(detection: str) -> None:
    """None of them takes more than a moment: what would take longer is left alone."""
    check(f"title: x\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n{detection}", Kind.SIGMA)


def test_every_group_has_rules() -> None:
    """Else the tests above prove nothing."""
    assert {rule.code[:3] for rule in all_rules()} >= {"SCH", "MET", "ATT", "ENT", "CON", "KQL", "SIG"}
