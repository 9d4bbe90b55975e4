"""Every rule by its own examples: a bad one is found, a good one is not, a fix mends what it says."""

from __future__ import annotations

import pytest

from ruleconv.diagnostic import Diagnostic
from ruleconv.linter.config import Config
from ruleconv.linter.engine import check_file
from ruleconv.linter.examples import BASES, Example
from ruleconv.linter.fix import apply
from ruleconv.linter.rule import Rule, all_rules
from ruleconv.text import Source

RULES = [rule for rule in all_rules() if not rule.across]
BAD = [pytest.param(rule, example, id=f"{rule.code}-{at}") for rule in RULES for at, example in enumerate(rule.bad)]
GOOD = [pytest.param(rule, example, id=f"{rule.code}-{at}") for rule in RULES for at, example in enumerate(rule.good)]


def found(rule: Rule, example: Example, text: str | None = None) -> list[Diagnostic]:
    file = Source(example.file(text), "rule")
    # Which comments are unused shows only when all rules run.
    config = Config() if rule.code == "XRF011" else Config(select=(rule.code,))
    return [each for each in check_file(file, example.kind, config) if each.code == rule.code]


@pytest.mark.parametrize(("rule", "example"), BAD)
def test_a_bad_example_is_found(rule: Rule, example: Example) -> None:
    findings = found(rule, example)
    assert findings
    text = example.file()
    for each in findings:
        assert 0 <= each.span.start <= each.span.end <= len(text)
        assert each.message


@pytest.mark.parametrize(("rule", "example"), [each for each in BAD if each.values[1].fixed])
def test_the_fix_mends_the_example(rule: Rule, example: Example) -> None:
    assert rule.fixable
    findings = found(rule, example)
    assert apply(example.file(), findings, unsafe=True) == example.file(example.fixed)
    assert not [each for each in found(rule, example, example.fixed) if each.fix]


@pytest.mark.parametrize(("rule", "example"), GOOD)
def test_a_good_example_is_not(rule: Rule, example: Example) -> None:
    assert not found(rule, example)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_is_documented(rule: Rule) -> None:
    assert rule.__doc__
    assert rule.bad
    assert rule.good
    assert rule.name == rule.name.lower().replace("_", "-")
    assert type(rule).__module__.rsplit(".", 1)[1] == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
    assert rule.fixable in ("", "safe", "unsafe")
    assert bool(rule.fixable) == any(example.fixed for example in rule.bad)


@pytest.mark.parametrize("kind", BASES, ids=str)
def test_the_bases_are_clean(kind: object) -> None:
    text = BASES[kind]  # type: ignore[index]
    assert check_file(Source(text, "rule"), kind, Config()) == []  # type: ignore[arg-type]
