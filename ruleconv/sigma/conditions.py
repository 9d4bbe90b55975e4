"""The condition of a Sigma rule: ``selection and not 1 of filter_*``. Parsed by hand, for its places and for speed.

Grammar and precedence: SigmaHQ/sigma-specification, sigma-rules-specification.md, "Condition"; what pySigma accepts and refuses decides
where it is silent. Words are case-sensitive; ``not`` binds tightest, then ``and``, then ``or``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from ruleconv.diagnostic import ParseError
from ruleconv.text import NOWHERE, Span

MAX_DEPTH = 100
_TOKEN = re.compile(r"\s*(?:([A-Za-z0-9_\-*]+)|([()])|(\S))")
_NAME = re.compile(r"[A-Za-z0-9_\-]+")
_PATTERN = re.compile(r"[A-Za-z0-9_*]+")
_OPERATORS = frozenset(("and", "or", "not"))
_QUANTIFIERS = {"1": False, "any": False, "all": True}


@dataclass(frozen=True, slots=True)
class Name:
    """A search identifier."""

    name: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Several:
    """``1 of pattern*``, ``all of them``."""

    pattern: str
    all: bool
    span: Span = field(default=NOWHERE, compare=False)

    def names(self, detections: Iterable[str]) -> list[str]:
        """Those that it means. The ones that begin with an underscore only where the pattern begins with one."""
        if self.pattern == "them":
            return [name for name in detections if not name.startswith("_")]
        hidden = self.pattern.startswith("_")
        return [name for name in detections if _fits(name, self.pattern) and (hidden or not name.startswith("_"))]


@dataclass(frozen=True, slots=True)
class Negated:
    term: Condition


@dataclass(frozen=True, slots=True)
class Joined:
    """``and`` (``all``) or ``or``."""

    terms: tuple[Condition, ...]
    all: bool


def _fits(name: str, pattern: str) -> bool:
    """``*`` stands for any characters. Piece by piece from the left: no backtracking, whatever the pattern."""
    first, *middle = pattern.split("*")
    if not middle:
        return name == pattern
    *middle, last = middle
    if len(name) < len(first) + len(last) or not name.startswith(first) or not name.endswith(last):
        return False
    at, end = len(first), len(name) - len(last)
    for piece in middle:
        at = name.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


Condition: TypeAlias = Name | Several | Negated | Joined


def parse(text: str) -> Condition:
    """The tree of a condition; its spans, and that of a ParseError, count in ``text``."""
    if "|" in text:
        at = text.index("|")
        raise ParseError(
            "a condition with a pipe (an aggregation of the old kind)",
            Span(at, len(text)),
            "Sigma 2 says this with a correlation rule of its own",
        )
    parser = _Parser(text)
    tree = parser.either(0)
    if (rest := parser.peek()) is not None:
        raise parser.unexpected(rest, "'and', 'or' or the end")
    return tree


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [(m.group(1) or m.group(2) or m.group(3), m.start(m.lastindex or 0), m.lastindex) for m in _TOKEN.finditer(text)]
        self.at = 0

    def peek(self) -> str | None:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else None

    def span(self, first: int) -> Span:
        """From that token to the last one that was read."""
        word, start, _ = self.tokens[self.at - 1]
        return Span(self.tokens[first][1], start + len(word))

    def unexpected(self, word: str | None, wanted: str) -> ParseError:
        if word is None or self.at >= len(self.tokens):
            end = len(self.text.rstrip())
            return ParseError(f"the condition ends where {wanted} is expected", Span(max(end - 1, 0), end))
        start = self.tokens[self.at][1]
        return ParseError(f"{word!r} in a condition where {wanted} is expected", Span(start, start + len(word)), self._hint(word))

    def _hint(self, word: str) -> str:
        if word not in _OPERATORS and word.lower() in _OPERATORS:
            return "'and', 'or' and 'not' are written in lower case"
        if "*" in word:
            return f"several searches are '1 of {word}' or 'all of {word}'"
        if word.lower() == "of":
            return "'1 of', 'any of' or 'all of'"
        return {"&": "write 'and'", "!": "write 'not'", ",": "write 'and' or 'or'"}.get(word, "")

    def either(self, depth: int) -> Condition:
        return self._chain("or", depth)

    def _chain(self, operator: str, depth: int) -> Condition:
        terms = []
        while True:
            terms.append(self._chain("and", depth) if operator == "or" else self.term(depth))
            if self.peek() != operator:
                return terms[0] if len(terms) == 1 else Joined(tuple(terms), operator == "and")
            self.at += 1

    def term(self, depth: int) -> Condition:
        """A name, a selector, a negation or a condition in parentheses."""
        word = self.peek()
        if depth > MAX_DEPTH:
            raise self.unexpected(word, f"less than {MAX_DEPTH} levels of nesting")
        if word == "not":
            self.at += 1
            return Negated(self.term(depth + 1))
        if word == "(":
            self.at += 1
            inner = self.either(depth + 1)
            if self.peek() != ")":
                raise self.unexpected(self.peek(), "')'")
            self.at += 1
            return inner
        first = self.at
        if word in _QUANTIFIERS and first + 1 < len(self.tokens) and self.tokens[first + 1][0] == "of":
            self.at += 2
            pattern = self.peek()
            if pattern is None or not _PATTERN.fullmatch(pattern):
                raise self.unexpected(pattern, "'them' or a pattern of names")
            self.at += 1
            return Several(pattern, _QUANTIFIERS[word], self.span(first))
        if word is None or not _NAME.fullmatch(word) or word in _OPERATORS:
            raise self.unexpected(word, "the name of a search")
        self.at += 1
        return Name(word, self.span(first))


def moved(tree: Condition, place: Callable[[Span], Span]) -> Condition:
    """The same with other places."""
    match tree:
        case Name():
            return Name(tree.name, place(tree.span))
        case Several():
            return Several(tree.pattern, tree.all, place(tree.span))
        case Negated():
            return Negated(moved(tree.term, place))
        case Joined():
            return Joined(tuple(moved(term, place) for term in tree.terms), tree.all)
