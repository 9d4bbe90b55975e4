"""Formats a KQL text: layout only. Every token and every comment of the text stands in the result, in order, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

from ruleconv.diagnostic import ParseError
from ruleconv.ir.types import Type
from ruleconv.kql.layout import WIDTH, statements, tables
from ruleconv.kql.layout.document import render
from ruleconv.kql.layout.writer import LayoutError, Reader
from ruleconv.kql.lex import END, Lexed, Token, lex
from ruleconv.kql.parse import parse
from ruleconv.kql.tree import Literal, Node, QueryTree
from ruleconv.text import NOWHERE, Source

_ROUNDS = 4


def format_query(source: Source, width: int = WIDTH) -> str:
    """The text in its layout, ending in a line end; line ends are CRLF when the text has any.

    ParseError when it is no KQL. LayoutError, a fault of ruleconv, when the result would not say the same: the text must be left as it is.
    """
    result = _once(source, width)
    if "//" not in result:
        return result
    for _ in range(_ROUNDS):
        # A comment in an odd place may find its own only in the next round.
        again = _once(Source(result), width)
        if again == result:
            break
        result = again
    return result


def _once(source: Source, width: int) -> str:
    text = source.text
    tree, lexed = parse(source), lex(text)
    lexed.tokens.append(Token(END, "", len(text), len(text)))
    reader = Reader(text, lexed, tables.rows)
    document = statements.query(reader, tree)
    reader.check_end()
    newline = "\r\n" if "\r\n" in text else "\n"
    result = render(document, width, newline) + newline
    _check(tree, lexed, result)
    return result


def _check(tree: QueryTree, before: Lexed, text: str) -> None:
    """LayoutError unless the text has the same tokens, comments and tree."""
    after = lex(text)
    for old, new in zip(before.tokens, after.tokens, strict=False):
        if old.text != new.text and old.text.split() != new.text.split():
            raise LayoutError(f"`{old.text}` would become `{new.text}`", old.span)
    if len(after.tokens) != len(before.tokens) - 1:
        raise LayoutError("tokens would be lost", NOWHERE)
    if _comments(before) != _comments(after):
        raise LayoutError("comments would change", NOWHERE)
    try:
        same = _same(parse(Source(text)), tree)
    except ParseError:
        same = False
    if not same:
        raise LayoutError("the query would mean something else", NOWHERE)


def _same(one: object, other: object) -> bool:
    """Whether two trees are equal but for the layout inside of ``dynamic(...)``, which is part of such a constant's text."""
    if one == other:
        return True
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Literal) and isinstance(other, Literal) and one.type is Type.DYNAMIC:
        return one.type is other.type and one.value == other.value
    if not isinstance(one, Node) or type(one) is not type(other):
        return False
    return all(_same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one) if each.compare)


def _comments(lexed: Lexed) -> Counter[str]:
    return Counter(comment.text.rstrip() for comment in lexed.comments)
