"""Cuts a query into tokens. In: the text. Out: tokens whose ``kind`` is a terminal of ``kql.lark``, comments, and what is unreadable.

A keyword's kind is the keyword itself; whether it is one or a plain name is for the parser to say, by its state
(``legal_name``). Sources: https://learn.microsoft.com/kusto/query/scalar-data-types (literals), the names that
Microsoft's parser takes without brackets, and https://learn.microsoft.com/kusto/query/schema-entities/entity-names.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ruleconv.kql.tree import Comment
from ruleconv.kql.words import KINDS, NEEDS_BRACKET, NEVER, NO_REFERENCE, OPTIONS
from ruleconv.text import Span


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Lexed(NamedTuple):
    tokens: list[Token]
    comments: list[Comment]


MAX_TOKENS = 400_000
"""Bounds the memory; a query of two million characters has about as many when it is a query at all."""
END = "$END"
BAD = "BAD"
UNTERMINATED = "UNTERMINATED"

_UNIT = r"(?:d|days?|h|hrs?|hours?|m|min|minutes?|s|sec|seconds?|ms|millis?|milliseconds?|micros?|microseconds?|nanos?|nanoseconds?|ticks?)"

# Repetitions are possessive (``*+``): a long unterminated string must not backtrack.
_PATTERN = re.compile(
    rf"""[\s\ufeff\u200b]*+(?:
      (?P<TYPED>(?:bool|date(?:time)?|decimal|double|guid|int|long|real|time(?:span)?)\([^)\r\n]*+\))
    | (?P<HINT>hint\.\w++(?=\s*+=(?![=~>])))
    | (?P<MATCHES>matches\s++regex\b)
    | (?P<STRING>
          [hH]?+(?:
              "[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"
            | '[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+'
            | @"[^"\r\n]*+(?:""[^"\r\n]*+)*+"
            | @'[^'\r\n]*+(?:''[^'\r\n]*+)*+'
            | `{{3}}[^`]*+(?:`(?!``)[^`]*+)*+`{{3}}
            | ~{{3}}[^~]*+(?:~(?!~~)[^~]*+)*+~{{3}}))
    | (?P<UNTERMINATED>[hH]?+(?:@?["'][^\r\n]*+|`{{3}}[\s\S]*+|~{{3}}[\s\S]*+))
    | (?P<NAME>[A-Za-z_$](?:\w*+)(?:-(?:away|keep|rename|reorder|smart|expand|apply|where|kv|series|nested|hitters|distinct|asc|desc
          |graph|match|shortest-paths|mark-components|to-table|where-nodes|where-edges|schema|and-cache)(?![\w-])|(?<=[^\w]in)~)?+)
    | (?P<COMMENT>//[^\r\n]*+)
    | (?P<PUNCTUATION>==|=~|=>|!=|!~|<=|>=|<>|\.\.|!(?:in~?|between|contains(?:_cs)?|has(?:_cs|prefix_cs|prefix|suffix_cs|suffix)?
          |startswith(?:_cs)?|endswith(?:_cs)?)(?!\w)|[()\[\]{{}},;|.:*/%+\-=<>])
    | (?P<TIMESPAN>[0-9]++(?:\.[0-9]++)?+{_UNIT}(?!\w))
    | (?P<REAL>[0-9]++(?:\.[0-9]++(?:[eE][+-]?[0-9]++)?+|[eE][+-]?[0-9]++|\.(?![.\w]))(?!\w))
    | (?P<LONG>(?:0[xX][0-9a-fA-F]++|[0-9]++)(?!\w))
    | (?P<DIGITNAME>[0-9]\w*+)
    | (?P<BAD>[\s\S])
    )""",
    re.VERBOSE,
)
_GROUPS = ["", *sorted(_PATTERN.groupindex, key=_PATTERN.groupindex.__getitem__)]

_EQUALS = re.compile(r"\s*+=(?![=~>])")
_DECLARED_OR_CALLED = re.compile(r"\s*+(?:\(|=(?![=~>])|:)")
_OPENS = re.compile(r"\s*+\(")
_NAME_FOLLOWS = re.compile(r"\s++[\w\[]")
_DECLARES_OTHER = re.compile(r"\s++(?:pattern\b|database\b|access\b)")


def legal_name(token: Token, following: str) -> bool:
    """Whether a keyword that has no place as a keyword here is a name; ``following`` is the next token's kind."""
    kind, text = token.kind, token.text
    if text in NO_REFERENCE:
        return following in ("=", ":")
    return kind == text and text[0].isalpha() and "-" not in text and text not in NEVER


