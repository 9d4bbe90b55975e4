"""Fixes never break a file: among comments and odd layouts, with either line end, the result parses, only the named characters change, and
a second run changes nothing."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ruleconv.diagnostic import Diagnostic, Edit, Fix, Severity
from ruleconv.linter.config import Config
from ruleconv.linter.examples import Example
from ruleconv.linter.files import Job, lint_one
from ruleconv.linter.fix import apply
from ruleconv.linter.repair import _broken, repair
from ruleconv.linter.rule import Rule, all_rules
from ruleconv.rulefile.model import Kind
from ruleconv.rulefile.yaml_nodes import compose
from ruleconv.text import Source, Span

EVERYTHING = Config(select=("ALL",))
FIXABLE = [
    pytest.param(rule, example, id=f"{rule.code}-{at}")
    for rule in all_rules()
    if rule.fixable and not rule.across
    for at, example in enumerate(rule.bad)
    if example.fixed
]


def config_of(rule: Rule) -> Config:
    """Which comments are unused shows only when all rules run."""
    return Config() if rule.code == "XRF011" else Config(select=(rule.code,))


def repaired(text: str, kind: Kind, config: Config, *, unsafe: bool = True) -> str:
    job = Job("rule", config, content=text.encode(), kind=kind)
    made = repair(job, lint_one(job), unsafe=unsafe)
    return text if made is None else made.after


# ---------------------------------------------------------------- odd layouts
def with_comments(text: str, kind: Kind) -> str:
    """A comment before the first and after the last line, one above and one beside each line of YAML that can have them."""
    mark = {Kind.KQL: "//", Kind.SQL: "--"}.get(kind, "#")
    lines = text.rstrip("\n").split("\n")
    if kind in (Kind.SENTINEL, Kind.SIGMA):
        lines = [each for line in lines for each in ([f"{mark} «above»", line] if re.match(r"[A-Za-z-]+:", line) else [line])]
    return "\n".join([f"{mark} «first»", "", *lines, f"{mark} «last»", ""])


LAYOUTS = {
    "plain": lambda text, kind: text,
    "crlf": lambda text, kind: text.replace("\n", "\r\n"),
    "comments": with_comments,
    "comments crlf": lambda text, kind: with_comments(text, kind).replace("\n", "\r\n"),
    "no last line end": lambda text, kind: text.rstrip("\n"),
    "blank lines": lambda text, kind: "\n\n" + text + "\n\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("rule", "example"), FIXABLE)
def test_a_fix_in_any_layout(rule: Rule, example: Example, layout: str) -> None:
    before, expected = (LAYOUTS[layout](example.file(text), example.kind) for text in (example.text, example.fixed))
    after = repaired(before, example.kind, config_of(rule))
    assert after == expected
    assert repaired(after, example.kind, config_of(rule)) == after


@pytest.mark.parametrize(("rule", "example"), FIXABLE)
def test_all_fixes_together_leave_a_file_that_parses(rule: Rule, example: Example) -> None:
    before = with_comments(example.file(), example.kind)
    after = repaired(before, example.kind, EVERYTHING)
    assert _broken(Source(after), example.kind) <= _broken(Source(before), example.kind)
    assert repaired(after, example.kind, EVERYTHING) == after
    for comment in ("«first»", "«above»", "«last»"):
        assert after.count(comment) == before.count(comment)


@pytest.mark.parametrize(("rule", "example"), FIXABLE)
def test_only_the_named_characters_change(rule: Rule, example: Example) -> None:
    text = example.file()
    job = Job("rule", config_of(rule), content=text.encode(), kind=example.kind)
    findings = [finding for finding in lint_one(job).findings if finding.fix is not None]
    assert findings
    for finding in findings:
        assert finding.fix is not None
        spans = sorted(edit.span for edit in finding.fix.edits)
        assert all(one.end <= other.start for one, other in pairwise(spans)), "edits of one fix overlap"
        after = apply(text, [finding], unsafe=True)
        outside = "".join(text[a:b] for a, b in zip([0, *(s.end for s in spans)], [*(s.start for s in spans), len(text)], strict=True))
        assert len(after) == len(outside) + sum(len(edit.text) for edit in finding.fix.edits)
        assert after.startswith(text[: spans[0].start])
        assert after.endswith(text[spans[-1].end :])


@pytest.mark.parametrize(("rule", "example"), [each for each in FIXABLE if each.values[0].fixable == "unsafe"])
def test_unsafe_fixes_are_only_made_when_asked_for(rule: Rule, example: Example) -> None:
    assert repaired(example.file(), example.kind, config_of(rule), unsafe=False) == example.file()


SAFE = [each.values for each in FIXABLE]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_several_examples_in_one_file(data: st.DataObject) -> None:
    """Sigma rules of several examples as documents of one file, or the lines of several queries as one union."""
    kind = data.draw(st.sampled_from([Kind.SIGMA, Kind.SENTINEL]))
    examples = [example for _, example in SAFE if example.kind is kind and "---" not in example.file()]
    chosen = data.draw(st.lists(st.sampled_from(examples), min_size=2, max_size=4))
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    before = "---\n".join(example.file().rstrip("\n") + "\n" for example in chosen).replace("\n", end)
    after = repaired(before, kind, EVERYTHING)
    assert _broken(Source(after), kind) <= _broken(Source(before), kind)
    assert repaired(after, kind, EVERYTHING) == after
    assert ("\r" in after) == ("\r" in before)
    assert after.count("\r") in (0, after.count("\n"))


# ---------------------------------------------------------------- YAML of other styles
SELECTION = "title: t\nlogsource: {category: process_creation, product: windows}\ndetection:\n  s:\n"


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("SIG011", r"""    a|re: "\x28?i)\u0062x" """, r"""    a|re|i: "\u0062x" """),
        ("SIG007", r"""    a: "\x2ab\u002a" """, r"""    a|contains: "b" """),
        ("SIG007", "    a: &wide '*b*'", "    a|contains: &wide 'b'"),
        ("SIG007", "    a: !!str '*b*'", "    a|contains: !!str 'b'"),
        ("SIG006", "    a: ['b', 'c', 'B']", "    a: ['b', 'c']"),
        ("SIG006", '    a: [\n      "b", "B"]', '    a: [\n      "b"]'),
        ("SIG005", "    a|contains: [abc, ab, c]", "    a|contains: [ab, c]"),
        ("SIG009", r"""    "\x61|contains|al\u006c": b""", r"""    "\x61|contains": b"""),
    ],
)
def test_fixes_know_escapes_anchors_tags_and_brackets(code, before, after):
    end = "\n  condition: s\n"
    assert repaired(SELECTION + before + end, Kind.SIGMA, Config(select=(code,))) == SELECTION + after + end


STYLES = {
    "json": lambda rule: json.dumps(rule, indent=1),
    "flow": lambda rule: yaml.safe_dump(rule, default_flow_style=True, width=10_000, sort_keys=False),
    "double quotes": lambda rule: yaml.safe_dump(rule, default_style='"', width=60, sort_keys=False, allow_unicode=False),
    "single quotes": lambda rule: yaml.safe_dump(rule, default_style="'", width=60, sort_keys=False),
    "literal": lambda rule: yaml.safe_dump(rule, default_style="|", sort_keys=False),
    "folded": lambda rule: yaml.safe_dump(rule, default_style=">", width=60, sort_keys=False),
    "escapes": lambda rule: _all_escaped(rule),
}


def _all_escaped(value):
    """As JSON, each letter and digit of a text as an escape of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_all_escaped(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_all_escaped, value)) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    return '"' + "".join(f"\\u{ord(char):04x}" if char.isalnum() and ord(char) < 65536 else json.dumps(char)[1:-1] for char in value) + '"'


