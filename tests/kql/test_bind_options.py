"""Options that Microsoft's parser objects to: they bind, and the linter says it."""

from __future__ import annotations

import pytest

import ruleconv
from tests.kql.binding import columns, doubts, found, refused

DOUBTS = {
    # values
    "union kind='outer' T, Users": ["'outer'"],
    "T | union isfuzzy=1 Users": ["1"],
    "T | union isfuzzy=foo Users": ["foo"],
    "T | mv-expand kind='bag' d": ["'bag'"],
    "T | join hint.strategy=foo Users on $left.s == $right.Name": ["foo"],
    "T | join hint.num_partitions=x Users on $left.s == $right.Name": ["x"],
    "T | join kind='inner' Users on $left.s == $right.Name": ["'inner'"],
    "T | summarize hint.strategy=broadcast count() by s": ["broadcast"],
    "T | evaluate hint.distribution=foo bag_unpack(d)": ["foo"],
    # names
    "T | union bagexpansion=array Users": ["bagexpansion=array"],
    "T | lookup isfuzzy=true Users on $left.s == $right.Name": ["isfuzzy=true"],
    "T | mv-apply kind=bag d on (take 1)": ["kind=bag"],
    "T | join hint.foo=left Users on $left.s == $right.Name": ["hint.foo=left"],
    "find isfuzzy=true in (Users) where Id == 1": ["isfuzzy=true"],
    # twice
    "union kind=outer kind=outer T, Users": ["kind=outer"],
    "union withsource=A with_source=B T, Users": ["with_source=B"],
    "T | summarize hint.strategy=shuffle hint.strategy=shuffle count() by s": ["hint.strategy=shuffle"],
    "T | where s in ((union isfuzzy=1 T, Logins | project Name))": ["1"],
    # nothing to object to
    "union kind=outer withsource=S isfuzzy=TRUE hint.spread=3 T, Users": [],
    "union isfuzzy=bool(true) withsource='S' hint.concurrency=x T, Users": [],
    "T | mv-expand bagexpansion=array kind=array with_itemindex=i2 d": [],
    "T | join kind=inner hint.strategy=Shuffle hint.shufflekey=s hint.shufflekey=l hint.remote=left Users on $left.s == $right.Name": [],
    "T | join hint.pass_filters=true Users on $left.s == $right.Name": [],
    "T | parse-where kind=regex flags=Ui s with * 'x'": [],
    "T | parse kind=regex flags='Ui' s with * 'x'": [],
    "T | partition hint.strategy=foo by s (take 1)": [],
    "T | as hint.materialized=foo X": [],
    "T | evaluate hint.pass_filters=true bag_unpack(d)": [],
}


UNKNOWN = {
    "T | mv-expand bagexpansion=foo d": ["foo"],
    "union kind=foo T, Users": ["foo"],
    "union kind=Inner T, Users": ["Inner"],
    "T | parse kind=Regex s with * 'x'": ["Regex"],
    "T | search kind=foo 'x'": ["foo"],
}
"""Values on which the rows hang, and of which nobody knows what they say."""


@pytest.mark.parametrize(("text", "places"), DOUBTS.items())
def test_options(text: str, places: list[str]) -> None:
    assert columns(text)
    assert doubts(text) == [("KQL005", place) for place in places]


@pytest.mark.parametrize(("text", "places"), UNKNOWN.items())
def test_unknown_kinds_are_refused(text: str, places: list[str]) -> None:
    refusal = refused(text)
    assert refusal.construct.startswith("this value of the option ")
    assert [text[refusal.span.start : refusal.span.end]] == places
    said = ruleconv.lint(text, source="kql")
    assert [text[d.span.start : d.span.end] for d in said if d.code == "KQL005"] == places


def test_the_kinds_of_join_stay_mistakes() -> None:
    assert found("T | join kind=foo Users on $left.s == $right.Name") == [("KQL005", "foo")]


def test_the_linter_names_the_values() -> None:
    text = "SigninLogs\n| union isfuzzy=1 AuditLogs\n"
    (said,) = (d for d in ruleconv.lint(text, source="kql") if d.code == "KQL005")
    assert (said.line, said.message, said.hint) == (2, "this is no value of the option isfuzzy", "it takes true or false")
