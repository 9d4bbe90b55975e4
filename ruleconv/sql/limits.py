"""What is too deep or too long to be given to sqlglot, which recurses, and tries several ways."""

from __future__ import annotations

from collections.abc import Sequence

from ruleconv.sql.tokens import Token

MOST_TOKENS = 40_000
DEEPEST = 60
"""Parentheses, brackets and CASEs in one another: sqlglot takes some 15 frames for each."""
DEEPEST_ARRAY = 8
_LONGEST_RUN = 40
"""Prefix operators (``not not not``, ``- - -``) and joins in a row."""


def within_limits(part: Sequence[Token]) -> bool:
    """The statement may be parsed."""
    if len(part) > MOST_TOKENS:
        return False
    depth = arrays = run = joins = 0
    for before, token in zip((None, *part), part, strict=False):
        word = token.word
        if word in _OPENERS:
            depth += 1
            # The ways that sqlglot tries double with each array in another.
            if word == "[" and before is not None and before.word == "ARRAY":
                arrays += 1
        elif word in _CLOSERS:
            depth -= 1
        run = run + 1 if word in _PREFIXES or word in _OPENERS else 0
        joins = 0 if word in ("ON", "USING", "SELECT", "WHERE") else joins + (word == "JOIN")
        if depth > DEEPEST or run > _LONGEST_RUN or joins > _LONGEST_RUN:
            return False
    return arrays <= DEEPEST_ARRAY or not _arrays_nest(part)


_OPENERS = frozenset(("(", "[", "{", "CASE"))
_CLOSERS = frozenset((")", "]", "}", "END"))
_PREFIXES = frozenset(("NOT", "-", "+", "~", "@", "INTERVAL", "DATE", "EXISTS", "LATERAL", "<", "WITH", "EXPLAIN"))


def _arrays_nest(part: Sequence[Token]) -> bool:
    """More than DEEPEST_ARRAY arrays in one another."""
    depth = deepest = 0
    for token in part:
        depth += (token.word == "[") - (token.word == "]")
        deepest = max(deepest, depth)
    return deepest > DEEPEST_ARRAY