def lex(text: str) -> Lexed:
    """Every token and comment of ``text``; unreadable characters become tokens of kind BAD or UNTERMINATED."""
    tokens: list[Token] = []
    comments: list[Comment] = []
    add, kinds, groups, new = tokens.append, KINDS, _GROUPS, tuple.__new__
    previous = ""
    special = False
    joined: list[int] = []
    for match in _PATTERN.finditer(text):
        index = match.lastindex
        assert index is not None
        start, end = match.span(index)
        group = groups[index]
        word = text[start:end]
        if group == "NAME" or group == "PUNCTUATION":
            kind = kinds.get(word, "NAME")
            if group == "NAME":
                if word in OPTIONS and _EQUALS.match(text, end):
                    kind = "OPTION"
                elif kind == "NAME":
                    if "-" in word:
                        _split_dashed(word, start, tokens)
                        previous = "NAME"
                        continue
                    if word in NO_REFERENCE and not _DECLARED_OR_CALLED.match(text, end):
                        kind = "RESERVED"
                    elif word in ("alias", "restrict") and previous in ("", ";") and _DECLARES_OTHER.match(text, end):
                        kind, special = "OTHER_STATEMENT", True
                elif (word in NEEDS_BRACKET and not _OPENS.match(text, end)) or (word == "range" and not _NAME_FOLLOWS.match(text, end)):
                    kind = "NAME"
                elif word == "declare" and _DECLARES_OTHER.match(text, end):
                    kind, special = "OTHER_STATEMENT", True
                elif kind == "OTHER_OPERATOR":
                    special = True
            elif word == "{" and previous == ")":
                special = True
        elif group == "COMMENT":
            line = text.rfind("\n", 0, start) + 1
            comments.append(Comment(word, Span(start, end), not text[line:start].strip()))
            continue
        elif group == "STRING" and previous == "STRING":  # adjacent literals are one
            first = tokens[-1]
            tokens[-1] = Token("STRING", "", first.start, end)
            joined.append(len(tokens) - 1)
            continue
        elif group == "MATCHES":
            kind = "BINARY"
        elif group == "DIGITNAME":
            kind = "NAME"
        else:
            kind = group
        previous = kind
        if len(tokens) >= MAX_TOKENS:
            add(Token(BAD, word, start, end))
            break
        add(new(Token, (kind, word, start, end)))
    for index in dict.fromkeys(joined):
        tokens[index] = tokens[index]._replace(text=text[tokens[index].start : tokens[index].end])
    if special:
        _mark_functions(tokens)
        tokens = _fold_others(text, tokens)
    return Lexed(tokens, comments)


def _split_dashed(word: str, start: int, tokens: list[Token]) -> None:
    """``a-match`` is a subtraction: only Kusto's own words hold a dash."""
    at = word.index("-")
    tokens.append(Token(KINDS.get(word[:at], "NAME"), word[:at], start, start + at))
    tokens.append(Token("-", "-", start + at, start + at + 1))
    tokens.append(Token("NAME", word[at + 1 :], start + at + 1, start + len(word)))


def _mark_functions(tokens: list[Token]) -> None:
    """Marks the ``(`` that opens a function's parameters, which only the ``) {`` after it tells from a parenthesis."""
    opened: list[int] = []
    closed = -1
    for index, token in enumerate(tokens):
        if token.kind in "([{":
            if token.kind == "{" and index and tokens[index - 1].kind == ")" and closed > 0 and tokens[closed - 1].kind in ("=", "view"):
                tokens[closed] = tokens[closed]._replace(kind="FUNCTION_PAREN")
            opened.append(index)
        elif token.kind in ")]}":
            closed = opened.pop() if opened else -1


def _fold_others(text: str, tokens: list[Token]) -> list[Token]:
    """Joins each operator or statement that is read but not modelled into one token, up to where it ends."""
    folded: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.kind in ("OTHER_OPERATOR", "OTHER_STATEMENT"):
            stops = ";" if token.kind == "OTHER_STATEMENT" else ";|"
            depth, end = 0, token.end
            while index < len(tokens) and (depth or tokens[index].kind not in stops):
                depth += (tokens[index].kind in "([{") - (tokens[index].kind in ")]}")
                if depth < 0:
                    break
                end = tokens[index].end
                index += 1
            token = Token(token.kind, text[token.start : end], token.start, end)
        folded.append(token)
    return folded
