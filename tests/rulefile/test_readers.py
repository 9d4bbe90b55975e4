import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruleconv import ParseError
from ruleconv.diagnostic import RuleconvError, Severity, UsageError
from ruleconv.reading import decode, read
from ruleconv.rulefile import plain
from ruleconv.rulefile.detect import detect
from ruleconv.rulefile.model import Kind
from ruleconv.rulefile.reader import read_rule
from ruleconv.rulefile.yaml_nodes import compose, compose_all
from ruleconv.text import Source

RULE = """\
id: 0b9d7f2e-0000-4000-8000-000000000001
name: Test
severity: High
queryFrequency: 1d
triggerThreshold: 0
enabled: true
version: 1.0.0
tactics: [Persistence]
entityMappings:
  - entityType: Account
    fieldMappings:
      - {identifier: FullName, columnName: User}
query: |
  T | count
"""


def test_a_sentinel_rule():
    rule = read_rule(Source(RULE, "r.yaml"), "sentinel")
    assert rule.kind is Kind.SENTINEL
    assert rule.source.text == "T | count\n"
    assert rule.source.name == "r.yaml"
    assert rule.metadata == {
        "id": "0b9d7f2e-0000-4000-8000-000000000001",
        "name": "Test",
        "severity": "High",
        "queryFrequency": "1d",
        "triggerThreshold": 0,
        "enabled": True,
        "version": "1.0.0",
        "tactics": ["Persistence"],
        "entityMappings": [{"entityType": "Account", "fieldMappings": [{"identifier": "FullName", "columnName": "User"}]}],
    }
    assert rule.root is not None
    assert rule.file.text[rule.root.get("name").span.start :].startswith("Test")


def test_a_bare_query_loses_its_byte_order_mark_and_keeps_its_places():
    rule = plain.read(Source("\ufeffT | count", "q.kql"))
    assert rule.source.text == "T | count"
    assert rule.source.position(0) == (1, 2)


def test_dates_and_odd_numbers_stay_text():
    root, _ = compose(Source("a: 2024-13-45\nb: 0o7_\nc: 1:30\nd: ~\ne: .5\nf: !!int x\ng: 0x1F\nh: 089\n"))
    assert root.plain() == {"a": "2024-13-45", "b": "0o7_", "c": "1:30", "d": None, "e": 0.5, "f": "x", "g": 31, "h": "089"}


def test_a_doubled_key_is_a_finding_and_the_last_one_counts():
    rule = read_rule(Source("query: A\nname: x\nquery: B\n", "r.yaml"), "sentinel")
    assert rule.source.text == "B"
    (problem,) = rule.problems
    assert (problem.line, problem.column, problem.severity) == (3, 1, Severity.WARNING)
    assert "'query' stands here twice (first in line 1)" in problem.message


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "r.yaml:1:1", "the file is empty"),
        ("# only a comment\n", "r.yaml:1:1", "the file is empty"),
        ("- a\n- b\n", "r.yaml:1:1", "not a rule, but a list"),
        ("just text", "r.yaml:1:1", "not a rule, but a single value"),
        ("name: x\n", "r.yaml:1:1", "the rule has no query"),
        ("name: x\nQuery: T\n", "r.yaml:2:1", "the rule has no key 'query', but 'Query'"),
        ("name: x\nquery:\n", "r.yaml:2:7", "the query is empty"),
        ("query: ''\n", "r.yaml:1:8", "the query is empty"),
        ("query: [T]\n", "r.yaml:1:8", "the query is a list"),
        ("query: {T: x}\n", "r.yaml:1:8", "the query is a mapping"),
        ("name: x\n\tquery: T\n", "r.yaml:2:1", "this is not YAML: while scanning a plain scalar: found a tab"),
        ("query: 'T\n", "r.yaml:2:1", "this is not YAML: while scanning a quoted scalar"),
        ("name: é\nquery: T\x01\n", "r.yaml:2:9", "this is not YAML: control characters are not allowed"),
        ("query: *x\n", "r.yaml:1:8", "the alias *x names nothing that stands before it"),
        ("query: &x [*x]\n", "r.yaml:1:12", "the alias *x stands inside of what it names"),
        ("query: T\n---\nquery: U\n", "r.yaml:3:1", "2 rules in one file"),
        ("query: " + "[" * 100_000, "r.yaml:1:71", "nested more than 64 deep"),
        ("query: " + "- " * 100_000, "r.yaml:1:8", "this is not YAML: block sequence entries are not allowed in this context"),
        ("- " * 100_000, "r.yaml:1:129", "nested more than 64 deep"),
        ("a: \ud800", "r.yaml:1:4", "half a character: a surrogate without its partner"),
    ],
)
def test_a_malformed_rule_says_where(text, place, message):
    with pytest.raises(ParseError) as caught:
        read_rule(Source(text, "r.yaml"), "sentinel")
    assert caught.value.place == place
    assert caught.value.message.startswith(message)


