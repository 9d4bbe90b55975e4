"""The condition of a temporal correlation as an expression: ``recon_a and (recon_b or recon_c) and not patched``.

Grammar: pySigma's extended correlation conditions (not before and before or); the words in any case, as the specification's own example
writes AND.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import ParseError
from ruleconv.ir.expr import And, ColumnRef, Expr, Not, Or
from ruleconv.ir.types import Type
from ruleconv.ir.walk import walk
from ruleconv.text import Source, Span

_TOKEN = re.compile(r"\s*(?:(?P<word>[A-Za-z_][\w-]*)|(?P<mark>[()]))")
_MOST = 300
"""Words of one condition."""


def read_condition(text: str, span: Span, source: Source) -> Expr:
    """A predicate over columns (BOOL) with the names of rules. Raises ParseError at the condition."""
    return _Parser(text, span, source).whole()


def named_rules(condition: Expr) -> list[tuple[str, Span]]:
    """The rules that the condition asks for, in the order in which they stand there."""
    found: dict[str, Span] = {}
    for part in _in_order(condition):
        found.setdefault(part.name, part.span)
    return list(found.items())


def _in_order(node: Expr) -> Iterator[ColumnRef]:
    refs = [part for part in walk(node) if isinstance(part, ColumnRef)]
    return iter(sorted(refs, key=lambda ref: ref.span.end))


class _Parser:
    """By precedence, with a stack for parentheses and not one of calls: a condition may be nested as deep as its author likes."""

    def __init__(self, text: str, span: Span, source: Source) -> None:
        self.span, self.source = span, source
        self.tokens: list[str] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None or len(self.tokens) >= _MOST:
                raise self.fail(f"{text[at:].strip()[:20]!r} has no place in a condition")
            self.tokens.append(found["word"] or found["mark"])
            at = found.end()

    def fail(self, message: str) -> ParseError:
        return ParseError(message, self.span, "names of rules, and, or, not, parentheses", self.source)

    def whole(self) -> Expr:
        """Shunting-yard: operators wait until one that binds less tightly comes."""
        values: list[Expr] = []
        operators: list[str] = []
        wants_value = True
        for number, each in enumerate(self.tokens):
            word = each.lower()
            if word in ("and", "or") and not wants_value:
                self.reduce(values, operators, {"and": 2, "or": 1}[word])
                operators.append(word)
                wants_value = True
            elif wants_value and word == "not":
                operators.append(word)
            elif wants_value and each == "(":
                operators.append(each)
            elif not wants_value and each == ")":
                self.reduce(values, operators, 0)
                if not operators:
                    raise self.fail("a parenthesis too many in the condition")
                operators.pop()
            elif wants_value and each not in "()" and word not in ("and", "or"):
                # The place of the whole condition; its end tells which name stands first.
                values.append(ColumnRef(each, Type.BOOL, False, Span(self.span.start, self.span.start + number)))
                wants_value = False
            else:
                raise self.fail(f"{each!r} has no place there in the condition")
        if wants_value:
            raise self.fail("the condition ends too early")
        self.reduce(values, operators, 0)
        if operators:
            raise self.fail("a parenthesis too few in the condition")
        return values[0]

    def reduce(self, values: list[Expr], operators: list[str], least: int) -> None:
        """Applies the operators that wait and bind at least as tightly, up to a parenthesis."""
        binding = {"or": 1, "and": 2, "not": 3}
        while operators and operators[-1] != "(" and binding[operators[-1]] >= max(least, 1):
            operator = operators.pop()
            right = values.pop()
            if operator == "not":
                values.append(right.term if isinstance(right, Not) else Not(right, self.span))
            else:
                left = values.pop()
                kind = And if operator == "and" else Or
                terms = (*left.terms, right) if isinstance(left, kind) else (left, right)
                values.append(kind(terms, self.span))
