"""What all of the folder share: a refusal's place, ways to match, tests put together anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Expr, How, Literal, Match, Quantifier
from ruleconv.ir.types import Type
from ruleconv.sigma.logsources.model import Form
from ruleconv.text import NOWHERE, Span

TextOf: TypeAlias = Callable[[Form], Expr]
Way: TypeAlias = "tuple[How, str]"
"""A way to match: how, and the text."""

WILDCARD = re.compile(r"[*?]")
PLAIN = (How.EQUALS, How.CONTAINS, How.PREFIX, How.SUFFIX)


MOST_SHOWN = 80


def short(text: str) -> str:
    """As much of a rule's text as a message shows."""
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + ".."


@dataclass(frozen=True, slots=True)
class Place:
    """What is asked of which table, for refusals."""

    field: str
    table: str
    span: Span = NOWHERE

    def refusal(self, what: str, hint: str = "") -> Unsupported:
        return Unsupported(
            f"{short(what)} of the field {short(self.field)} in {self.table}", self.span, hint or "the platform 'generic' takes any value"
        )


def assemble(test: Match, ways: list[list[Way]]) -> Expr:
    """For each pattern of the test, its ways (any of them), as one expression with the test's quantifier."""
    if test.quantifier is Quantifier.ALL and len(ways) > 1:
        single = [each[0] for each in ways if len(each) == 1]
        terms = [replace(term, quantifier=Quantifier.ALL) for term in _matches(test, single)]
        terms += [_any(_matches(test, each), test.span) for each in ways if len(each) != 1]  # type: ignore[misc]
        made: Expr = terms[0] if len(terms) == 1 else ir.And(tuple(terms), test.span)
    else:
        made = _any(_matches(test, [way for each in ways for way in each]), test.span)
    return ir.Not(made, test.span) if test.negated else made


def _any(terms: Iterable[Expr], span: Span) -> Expr:
    found = tuple(terms)
    return found[0] if len(found) == 1 else ir.Or(found, span)


def _matches(test: Match, ways: Iterable[Way]) -> list[Match]:
    """One ``Match`` for each manner, in the order of their first patterns."""
    by_how: dict[How, dict[str, Literal]] = {}
    for how, text in ways:
        by_how.setdefault(how, {})[text] = Literal(text, Type.STRING, test.span)
    return [
        replace(test, how=how, patterns=tuple(patterns.values()), negated=False, quantifier=Quantifier.ANY)
        for how, patterns in by_how.items()
    ]


def texts(test: Match, where: Place) -> list[str]:
    found = [text_of_value(each.value) for each in test.patterns if isinstance(each, Literal) and isinstance(each.value, (str, int, float))]
    if len(found) != len(test.patterns):
        raise where.refusal("a comparison with another field")
    return found


def text_of_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def with_subject(test: Expr, subject: Expr) -> Expr:
    """The same test of another value."""
    match test:
        case Match() | ir.Missing():
            return replace(test, subject=subject)
        case ir.Compare():
            return replace(test, left=subject)
        case _:
            return test


def joined(terms: tuple[Expr, ...], test: Match) -> Expr:
    """The terms with the quantifier and the negation of the test that they stand for."""
    if len(terms) == 1:
        made = terms[0]
    else:
        made = ir.And(terms, test.span) if test.quantifier is Quantifier.ALL else ir.Or(terms, test.span)
    return ir.Not(made, test.span) if test.negated else made
