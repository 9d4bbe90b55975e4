"""Whatever a file holds: a translation, or an error of ours with a place; never a crash, never a hang, never the network."""

import socket
from pathlib import Path

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

import ruleconv

DETECTIONS = [
    case["detection"]
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
MODIFIERS = [
    "contains", "startswith", "endswith", "all", "re", "i", "m", "s", "cased", "cidr", "base64", "base64offset", "utf16", "utf16be",
    "utf16le", "wide", "windash", "fieldref", "exists", "expand", "gt", "gte", "lt", "lte", "neq", "minute", "hour", "week", "nothing", "",
]  # fmt: skip
EVENTS = [{"A": "x", "B": 1, "C": [1, {"d": None}], "D": True, "E": 1.5}, {"A": None}, {}]
quiet = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.text(alphabet="ab*?\\%_'\"/-.:|()[]{}^$+0 \0\n", max_size=12),
    st.sampled_from(["10.0.0.0/8", "fe80::/10", "%x%", "1 of them", "sel", "A", "2025-01-01T00:00:00Z", "a|b", "é", "ﬀ", "\ud800"]),
)
keys = st.one_of(
    st.builds(
        lambda field, modifiers: "|".join([field, *modifiers]),
        st.sampled_from(["A", "B", "a.b", "", "Odd \"one'", "é"]),
        st.lists(st.sampled_from(MODIFIERS), max_size=3),
    ),
    st.text(max_size=6),
)
values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)), max_leaves=12
)
detections = st.fixed_dictionaries(
    {"sel": values}, optional={"other": values, "condition": st.one_of(st.just("sel"), st.just("not sel and 1 of them"), values)}
)
rules = st.fixed_dictionaries(
    {"title": st.just("t"), "logsource": st.just({"category": "c"}), "detection": st.one_of(detections, values)},
    optional={"correlation": values, "filter": values, "action": st.sampled_from(["global", "repeat", "reset", "x"]), "id": scalars},
)


def answer(text: str) -> None:
    for dialect in ("duckdb", "postgres"):
        try:
            ruleconv.translate(text, source="sigma", to="sql", dialect=dialect)
        except ruleconv.RuleconvError as error:
            assert error.place
    try:
        ruleconv.run(text, source="sigma", events=EVENTS)
    except ruleconv.ExecutionError:
        raise
    except ruleconv.RuleconvError as error:
        assert error.place


@quiet
@given(st.lists(rules, min_size=1, max_size=3))
def test_random_rules(documents):
    try:
        text = yaml.safe_dump_all(documents, allow_unicode=True)
        text.encode()
    except (yaml.YAMLError, UnicodeError):
        return
    answer(text)


@quiet
@given(values)
def test_random_yaml(value):
    try:
        text = yaml.safe_dump(value, allow_unicode=True)
        text.encode()
    except (yaml.YAMLError, UnicodeError):
        return
    answer(text)


@quiet
@given(st.sampled_from(DETECTIONS), st.data())
def test_damaged_rules(detection, data):
    text = "title: t\nlogsource:\n  category: c\ndetection:\n" + "".join(f"  {line}\n" for line in detection.splitlines())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 4))
        put = data.draw(st.one_of(st.just(""), st.sampled_from([*": |-[]{}'\"*&!%?\n\t", "|re", "|all", "null", "9" * 400, "~", "1e999"])))
        text = text[:at] + put + text[at + length :]
    answer(text)


@pytest.mark.parametrize(
    "detection",
    [
        "sel: " + "[" * 60 + "a" + "]" * 60 + "\n  condition: sel",
        "sel: " + "[" * 5000 + "\n  condition: sel",
        "sel: {A|re: '" + "(" * 2000 + ")" * 2000 + "'}\n  condition: sel",
        "sel: {A|re: '(a{1,900}){1,900}'}\n  condition: sel",
        "sel: {A: '" + "*a" * 3000 + "'}\n  condition: sel",
        "sel: {A|contains: [" + ", ".join(f"x{n}" for n in range(5000)) + "]}\n  condition: sel",
        "sel: {A: [" + ", ".join(f"x{n}" for n in range(5000)) + "]}\n  condition: not sel",
        "sel: {A: x}\n  condition: " + " and ".join(["not sel"] * 1000),
        "\n  ".join(f"s{n}: {{A: x{n}}}" for n in range(2000)) + "\n  condition: 1 of s*",
        "sel: {A|base64offset|contains: '" + "x" * 20000 + "'}\n  condition: sel",
    ],
    ids=["deep", "deeper", "groups", "repeats", "stars", "contains", "in", "long", "many", "wide"],
)
def test_large_rules(detection):
    answer(f"title: t\nlogsource: {{category: c}}\ndetection:\n  {detection}\n")


def test_nothing_reaches_for_the_network(monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    text = (
        "title: t\ntags: [attack.t1059.001, attack.execution, d3fend.d3-nta, cve.2021-44228]\nlogsource: {category: c}\n"
        "detection:\n  sel: {A: x}\n  condition: sel\n"
    )
    pipeline = "transformations:\n  - {type: field_name_mapping, mapping: {A: B}}\n"
    assert ruleconv.run(text, source="sigma", events=[{"A": "x"}]).rows == [("x",)]
    assert '"B"' in ruleconv.translate(text, source="sigma", to="sql", pipelines=[pipeline]).text
