"""Whatever a Sigma rule says about itself, Sentinel's YAML holds it, within the limits, and gives it back."""

from __future__ import annotations

import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from ruleconv.rulefile.metadata import Metadata
from ruleconv.rulefile.reader import read_rule
from ruleconv.rulefile.sentinel_metadata import from_sentinel
from ruleconv.text import Source
from ruleconv.translation import bound
from ruleconv_backends.sentinel import SentinelBackend

QUERY, _ = bound("SigninLogs | where UserPrincipalName == 'a'", source="kql")

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SIGNS = st.sampled_from("Az09'\"#:@%\\-é😀(),[]{}&*!|> ")
WORDS = st.text(SIGNS, min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
DATE = st.dates().map(str)
TAG = st.sampled_from(
    ["attack.execution", "attack.stealth", "attack.t1059.001", "attack.t1078", "attack.g0016", "cve.2021-44228", "tlp.red"]
)
LEVEL = st.sampled_from(["informational", "low", "medium", "high", "critical"])


def written(metadata: Metadata) -> str:
    return SentinelBackend().translate(QUERY, metadata=metadata).text


@given(
    st.builds(
        Metadata,
        title=ANY,
        id=ANY,
        description=ANY,
        status=ANY,
        level=ANY,
        author=ANY,
        date=ANY,
        references=st.lists(ANY, max_size=3).map(tuple),
        tags=st.lists(ANY, max_size=3).map(tuple),
        falsepositives=st.lists(ANY, max_size=2).map(tuple),
        timespan=st.none() | st.integers(0, 10**20),
        frequency=st.none() | st.integers(0, 10**20),
        period=st.none() | st.integers(0, 10**20),
        origin=st.sampled_from(["", "sigma", "sentinel"]),
    )
)
def test_no_text_breaks_the_rule(metadata: Metadata) -> None:
    rule = yaml.safe_load(written(metadata))
    assert rule["query"] == 'SigninLogs\n| where UserPrincipalName == "a"\n'
    assert rule["severity"] in ("Informational", "Low", "Medium", "High")
    assert rule["name"].strip()
    assert len(rule["description"]) <= 5000


@given(
    st.builds(
        Metadata,
        title=WORDS,
        id=st.uuids().map(str),
        description=WORDS,
        status=st.sampled_from(["stable", "test", "experimental", "deprecated", "unsupported"]),
        level=LEVEL,
        author=WORDS,
        date=DATE,
        modified=DATE,
        references=st.lists(WORDS, max_size=3).map(tuple),
        falsepositives=st.lists(WORDS, max_size=3).map(tuple),
        tags=st.lists(TAG, unique=True, max_size=5).map(tuple),
        logsource=st.fixed_dictionaries({"product": st.sampled_from(["windows", "azure"])}),
        origin=st.just("sigma"),
    )
)
def test_what_a_sigma_rule_says_comes_back(before: Metadata) -> None:
    assume(before.title != before.description)  # a description that repeats the name is taken for none
    root = read_rule(Source(written(before), "x.yaml")).root
    assert root is not None
    after = from_sentinel(root)
    for key in ("title", "level", "status", "author", "date", "modified", "references", "falsepositives", "description", "logsource"):
        assert getattr(after, key) == getattr(before, key), key
    # A technique without its tactic brings that; nothing else is new, and nothing is lost.
    new = set(after.tags) - set(before.tags)
    assert set(before.tags) <= set(after.tags)
    assert not new or {"attack.t1059.001", "attack.t1078"} & set(before.tags)
    assert [(each.id, each.type) for each in after.related] == [(before.id, "derived")]
