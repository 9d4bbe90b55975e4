"""What people judged about hits in public collections is about rules as they are, and good enough for their severity."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ruleconv.diagnostic import Severity
from ruleconv.linter.rule import rule_of

TOP = Path(__file__).parents[2]
JUDGED = tomllib.loads((TOP / "tools" / "corpus_verdicts.toml").read_text("utf-8"))
PAGE = (TOP / "docs" / "corpus-findings.md").read_text("utf-8")


@pytest.mark.parametrize("code", JUDGED["verdicts"])
def test_an_error_is_right_nineteen_times_of_twenty(code):
    verdict = JUDGED["verdicts"][code]
    assert rule_of(code).severity is Severity.ERROR
    assert 0 < verdict["right"] <= verdict["looked"]
    assert verdict["right"] >= 0.95 * verdict["looked"]
    assert verdict["note"] in PAGE


@pytest.mark.parametrize("code", JUDGED["demoted"])
def test_what_is_right_less_often_is_no_error(code):
    assert rule_of(code).severity is not Severity.ERROR
    assert JUDGED["demoted"][code]["note"] in PAGE


def test_every_error_that_hits_was_looked_at():
    assert "not looked at yet" not in PAGE
    table = PAGE[PAGE.index("## Rules of the severity error") : PAGE.index("Demoted or mended")]
    assert set(re.findall(r"^\| \[(\w+)\]", table, re.MULTILINE)) <= set(JUDGED["verdicts"])
