"""``has`` in Sigma and back: a regular expression that is read as a term again (S41)."""

from __future__ import annotations

import pytest

import ruleconv
from ruleconv.ir.expr import How
from ruleconv.sigma.terms import term
from ruleconv_backends.sigma import values
from tests.properties.running import ENGINES

TERMS = ["admin", ".exe", "a b", "a.b", "x\n1", "1", "é.", "a|b", "[x", "-enc", "日"]


@pytest.mark.parametrize("text", TERMS)
def test_what_is_written_is_read(text: str) -> None:
    modifiers, value = values.literal(text, How.TERM, True)
    assert modifiers[0] == "re"
    assert term(str(value)) == (How.TERM, text)


@pytest.mark.parametrize("how", [How.TERM_PREFIX, How.TERM_SUFFIX])
def test_one_border(how: How) -> None:
    assert term(values.term("admin", how)) == (how, "admin")


def test_a_term_of_punctuation_has_no_borders() -> None:
    assert values.literal("-->", How.TERM, True) == (("contains",), "-->")


@pytest.mark.parametrize(
    "regex", ["admin", r"(?:^|[\W_])a.b(?:$|[\W_])", r"(?:^|[\W_])\.a(?:$|[\W_])", r"(?:^|[\W_])", r"(?:^|[\W_])a\d(?:$|[\W_])"]
)
def test_other_expressions_stay(regex: str) -> None:
    assert term(regex) is None


@pytest.mark.parametrize("engine", ENGINES)
def test_letters_of_other_alphabets_are_no_borders(engine: str) -> None:
    rule = r"""
title: a term
logsource: {service: t}
detection:
    selection:
        S|re|i: (?:^|[\W_])a(?:$|[\W_])
    condition: selection
"""
    events = [{"S": text} for text in ("éa", "_A", "aé", "-a.", "日 a", "b")]
    assert [row[0] for row in ruleconv.run(rule, source="sigma", engine=engine, events=events).rows] == ["_A", "-a.", "日 a"]
