"""KQL text to syntax tree. In: a ``Source``. Out: a ``tree.QueryTree``, or ``ParseError`` with every error of one run.

The tables are lark's LALR(1) (``kql.lark``, ``table.py``); the loop that walks them is here, because it does three things
that lark's does not: a keyword is read as a name where the state takes no such keyword, every value knows its span
without a tree of tokens, and after an error it goes on with the next stage of the same pipeline (``recover.py``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

from ruleconv.diagnostic import Diagnostic, ParseError
from ruleconv.kql.build import ACTIONS, Action, Misplaced
from ruleconv.kql.explain import Failure, describe, lexical_failure
from ruleconv.kql.lex import END, Token, legal_name, lex
from ruleconv.kql.limits import MAX_CHARACTERS, MAX_ERRORS, check_depth, too_deep
from ruleconv.kql.recover import Recovery
from ruleconv.kql.table import Table, load
from ruleconv.kql.tree import Literal, QueryTree
from ruleconv.text import Source, Span


def parse(source: Source) -> QueryTree:
    """The syntax tree of one KQL text."""
    text = source.text
    if len(text) > MAX_CHARACTERS:
        _refuse(source, [Failure(f"the query has {len(text):,} characters, more than the {MAX_CHARACTERS:,} that are read", Span(0, 1))])
    if not text.isascii() and (lone := re.search("[\ud800-\udfff]", text)):
        _refuse(source, [Failure("the text is not valid Unicode", Span(lone.start(), lone.end()))])
    lexed = lex(text)
    end = len(text)
    lexed.tokens.append(Token(END, "", end, end))
    if len(lexed.tokens) == 1:
        _refuse(source, [Failure("the query is empty", Span(0, min(1, end)))])
    deep = too_deep(lexed.tokens, text)
    if deep is not None:
        _refuse(source, [deep])
    tree, failures = _Walk(text, lexed.tokens).run()
    if failures or tree is None:
        _refuse(source, failures)
    assert isinstance(tree, QueryTree)
    failure = check_depth(tree, lexed.tokens)
    if failure is not None:
        _refuse(source, [failure])
    return replace(tree, comments=tuple(lexed.comments))


def _refuse(source: Source, failures: list[Failure]) -> None:
    # A bracket that is never closed is found open by every stage around it: one error.
    once: dict[tuple[Span, str], Failure] = {}
    for each in failures:
        once.setdefault((each.span, each.message), each)
    findings = tuple(Diagnostic.at(source, f.span, "KQL001", f.message, hint=f.hint) for f in once.values())
    first = failures[0]
    raise ParseError(first.message, first.span, first.hint, source, findings)


@cache
def _callbacks() -> tuple[list[Action | None], int]:
    """The action of each rule of the table (None: the value passes on), and which rule is ``dynamic(...)``."""
    rules = load().rules
    literal = next(i for i, rule in enumerate(rules) if rule.action == "dynamic")
    return [ACTIONS[rule.action] if rule.action else None for rule in rules], literal


class _Walk:
    """One run of the parser over one list of tokens."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text, self.tokens = text, tokens
        self.table: Table = load()
        self.states: list[int] = [self.table.start]
        self.values: list[Any] = []
        self.starts: list[int] = []
        self.failures: list[Failure] = []

    def run(self) -> tuple[Any, list[Failure]]:
        """The tree, or the errors."""
        recovery: Recovery | None = None
        at = 0
        while True:
            try:
                at, tree = self._walk(at)
            except Misplaced as wrong:
                failure = Failure(wrong.message, wrong.span, wrong.hint)
                at = self.position
            else:
                if at < 0:
                    return tree, self.failures
                failure = lexical_failure(self.tokens, at) or describe(self.table, self.states, self.tokens, at, self.text)
            recovery = recovery or Recovery(self.table, self.tokens)
            self.failures.append(failure)
            at = recovery.resume(at, self.states, self.values, self.starts)
            if at < 0 or len(self.failures) >= MAX_ERRORS:
                return None, self.failures

    def _walk(self, at: int) -> tuple[int, Any]:
        """Reads tokens from ``at`` on. Gives (-1, tree) at the end, or the index of the token that does not fit."""
        actions, gotos, rules, _, _, accept = self.table
        states, values, starts, tokens = self.states, self.values, self.starts, self.tokens
        callbacks, literal = _callbacks()
        end = tokens[at - 1].end if at else 0
        last = len(tokens) - 1
        while True:
            token = tokens[at]
            kind = token[0]
            while True:
                act = actions[states[-1]].get(kind)
                if act is None:
                    if kind != "NAME" and at < last and legal_name(token, tokens[at + 1][0]):
                        act = actions[states[-1]].get("NAME")
                    if act is None:
                        return at, None
                if act > 0:
                    states.append(act)
                    values.append(token)
                    starts.append(token[2])
                    end = token[3]
                    break
                origin, size, _name = rules[-act - 1]
                callback = callbacks[-act - 1]
                if size == 1:
                    if callback is not None:
                        self.position = at
                        values[-1] = callback(values[-1:], starts[-1], end)
                    states[-1] = gotos[states[-2]][origin]
                    continue
                if size:
                    start = starts[-size]
                    children = values[-size:]
                    del states[-size:], values[-size:], starts[-size + 1 :]
                else:
                    start = token[2]
                    children = []
                    starts.append(start)
                self.position = at
                assert callback is not None
                value = callback(children, start, end)
                if -act - 1 == literal:
                    value = Literal(value.value, value.type, self.text[start:end], span=value.span)
                state = gotos[states[-1]][origin]
                states.append(state)
                values.append(value)
                if state == accept:
                    return -1, value
            at += 1