def test_aliases_cannot_grow_without_bound():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    with pytest.raises(ParseError, match="more than 200,000 values"):
        compose(Source(bomb))
    with pytest.raises(ParseError, match="more than 200,000 values"):
        compose(Source("a: [" + "x, " * 300_000 + "]"))


def test_many_keys_take_linear_time():
    root, problems = compose(Source("".join(f"k{i}: x\n" for i in range(90_000))))
    assert len(root.pairs) == 90_000
    assert problems == ()


def test_several_documents():
    documents, _ = compose_all(Source("a: 1\n---\n---\nb: 2\n"))
    assert [d.plain() for d in documents] == [{"a": 1}, {"b": 2}]


@given(st.text(alphabet="query: |>-'\"\n []{}&*!#%\tab\\x", max_size=60) | st.text())
def test_no_text_crashes_the_sentinel_reader(text):
    try:
        read_rule(Source(text, "r.yaml"), "sentinel")
    except ParseError as error:
        assert error.place.startswith("r.yaml:")


@given(st.binary(max_size=60), st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00"]))
def test_no_bytes_crash_the_decoder(data, bom):
    try:
        assert "\0" not in decode(bom + data, "x").text
    except ParseError as error:
        assert error.place.startswith("x:")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding):
    assert decode("T | where a == 'é😀'".encode(encoding)).text == "T | where a == 'é😀'"
    assert decode(b"\xfe\xff" + "é".encode("utf-16-be")).text == "é"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"T | where a == '\xe9'", "not UTF-8 text"),
        ("T".encode("utf-32"), "UTF-32"),
        ("T | count".encode("utf-16-le"), "binary"),
        (b"\x7fELF\x02\x01\x01\x00", "binary"),
        (b"\xff\xfeT", "not UTF-16-LE text"),
        (b"x" * 101, "more than 100 bytes"),
    ],
)
def test_what_is_no_text(data, message):
    with pytest.raises(ParseError, match=message):
        decode(data, "x", 100)


def test_an_encoding_error_says_where():
    with pytest.raises(ParseError) as caught:
        decode("é\nab\x00".encode()[:-1] + b"\xff", "x.kql")
    assert caught.value.place == "x.kql:2:3"


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        read(tmp_path / "none.kql")
    with pytest.raises(UsageError, match="Is a directory"):
        read(tmp_path)
    with pytest.raises(UsageError):
        read("a\0b")
    os.mkfifo(tmp_path / "pipe.kql")
    with pytest.raises(UsageError, match="not a regular file"):
        read(tmp_path / "pipe.kql")


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("<query>", "SigninLogs | count", Kind.KQL),
        ("<query>", RULE, Kind.SENTINEL),
        ("<query>", "---\n# c\n" + RULE, Kind.SENTINEL),
        ("<query>", "\ufeff" + RULE, Kind.SENTINEL),
        ("<query>", "title: x\nlogsource:\n  product: windows\ndetection:\n  a: b\n", Kind.SIGMA),
        ("<query>", "SELECT * FROM t", Kind.SQL),
        ("<query>", "-- c\n/* d */ with x as (select 1) select * from x", Kind.SQL),
        ("<query>", "/* */ " * 500 + "T", Kind.KQL),
        ("<query>", "T | where x == @'\nquery: y'", Kind.KQL),
        ("<query>", "", Kind.KQL),
        ("a.YAML", "name: x", Kind.SENTINEL),
        ("a.yml", "detection:\n  a: b", Kind.SIGMA),
        ("a.kql", "SELECT 1", Kind.KQL),
        ("a.sql", "T | count", Kind.SQL),
    ],
)
def test_detect(name, text, kind):
    assert detect(Source(text, name)) is kind


def test_detecting_loads_no_yaml():
    code = "import sys; from ruleconv.rulefile.detect import detect; assert 'yaml' not in sys.modules"
    subprocess.run([sys.executable, "-I", "-c", code], check=True)


@given(st.text())
def test_detect_takes_anything(text):
    assert detect(Source(text)) in Kind


def test_reading_never_fails_otherwise(tmp_path):
    path = tmp_path / "big.kql"
    path.write_bytes(b"x" * 200)
    with pytest.raises(RuleconvError, match="more than 100 bytes"):
        read(path, 100)
