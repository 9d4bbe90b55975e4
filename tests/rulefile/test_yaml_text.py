"""What is written is read back as it was, by PyYAML (1.1) and by our own reader, and looks as people write it."""

from __future__ import annotations

import math
from datetime import date

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from ruleconv import Unsupported
from ruleconv.rulefile.yaml_nodes import compose
from ruleconv.rulefile.yaml_text import write
from ruleconv.text import Source

SIGNS = " \t\n\r:#-?,[]{}&*!|>'\"%@`~\\=<.+_/0123456789eExXoOyYnN\0\x7f\x85\xa0\u2028\ufeff\ufffe😀ßA"
ODD = st.text(st.sampled_from(SIGNS), max_size=12)
TEXT = st.one_of(ODD, st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
NUMBER_LIKE = st.from_regex(r"\A[-+]?[0-9_.:eE]{0,8}\Z")
SCALAR = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False), TEXT, NUMBER_LIKE
)
VALUE = st.recursive(SCALAR, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)), max_leaves=20)


@given(VALUE, st.sampled_from([2, 4]))
@example({"a": "x\n\n", "b": ["  y\nz", {"c": "\n\tq\n"}, [[], {}, [1, ["e"]]]]}, 4)
@example(["null", "1e3", "0o7", "1_0", "1:30", "2024-01-31", "...", "---", "<<", "=", "- a", "a:", "a #b", ".5", "on"], 2)
@example({"k" * 2000: {"y": 1}, "": ""}, 2)
def test_what_is_written_is_read_back(value, step):
    text = write(value, step=step)
    assert yaml.safe_load(text) == value
    assert yaml.load(text, yaml.CSafeLoader) == value
    root, problems = compose(Source(text))
    assert not problems
    assert (root.plain() if root is not None else None) == value


@given(st.lists(TEXT, min_size=1, max_size=3))
def test_several_documents(texts):
    written = "---\n".join(write({"a": text}) for text in texts)
    assert [each["a"] for each in yaml.safe_load_all(written)] == texts


def test_numbers_without_end():
    assert yaml.safe_load(write([math.inf, -math.inf])) == [math.inf, -math.inf]
    assert math.isnan(yaml.safe_load(write(math.nan)))


def test_a_date_is_plain_and_its_text_is_not():
    assert write({"date": date(2024, 1, 31), "text": "2024-01-31"}) == "date: 2024-01-31\ntext: '2024-01-31'\n"


def test_it_looks_as_people_write_it():
    rule = {
        "title": "Suspicious Rundll32: Odd Export",
        "id": "0b9d7f2e-0000-4000-8000-000000000001",
        "version": "1.0.0",
        "queryFrequency": "1h",
        "threshold": 0,
        "tags": ["attack.execution", "attack.t1059.001"],
        "detection": {
            "selection": {"Image|endswith": ["\\rundll32.exe", "it's"], "Field": [], "Parent": None, "id": 4624},
            "condition": "selection and not 1 of filter_*",
        },
        "mappings": [{"entityType": "IP", "fieldMappings": [{"identifier": "Address", "columnName": "IPAddress"}]}],
        "query": "T\n| where a == 'b'\n",
    }
    assert write(rule) == (
        """\
title: 'Suspicious Rundll32: Odd Export'
id: 0b9d7f2e-0000-4000-8000-000000000001
version: 1.0.0
queryFrequency: 1h
threshold: 0
tags:
  - attack.execution
  - attack.t1059.001
detection:
  selection:
    Image|endswith:
      - \\rundll32.exe
      - it's
    Field: []
    Parent: null
    id: 4624
  condition: selection and not 1 of filter_*
mappings:
  - entityType: IP
    fieldMappings:
      - identifier: Address
        columnName: IPAddress
query: |
  T
  | where a == 'b'
"""
    )


def test_half_a_character_is_refused():
    with pytest.raises(Unsupported, match="half a character"):
        write({"a": "\ud800"})


def test_bottomless_nesting_is_refused():
    value: list = []
    for _ in range(100):
        value = [value]
    with pytest.raises(Unsupported, match="nested"):
        write(value)
