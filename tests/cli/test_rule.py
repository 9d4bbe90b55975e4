"""``ruleconv rule`` as its users see it."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from ruleconv.cli.group import cli
from ruleconv.diagnostic import UsageError
from ruleconv.linter.rule import all_rules


# ---------------------------------------------------------------- ruleconv rule
def explain(*arguments):
    return CliRunner().invoke(cli, ["rule", *arguments], catch_exceptions=False)


def test_a_page():
    page = explain("ATT002").stdout
    assert page.startswith("ATT002 technique-revoked\nwarning, on by default, on sentinel, sigma, safe fix\n")
    assert "\nFound (sentinel):\n" in page
    assert "\nFixed:\n" in page
    assert "\nNot found (" in page
    assert explain("att002", "technique-revoked").stdout == f"{page}\n{page}"


def test_every_rule_has_a_page_and_a_line():
    lines = explain("--all").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [rule.code for rule in all_rules()]
    for rule in all_rules():
        assert explain(rule.code).stdout.startswith(f"{rule.code} {rule.name}\n")


def test_a_group():
    lines = explain("ENT").stdout.splitlines()
    assert len(lines) > 10
    assert all(re.match(r"ENT\d{3} ", line) for line in lines)


@pytest.mark.parametrize(("code", "hint"), [("EMT001", "did you mean MET001?"), ("unknown-colum", "did you mean unknown-column?")])
def test_no_such_rule(code, hint):
    with pytest.raises(UsageError) as caught:
        explain(code)
    assert (caught.value.message, caught.value.hint) == (f"no rule {code}", hint)
