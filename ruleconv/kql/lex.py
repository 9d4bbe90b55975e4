"""Cuts a query into tokens. In: the text. Out: tokens whose ``kind`` is a terminal of ``kql.lark``, comments, and what is unreadable.

A keyword's kind is the keyword itself; whether it is one or a plain name is for the parser to say, by its state
(``legal_name``). Sources: https://learn.microsoft.com/kusto/query/scalar-data-types (literals), the names that
Microsoft's parser takes without brackets, and https://learn.microsoft.com/kusto/query/schema-entities/entity-names.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ruleconv.kql.tree import Comment
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

_UNIT = (
    r"(?:d|days?|h|hrs?|hours?|m|min|minutes?|s|sec|seconds?|ms|milli|millis|milliseconds?|micro|micros|microseconds?|nano|nanos|nanoseconds?|ticks?)"
)

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

_BINARY = (
    "== != <> =~ !~ < > <= >= / % and or contains contains_cs notcontains notcontainscs !contains !contains_cs containscs has has_cs !has"
    " !has_cs nothas hasprefix hasprefix_cs !hasprefix !hasprefix_cs hassuffix hassuffix_cs !hassuffix !hassuffix_cs startswith startswith_cs"
    " !startswith !startswith_cs endswith endswith_cs !endswith !endswith_cs like likecs notlike notlikecs"
)
_INLIST = "in~ !in !in~ has_any has_all"
_KEYWORDS = (
    "let set declare query_parameters view print range from to step union search find evaluate dynamic typeof datatable externaldata"
    " external_data with asc desc nulls first last where filter extend project project-away project-keep project-rename project-reorder"
    " project-smart summarize by distinct count as take limit sample sample-distinct of sort order top top-nested top-hitters join lookup on"
    " mv-expand mvexpand mv-apply parse parse-where parse-kv make-series in default invoke serialize scan partition getschema render reduce"
    " consume fork facet others granny-asc granny-desc optional output"
)
_OTHER_OPERATORS = (
    "make-graph graph-match graph-shortest-paths graph-mark-components graph-to-table graph-where-nodes graph-where-edges assert-schema"
    " macro-expand"
)
_PUNCTUATION = "( ) [ ] { } , ; | . : * + - = => .."

_TYPES = (
    "bool boolean byte char date datetime decimal double float int int8 int16 int32 int64 long real string time timespan uint uint8 uint16"
    " uint32 uint64 ulong uniqueid"
)
_RESERVED = (
    _TYPES
    + " anomalychart areachart bagexpansion barchart bin_legacy cachingpolicy callout cancel card columnchart cycles dataexport datascope"
    " decodeblocks encodingpolicy expandoutput flags hotcache isfuzzy journal ladderchart linechart missing nooptimization pathformat"
    " piechart pivotchart queries query_results relaxed rowstore rowstores scatterchart seal seals shards simple stackedareachart statistics"
    " timechart timeline timepivot treemap unrestrictedviewers views with_itemindex with_match_id with_step_name"
)
"""Words that are no name without brackets: the types (``RESERVED`` in the grammar's ``type``) and what Microsoft's parser refuses besides."""

_KINDS: dict[str, str] = (
    dict.fromkeys(_BINARY.split(), "BINARY")
    | dict.fromkeys(_INLIST.split(), "INLIST")
    | {"between": "BETWEEN", "!between": "BETWEEN"}
    | {word: word for word in (_KEYWORDS + " " + _PUNCTUATION).split()}
    | dict.fromkeys(_OTHER_OPERATORS.split(), "OTHER_OPERATOR")
    | dict.fromkeys(("true", "false", "True", "False", "TRUE", "FALSE"), "BOOL")
    | dict.fromkeys(_RESERVED.split(), "RESERVED")
)
"""The kind of a word or sign that is not just a NAME."""

_OPTIONS = frozenset(
    ["kind", "flags", "withsource", "with_source", "isfuzzy", "bagexpansion", "with_itemindex", "decodeblocks", "datascope", "with_match_id", "with_step_name"]
)
_NEEDS_BRACKET_OPEN = frozenset(("typeof", "view", "dynamic"))
_NO_REFERENCE = frozenset(
    ["accumulate", "as", "by", "contains", "datatable", "earliest", "externaldata", "find", "has", "in", "invoke", "latest", "materialize", "mdm", "of", "print", "sample", "search", "set", "sql", "title", "to", "toscalar", "totable", "verbose", "viewers", "where"]
)
"""Words that Microsoft's parser takes as a name only where one is declared (``by = 1``); elsewhere it wants ``['by']``."""
_NEVER = frozenset(["and", "or", "between", "asc", "desc", "first", "last", "others", "union", "project", "external_data", "dynamic"])

_EQUALS = re.compile(r"\s*+=(?![=~>])")
_DECLARED_OR_CALLED = re.compile(r"\s*+(?:\(|=(?![=~>])|:)")
_OPENS = re.compile(r"\s*+\(")
_NAME_FOLLOWS = re.compile(r"\s++[\w\[]")
_DECLARES_OTHER = re.compile(r"\s++(?:pattern\b|database\b|access\b)")


def legal_name(token: Token, following: str) -> bool:
    """Whether a keyword that has no place as a keyword here is a name; ``following`` is the next token's kind."""
    kind, text = token.kind, token.text
    if text in _NO_REFERENCE:
        return following in ("=", ":")
    return kind == text and text[0].isalpha() and "-" not in text and text not in _NEVER


def lex(text: str) -> Lexed:
    """Every token and comment of ``text``; unreadable characters become tokens of kind BAD or UNTERMINATED."""
    tokens: list[Token] = []
    comments: list[Comment] = []
    add, kinds, groups, new = tokens.append, _KINDS, _GROUPS, tuple.__new__
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
                if word in _OPTIONS and _EQUALS.match(text, end):
                    kind = "OPTION"
                elif kind == "NAME":
                    if "-" in word:
                        _split_dashed(word, start, tokens)
                        previous = "NAME"
                        continue
                    if word in _NO_REFERENCE and not _DECLARED_OR_CALLED.match(text, end):
                        kind = "RESERVED"
                    elif word in ("alias", "restrict") and previous in ("", ";") and _DECLARES_OTHER.match(text, end):
                        kind, special = "OTHER_STATEMENT", True
                elif (word in _NEEDS_BRACKET_OPEN and not _OPENS.match(text, end) and word != "dynamic") or (word == "range" and not _NAME_FOLLOWS.match(text, end)):
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
    tokens.append(Token(_KINDS.get(word[:at], "NAME"), word[:at], start, start + at))
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
