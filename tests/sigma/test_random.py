"""Random detections over random events: both engines find what the definition finds."""

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

import ruleconv
from tests.sigma.reference import matches

PARTS = ["a", "B", "ab", "%", "_", "\\", "*", "?", "\\*", "\\?", "\\\\", "'", '"', "é", " ", "\n", "1"]
FIELDS = ["A", "B", "n"]
texts = st.lists(st.sampled_from(PARTS), max_size=4).map("".join)
plain = st.lists(st.sampled_from([part for part in PARTS if part not in ("*", "?")]), max_size=4).map("".join)
numbers = st.sampled_from([0, 1, -1, 5, 10, 11])
patterns = st.sampled_from(["^a", "b$", "a.b", "[ab]+", "%", "a|1", "\\\\", "^$", "x{2}", "(?:ab)*", "'"])
kinds = {
    "": st.one_of(texts, numbers, st.none(), st.booleans()),
    "contains": texts,
    "startswith": texts,
    "endswith": texts,
    "cased": texts,
    "contains|cased": texts,
    "re": patterns,
    "re|i": patterns,
    "fieldref": st.sampled_from(FIELDS),
    "gt": numbers,
    "lte": numbers,
}
LINKS = ["", "|all", "|neq"]


@st.composite
def items(draw):
    kind = draw(st.sampled_from(sorted(kinds)))
    if draw(st.integers(0, 9)) == 0:
        return f"{draw(st.sampled_from(FIELDS))}|exists", draw(st.booleans())
    link = draw(st.sampled_from(LINKS))
    several = st.lists(kinds[kind], min_size=2 if link == "|all" else 1, max_size=3)
    value = draw(several if link == "|all" else st.one_of(kinds[kind], several))
    return "|".join(filter(None, [draw(st.sampled_from(FIELDS)), kind])) + link, value


maps = st.lists(items(), min_size=1, max_size=3).map(dict)
words = st.lists(texts.filter(lambda text: text.strip("*\\")), min_size=1, max_size=2)
searches = st.one_of(maps, maps, st.lists(maps, min_size=1, max_size=2), words)
conditions = st.recursive(
    st.sampled_from(["x", "y", "1 of them", "all of x*"]),
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.tuples(inner, inner).map("({0[0]}) and ({0[1]})".format),
        st.tuples(inner, inner).map("{0[0]} or ({0[1]})".format),
    ),
    max_leaves=4,
)
values = st.one_of(st.none(), plain, plain, numbers, st.booleans())
events = st.lists(st.dictionaries(st.sampled_from(FIELDS), values, max_size=3), min_size=1, max_size=8)


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(detection=st.fixed_dictionaries({"x": searches, "y": searches, "condition": conditions}), given_events=events)
def test_what_is_found_is_what_is_meant(engine, detection, given_events):
    text = yaml.safe_dump({"title": "t", "logsource": {"category": "c"}, "detection": detection}, allow_unicode=True)
    numbered = [{**event, "_at": at} for at, event in enumerate(given_events)]
    # "_at" is a field like any other to keywords: the reference must see it too.
    expected = [at for at, event in enumerate(numbered) if matches(detection, event)]
    result = ruleconv.run(text, source="sigma", events=numbered, engine=engine)
    names = [column.name for column in result.columns]
    assert [row[names.index("_at")] for row in result.rows] == expected, (text, numbered, result.sql)
