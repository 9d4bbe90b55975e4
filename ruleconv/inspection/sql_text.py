"""Where the clauses and conditions of a SQL statement stand: its tokens know what its tree does not, the last character of each part."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from ruleconv.sql.tokens import Token, TokenKind
from ruleconv.text import Span

_CLAUSES = {
    "SELECT": "select",
    "FROM": "source",
    "WHERE": "where",
    "GROUP": "group by",
    "HAVING": "having",
    "WINDOW": "window",
    "ORDER": "order by",
    "LIMIT": "limit",
    "OFFSET": "offset",
    "FETCH": "limit",
}
_JOINS = frozenset(("LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "JOIN", "OUTER"))
_SETS = frozenset(("UNION", "INTERSECT", "EXCEPT"))
_BY = frozenset(("GROUP", "ORDER"))
ORDER = ("source", "join", "where", "group by", "having", "window", "select", "order by", "limit", "offset")
"""The order in which clauses take effect."""


@dataclass(frozen=True, slots=True)
class Clause:
    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one statement."""

    all: Sequence[Token]

    def at(self, offset: int) -> int:
        """The place of the first token that begins there or later."""
        return bisect_left(self.all, offset, key=lambda token: token.span.start)

    def word(self, at: int) -> str:
        return self.all[at].word if 0 <= at < len(self.all) else ""

    # ------------------------------------------------------------ queries
    def whole(self) -> Span:
        """The statement."""
        return Span(self.all[0].span.start, self.all[-1].span.end)

    def bare(self, query: Span) -> Span:
        """Without the parentheses around all of it."""
        first, end = self.at(query.start), self.at(query.end)
        while self.word(first) == "(" and end - first > 1 and self._closing(first) == end - 1:
            first, end = first + 1, end - 1
        return Span(self.all[first].span.start, self.all[end - 1].span.end)

    def holes(self, part: Span) -> list[Span]:
        """The outermost parentheses with a query in them."""
        found = []
        at, end = self.at(part.start), self.at(part.end)
        while at < end:
            inner = at
            while self.word(inner) == "(":
                inner += 1
            closing = self._closing(at) if inner > at and self.word(inner) in ("SELECT", "WITH") else -1
            if closing > 0:
                found.append(Span(self.all[at].span.start, self.all[closing].span.end))
                at = closing
            at += 1
        return found

    def with_queries(self, query: Span) -> list[Span]:
        """The parentheses of the WITH before a query; where the query itself begins is the end of the last."""
        first, end = self.at(query.start), self.at(query.end)
        if self.word(first) != "WITH":
            return []
        found, at = [], first
        while at < end and self.word(at) not in ("SELECT", "VALUES"):
            if self.word(at) == "(":
                closing = self._closing(at)
                if closing < 0:
                    break
                if self.word(at - 1) in ("AS", "MATERIALIZED"):
                    found.append(Span(self.all[at].span.start, self.all[closing].span.end))
                elif self.word(at + 1) in ("SELECT", "WITH", "("):
                    break
                at = closing
            at += 1
        return found

    def legs(self, query: Span) -> list[Span]:
        """What UNION and its kin join."""
        first, end = self.at(query.start), self.at(query.end)
        cuts, depth = [first], 0
        for at in range(first, end):
            depth += _step(self.all[at])
            if depth == 0 and self.word(at) in _SETS:
                cuts.append(at + 1 + (self.word(at + 1) in ("ALL", "DISTINCT")))
        ends = [*(cut - 1 - (self.word(cut - 1) in ("ALL", "DISTINCT")) for cut in cuts[1:]), end]
        return [Span(self.all[a].span.start, self.all[b - 1].span.end) for a, b in zip(cuts, ends, strict=True) if a < b]

    def _closing(self, at: int) -> int:
        depth = 0
        for place in range(at, len(self.all)):
            depth += _step(self.all[place])
            if depth == 0:
                return place
        return -1

    # ------------------------------------------------------------ clauses
    def clauses(self, query: Span) -> list[Clause]:
        """Of one SELECT (after its WITH), in the order in which they take effect."""
        at, end = self.at(query.start), self.at(query.end)
        for hole in self.with_queries(query):
            at = self.at(hole.end)
        while at < end and self.word(at) != "SELECT":
            at += 1
        if at >= end:
            return []
        found: list[Clause] = []
        kind, first, depth = "select", at, 0
        place = at + 1
        while place < end:
            token = self.all[place]
            depth += _step(token)
            if depth < 0 or (depth == 0 and token.word in _SETS):
                break
            begun = self._begins(place) if depth == 0 else ""
            if begun:
                found.append(self._clause(kind, first, place))
                kind, first = begun, place
                while begun == "join" and self.word(place + 1) in _JOINS:
                    place += 1
            place += 1
        found.append(self._clause(kind, first, place))
        return sorted(found, key=lambda each: ORDER.index(each.kind))

    def _clause(self, kind: str, first: int, end: int) -> Clause:
        return Clause(kind, Span(self.all[first].span.start, self.all[end - 1].span.end))

    def _begins(self, at: int) -> str:
        """The kind of the clause that begins at a token, "" for none."""
        word, after, before = self.word(at), self.word(at + 1), self.word(at - 1)
        if word in _BY:
            return _CLAUSES[word] if after == "BY" and before != "WITHIN" else ""
        if word == "FROM" and before == "DISTINCT" and self.word(at - 2) in ("IS", "NOT"):
            return ""
        if word in _JOINS:
            return "join" if after != "(" and (word == "JOIN" or after in _JOINS) else ""
        return _CLAUSES.get(word, "") if before != "." and word != "SELECT" else ""

    # ------------------------------------------------------------ conditions
    def condition(self, start: int, end: int) -> Span:
        """From an offset to the next AND, OR, comma, closing parenthesis or clause, whichever comes first outside of parentheses."""
        at = self.at(start)
        depth, last, waiting = 0, at, 0
        while at < len(self.all) and self.all[at].span.end <= end:
            token = self.all[at]
            depth += _step(token)
            if depth < 0:
                break
            if depth == 0:
                if token.word == "BETWEEN":
                    waiting += 1
                elif token.word == "AND" and waiting:
                    waiting -= 1
                elif token.word in ("AND", "OR", ",", "THEN", "ELSE", "END") or (at > self.at(start) and self._begins(at)):
                    break
            last = at
            at += 1
        return Span(self.all[self.at(start)].span.start, self.all[last].span.end) if self.all else Span(start, start)

    def conjuncts(self, clause: Span) -> list[Span]:
        """The parts of WHERE or HAVING that AND joins outside of parentheses; the whole where an OR stands beside them."""
        first, end = self.at(clause.start) + 1, self.at(clause.end)
        cuts, depth, waiting = [first], 0, 0
        for at in range(first, end):
            depth += _step(self.all[at])
            if depth:
                continue
            word = self.all[at].word
            if word == "OR":
                cuts = [first]
                break
            if word == "BETWEEN":
                waiting += 1
            elif word == "AND" and waiting:
                waiting -= 1
            elif word == "AND":
                cuts.append(at + 1)
        ends = [cut - 1 for cut in cuts[1:]] + [end]
        return [Span(self.all[a].span.start, self.all[b - 1].span.end) for a, b in zip(cuts, ends, strict=True) if a < b]

    def operators(self, span: Span) -> list[Token]:
        """Of a condition, outside of parentheses: symbols, and the words that compare."""
        found, depth = [], 0
        for token in self.all[self.at(span.start) : self.at(span.end)]:
            depth += _step(token)
            if depth == 0 and (token.word in _WORDS or (token.kind is TokenKind.OPERATOR and token.word not in _NO_COMPARISON)):
                found.append(token)
        return found


_WORDS = frozenset(("IN", "LIKE", "ILIKE", "SIMILAR", "BETWEEN", "IS", "NOT", "EXISTS", "ANY", "ALL", "REGEXP", "RLIKE"))
_NO_COMPARISON = frozenset(("(", ")", "[", "]", ",", ".", "::", ";", "->", "->>", "#>", "#>>", "+", "-", "*", "/", "||"))


def _step(token: Token) -> int:
    return (token.word in ("(", "[")) - (token.word in (")", "]"))
