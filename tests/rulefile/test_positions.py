"""Each character of a query, whatever its YAML looks like, is found again at its place in the file."""

import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ruleconv.rulefile.reader import read_rule
from ruleconv.text import Source, Span


def places_wrong(file_text):
    """Offsets of visible characters of the query whose place in the file shows another character (or an escape)."""
    source = read_rule(Source(file_text, "rule.yaml")).source
    seen = [file_text[source.file_offset(at)] for at in range(len(source.text))]
    return [at for at, char in enumerate(source.text) if not char.isspace() and seen[at] not in (char, "\\")]


def spans_wrong(file_text):
    """Visible characters of the query whose span in the file is not all of what stands for them there, escapes whole."""
    source = read_rule(Source(file_text, "rule.yaml")).source
    wrong = []
    for at, char in enumerate(source.text):
        span = source.file_span(Span(at, at + 1))
        written = file_text[span.start : span.end]
        if not char.isspace() and written not in (char, char * 2) and (written[:1] != "\\" or yaml.safe_load(f'"{written}"') != char):
            wrong.append((char, written))
    return wrong


QUERIES = [
    "query: |\n  SigninLogs\n  | where a == 'b'\n",
    "name: é😀\nquery: |\n  é😀 T\n    | take 1\n\n  | count",
    "query: |2\n    T\n  | count\n",
    "query: |+\n\n\n  T\n  | count\n\n\nid: 1\n",
    "query: |- # a comment\n  T\n  | count\nid: 1\n",
    "query: &q !!str |\n  T\n  | count\n",
    "query: |\r\n  T\r\n  | count\r\nid: 1\r\n",
    "query: >-\n  T\n  | where x\n    | more\n\n  | count\n",
    "query: >\n\n  T\n   a\n   b\n  c\n",
    'query: "T | where a == \\"b\\"\\n| where \\x41 == \\u00e9 \\\n    | take 1\n\n\n  | count"\n',
    'query: "T \\\n\n\n  x"\n',
    "query: 'T | where a == ''b''\n\n   | count'\n",
    "query: T | where a == b\n   | count\nid: 1\n",
    "query:\n  T | count\n",
    "\ufeffquery: |\n  T\n  | count\n",
    "{query: T | count, id: 2}",
    '{"id": "x", "query": "T\\n| count"}',
    "? query\n: |\n  T\n",
    "old: &q |\n  T\n  | count\nquery: *q\n",
    "query: |\n  a\u2028  b\n  c\x85  d\n",
]


@pytest.mark.parametrize("text", QUERIES)
def test_places_of_written_shapes(text):
    assert places_wrong(text) == []
    assert spans_wrong(text) == []


def test_an_exported_rule_has_whole_escapes():
    text = '[{"id": "x", "query": "T | where a == \\"\\ud83d\\ude00\\u0041\\""}]'
    source = read_rule(Source(text, "rule.json")).source
    written = [source.file_span(Span(at, at + 1)) for at in range(len(source.text))]
    assert [text[each.start : each.end] for each in written][-4:] == ['\\"', "\\ud83d\\ude00", "\\u0041", '\\"']


def test_line_and_column():
    source = read_rule(Source(QUERIES[0], "rule.yaml")).source
    assert source.position(source.text.index("where")) == (3, 5)
    source = read_rule(Source(QUERIES[11], "rule.yaml")).source
    assert source.position(source.text.index("count")) == (3, 6)


texts = st.text(alphabet=st.sampled_from("ab \n|'\"\\:#-é😀{}[]&*!%@`>?,\t"), min_size=1, max_size=60).filter(str.strip)


@settings(max_examples=400)
@given(
    texts | st.text(min_size=1, max_size=40).filter(str.strip),
    st.sampled_from(["|", ">", '"', "'", None]),
    st.integers(2, 9),
    st.sampled_from([20, 80, 10_000]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_places_of_dumped_rules(query, style, indent, width, line_break, allow_unicode):
    rule = {"id": "1", "query": query, "z": [1, {"a": "b"}]}
    text = yaml.dump(
        rule, default_style=style, indent=indent, width=width, line_break=line_break, allow_unicode=allow_unicode, sort_keys=False
    )
    try:
        value = yaml.safe_load(text)["query"]
    except yaml.YAMLError:
        return  # PyYAML cannot read all that it writes
    assert read_rule(Source(text, "rule.yaml")).source.text == value
    assert places_wrong(text) == []
    assert spans_wrong(text) == []


indents = st.integers(1, 6)
lines = st.lists(st.text(alphabet="ab |'\"#:", max_size=12), min_size=1, max_size=6)


@settings(max_examples=300)
@given(lines, indents, st.sampled_from(["|", ">"]), st.sampled_from(["", "-", "+"]), st.sampled_from(["\n", "\r\n"]))
def test_places_of_block_scalars(content, indent, style, chomping, line_break):
    body = line_break.join(" " * indent + line for line in content)
    text = f"id: 1{line_break}query: {style}{indent}{chomping}{line_break}{body}{line_break}version: 1.0.0{line_break}"
    if not any(line.strip() for line in content):
        return
    assert places_wrong(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "query: |\n" + "  T | where x == 1\n" * 200_000,
        "query: 'T" + " " * 3_000_000 + "x'",
        'query: "' + "\\n" * 1_000_000 + 'x"',
        "query: T" + "\n  a" * 300_000,
        "query: >\n" + "\n".join("  a" + " " * (i % 7) for i in range(300_000)),
    ],
)
def test_long_queries_take_linear_time(text):
    start = time.process_time()
    read_rule(Source(text, "rule.yaml"))
    assert time.process_time() - start < 20  # a few seconds at most; a quadratic way takes hours
