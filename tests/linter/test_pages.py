"""The documentation's pages of rules are those that the rules would write now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ruleconv.linter.examples import kql
from ruleconv.linter.pages import INDEX, TITLES, page, pages
from ruleconv.linter.rule import GROUPS, all_rules, rule_of

FOLDER = Path(__file__).parents[2] / "docs" / "lint"
PAGES = pages(all_rules())
_REFRESH = "python tools/refresh_docs.py"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_fresh(name):
    assert (FOLDER / name).read_text("utf-8") == PAGES[name], _REFRESH


def test_there_is_no_page_too_many():
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES), _REFRESH


def test_the_index_has_every_rule():
    assert re.findall(r"^\| \[(\w+)\]\((\w+)\.md\)", PAGES[INDEX], re.MULTILINE) == [
        (rule.code, rule.code) for group in GROUPS for rule in all_rules() if rule.code.lower().startswith(group)
    ]
    assert list(TITLES) == list(GROUPS)


def test_a_page_shows_examples_and_fixes():
    text = page(rule_of("ATT002"))
    assert text.startswith("# ATT002: technique-revoked\n\nWarning, on by default. Looks at Sentinel, Sigma. Safe fix.\n")
    assert "\n## Found\n\n```yaml\n" in text
    assert "\nFixed:\n\n```yaml\n" in text
    assert "\n## Not found\n" in text


def test_a_fence_in_an_example_does_not_end_it(monkeypatch):
    rule = rule_of("KQL026")
    monkeypatch.setattr(type(rule), "bad", (kql("print ```a```"),))
    assert "\n````kusto\nprint ```a```\n````\n" in page(rule)