@pytest.mark.parametrize("style", STYLES)
def test_fixes_in_any_style(style):
    """Of each example: what is left parses, has no finding that was not there, and a second run changes nothing."""
    for rule, example in SAFE:
        if example.kind not in (Kind.SIGMA, Kind.SENTINEL) or "---" in example.file() or rule.code == "XRF011":
            continue
        node, _ = compose(Source(example.file()))
        assert node is not None
        text = STYLES[style](node.plain())
        config = Config(select=(rule.code[:3], "SCH001", "KQL001"))
        before = lint_one(Job("rule", config, content=text.encode(), kind=example.kind))
        after = repaired(text, example.kind, config)
        left = lint_one(Job("rule", config, content=after.encode(), kind=example.kind))
        assert {each.code for each in left.findings} <= {each.code for each in before.findings}, (rule.code, after)
        assert repaired(after, example.kind, config) == after


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("SIG011", "    a|re: &x '(?i)b'\n    c|contains: *x"),
        ("SIG011", "    a|re: &x ['(?i)b']\n    c|contains: *x"),
        ("SIG006", "    a: &x [b, B]\n    c|re: *x"),
        ("SIG006", "    a: [b, # one\n      B]"),
    ],
)
def test_what_an_alias_shares_or_a_comment_explains_is_left_alone(code, text):
    whole = SELECTION + text + "\n  condition: s\n"
    job = Job("rule", Config(select=(code,)), content=whole.encode(), kind=Kind.SIGMA)
    assert lint_one(job).findings
    assert repair(job, lint_one(job), unsafe=True) is None


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("KQL009", "T | where tolower(a) == 'B'"),
        ("KQL036", "T | summarize makeset(a)"),
        ("KQL036", "T | mvexpand a"),
        ("MET002", "T | where a == 'x\u00a0y'"),
        ("KQL019", "T | where a in ( // one\n 'x')"),
        ("KQL018", "T | where tolower(a + b) == 'x'"),
    ],
)
def test_a_safe_fix_never_changes_what_a_query_finds(code, query):
    assert repaired(query, Kind.KQL, Config(select=(code,)), unsafe=False) == query


