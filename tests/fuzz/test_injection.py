"""Texts that mean harm in some language, as names and values of rules: every output says them as data, and finds their event."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import given, settings

import ruleconv
from ruleconv import engines
from ruleconv.engines.model import Table
from ruleconv.ir.types import Column, Type
from ruleconv.kql.parse import parse
from ruleconv.rulefile.yaml_text import write
from ruleconv.text import Source

WORDS = """
' '' \\ \\' " "" ` ``` ~~~ $$ $a$ E' U&' h' @' -- /* */ ; % _ {{ }} { ${x} // # &a *a | > --- ... %TAG ]]> <script> [0] x.y ~ = ::text
:a %s %(a)s ( ) [ ] ^ + \\n \\0 \\x41 \\u0041 null true 0x1 1e5 a A 1 é ß
"""
BLANKS = ["\n", "\r\n", "\t", " ", ": ", " #", "- ", "\x1b[31m", "\x85", "\u2028", "\ufeff", "\u202e", "\x01", "\x7f"]
PHRASES = ["' OR 1=1 --", "'; DROP TABLE x; --", "'||pg_sleep(9)||'", "!!python/object/apply:os.system [id]", "\U0001f600"]
PIECES = [*WORDS.split(), *BLANKS, *PHRASES]
words = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
fields = words.map(lambda text: text.replace("|", "").strip()).filter(lambda text: text and len(text.encode()) < 60)
OTHER = "nothing of the kind"
some = settings(max_examples=60, deadline=None)


def rule(field: str, value: str, title: str) -> str:
    """A rule that finds the value and nothing else, with the title wherever a rule has texts."""
    escaped = "".join(f"\\{char}" if char in "\\*?" else char for char in value)
    text = write(
        {
            "title": title,
            "description": title,
            "author": title,
            "references": [title],
            "falsepositives": [title],
            "logsource": {"category": "x_CL"},
            "detection": {title: {f"{field}|cased": escaped}, "condition": "1 of them"},
        }
    )
    assert yaml.safe_load(text)["detection"][title] == {f"{field}|cased": escaped}
    return text


@some
@given(field=fields, value=words, title=words)
@pytest.mark.parametrize("name", ["duckdb", "postgres"])
def test_sql(name: str, field: str, value: str, title: str) -> None:
    engine = engines.find(name)
    made = ruleconv.translate(rule(field, value, title.strip().lstrip("_") or "t"), source="sigma", to="sql", dialect=name, table="T")
    columns = (Column(field, Type.STRING),)
    assert engine.execute(made.text, columns, [Table("T", columns, [(value,), (OTHER,)])]).rows == [(value,)]


@some
@given(field=fields, value=words, title=words)
def test_kql(field: str, value: str, title: str) -> None:
    text = rule(field, value, title.strip().lstrip("_") or "t")
    query = ruleconv.translate(text, source="sigma", to="kql").text
    assert len(parse(Source(query)).statements) == 1
    made = yaml.safe_load(ruleconv.translate(text, source="sigma", to="sentinel").text)
    assert made["query"].rstrip() == query.rstrip()
    found = ruleconv.run(query, source="kql", tables={"x_CL": [{field: value}, {field: OTHER}]}).rows
    assert [row for row in found if value in row] == found
    assert len(found) == 1


@some
@given(value=words, title=words)
def test_sigma(value: str, title: str) -> None:
    made = ruleconv.translate(rule("f", value, title.strip().lstrip("_") or "t"), source="sigma", to="sigma").text
    (document,) = yaml.safe_load_all(made)
    assert document["title"] == (" ".join(title.split()) or "t") or title.strip().startswith("_")
    assert len(ruleconv.run(made, source="sigma", events=[{"f": value}, {"f": OTHER}]).rows) == 1