@pytest.mark.parametrize(
    ("query", "after"),
    [("T | summarize makeset(a, 9)", "T | summarize make_set(a, 9)"), ("T | mvexpand a limit 9", "T | mv-expand a limit 9")],
)
def test_with_a_limit_of_its_own_an_old_name_means_the_same(query, after):
    assert repaired(query, Kind.KQL, Config(select=("KQL036",)), unsafe=False) == after


# ---------------------------------------------------------------- applying edits
def finding(*edits: tuple[int, int, str], safe: bool = True) -> Diagnostic:
    fix = Fix("t", tuple(Edit(Span(start, end), text) for start, end, text in edits), safe)
    return Diagnostic("X", Severity.ERROR, "m", Span(0, 0), 1, 1, fix=fix)


def test_edits_that_meet_wait():
    assert apply("abcdef", [finding((0, 3, "X")), finding((2, 4, "Y")), finding((4, 5, "Z"))]) == "XdZf"
    assert apply("abc", [finding((1, 1, "X")), finding((1, 1, "Y"))]) == "aXbc"
    assert apply("abc", [finding((0, 1, "")), finding((1, 2, ""))]) == "c"


def test_a_fix_is_made_whole_or_not_at_all():
    assert apply("abcdef", [finding((0, 1, "X")), finding((0, 1, "Y"), (4, 5, "Z"))]) == "Xbcdef"


def test_the_same_edit_of_two_findings_is_made_once():
    assert apply("abc", [finding((0, 1, "")), finding((0, 1, ""))]) == "bc"


def test_new_lines_end_as_those_of_the_file():
    assert apply("a\r\nb\r\n", [finding((3, 3, "x\ny\r\n"))]) == "a\r\nx\r\ny\r\nb\r\n"
    assert apply("a\nb\n", [finding((2, 2, "x\n"))]) == "a\nx\nb\n"


# ---------------------------------------------------------------- fixes that go wrong
def test_a_fix_that_would_break_the_file_is_not_made(monkeypatch):
    from ruleconv.linter import repair as module

    text = "name: x\nversion: 1\nquery: |\n  T | take 5\n"
    bad, good, no_kql = finding((6, 7, "[")), finding((17, 18, "2")), finding((34, 35, "("))
    outcome = lint_one(Job("rule", Config(select=("SCH005",)), content=text.encode(), kind=Kind.SENTINEL))

    def linted(job):
        found = lint_one(job)
        found.text = job.load().decode()
        found.findings = [bad, good, no_kql] if found.text == text else []
        return found

    monkeypatch.setattr(module, "lint_one", linted)
    outcome.findings = [bad, good, no_kql]
    made = repair(Job("rule", Config(), content=text.encode(), kind=Kind.SENTINEL), outcome)
    assert made is not None
    assert made.after == text.replace("1", "2")


def test_fixes_that_undo_each_other_end(monkeypatch):
    from ruleconv.linter import repair as module

    def linted(job):
        found = lint_one(job)
        found.text = job.load().decode()
        found.findings = [finding((0, 1, "B" if found.text[0] == "A" else "A"))]
        return found

    monkeypatch.setattr(module, "lint_one", linted)
    job = Job("a.kql", Config(), content=b"A | take 5")
    made = repair(job, linted(job))
    assert made is not None
    assert made.after == "B | take 5"
