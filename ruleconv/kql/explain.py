"""Errors in the words of a rule's author: what was found, what could stand there, and what may have been meant.

In: the parser's stacks and the token that does not fit. Out: a ``Failure``.
"""

from __future__ import annotations

from typing import NamedTuple

from ruleconv.kql.lex import END, MAX_TOKENS, Token, legal_name
from ruleconv.kql.table import Table
from ruleconv.kql.words import STAGES
from ruleconv.text import Span


class Failure(NamedTuple):
    message: str
    span: Span
    hint: str = ""


_LIST_HEADS = frozenset(("NAME", "INLIST", "in", "BETWEEN", "datatable"))
"""What stands before the bracket of a list of arguments or values."""

_TAKING_ROWS = frozenset(("toscalar", "materialize"))

OPENING, CLOSING = frozenset(("(", "[", "{", "FUNCTION_PAREN")), frozenset((")", "]", "}"))
PAIRS = {")": "(", "]": "[", "}": "{"}

# ---------------------------------------------------------------- what was found
_SMART = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'", "–": "-", "—": "-", "…": ".."}


def lexical_failure(tokens: list[Token], at: int) -> Failure | None:
    """An error that lies in the token itself: an unterminated string, a character that KQL does not have."""
    token = tokens[at]
    if token.kind == "UNTERMINATED":
        quote = token.text.lstrip("hH@")[:1]
        mark = quote * 3 if quote in "`~" else quote
        where = "on this line" if quote in "\"'" else "before the end of the query"
        hint = ""
        if quote in "\"'" and "\\" in token.text and "@" not in token.text[:2]:
            hint = "a backslash in a string is written `\\\\`, or use a verbatim string: @" + quote + "..." + quote
        return Failure(f"this string is not closed: no {mark} follows {where}", Span(token.start, min(token.end, token.start + 60)), hint)
    if token.kind != "BAD":
        return None
    char = token.text
    if at >= MAX_TOKENS:
        return Failure(f"the query has more than {MAX_TOKENS:,} words and signs", token.span)
    if char in _SMART:
        return Failure(f"`{char}` is a typographic character", token.span, f"write a plain {_SMART[char]}")
    if char == "`":
        return Failure(
            "a single backtick means nothing in KQL", token.span, "a name is quoted ['like this'], a multi-line string ```like this```"
        )
    if char == "!":
        return Failure("`!` must be part of an operator such as != or !in", token.span, "write not(...) to negate an expression")
    if char == "&":
        return Failure("`&` means nothing in KQL", token.span, "write `and`, or binary_and() for bits")
    if char == "#":
        return Failure("`#` means nothing in KQL", token.span, "a comment begins with //")
    shown = char if char.isprintable() else f"U+{ord(char):04X}"
    return Failure(f"the character {shown} means nothing in KQL", token.span)


def describe(table: Table, states: list[int], tokens: list[Token], at: int, text: str) -> Failure:
    """What was found at token ``at``, and what the parser could have gone on with."""
    token = tokens[at]
    wanted = _acceptable(table, states)
    before = tokens[at - 1] if at else None
    hint = _hint(token, before, tokens, at, wanted)
    if (
        not hint
        and before
        and ";" in wanted
        and _statement_start(tokens, at).kind in ("let", "set")
        and "\n" in text[before.end : token.start]
    ):
        hint = "a `;` is missing between them"
    if token.kind == END:
        opened = _unclosed(tokens)
        if opened is not None:
            return _never_closed(tokens, opened, text, f"{_expected(wanted)} expected at the end of the query")
        # the place is the last thing that was written
        return Failure(f"the query ends here, but {_expected(wanted)} was expected", before.span if before else token.span, hint)
    if token.kind == ";" and ")" in wanted and (opened := _unclosed(tokens[:at])) is not None:
        return _never_closed(tokens[: at + 1], opened, text, f"{_expected(wanted)} expected before the `;`")
    if token.kind in CLOSING and (opener := PAIRS[token.kind]) not in _open_before(tokens, at):
        return Failure(f"this `{token.text}` closes nothing: there is no `{opener}` before it", token.span, hint)
    found = f"`{_short(token.text)}`"
    if before and before.text == "," and token.kind in ("by", "on", "from", "with", "as", ")", "|", ";"):
        return Failure(f"{found} cannot follow `,`; {_expected(wanted)} was expected", before.span, "this `,` is one too many")
    if _reserved(token) and "NAME" in wanted and token.kind not in ("BINARY", "INLIST", "BETWEEN"):
        return Failure(
            f"{found} is a keyword and cannot be a name here", token.span, hint or f"write ['{token.text}'] if it is meant as a name"
        )
    if before and "\n" in text[before.end : token.start] and _is_missing(before, token, wanted):
        # it is missing at the end of the line before
        return Failure(f"{found} cannot follow `{_short(before.text)}`; {_expected(wanted)} was expected", before.span, hint)
    return Failure(f"{found} cannot stand here; {_expected(wanted)} was expected", token.span, hint)


def _is_missing(before: Token, token: Token, wanted: set[str]) -> bool:
    """Whether something that should stand between the two tokens is left out, rather than the second one being wrong."""
    if before.kind in ("|", ";"):
        return token.kind == before.kind
    if token.kind in STAGES and "|" in wanted and ")" not in wanted:
        return False
    if END in wanted or ";" in wanted:
        without_first = token.kind == "," and before.kind in STAGES
        return "," in wanted or without_first or token.kind in _STATEMENT_STARTS or legal_name(token, "")
    return True


def _never_closed(tokens: list[Token], opened: int, text: str, hint: str) -> Failure:
    """A bracket without partner: shown where it opens, or, when it holds several lines, where its content can be over at the latest."""
    token, last = tokens[opened], len(tokens) - 2
    head = tokens[opened - 1] if opened else token
    if head.kind in _LIST_HEADS and head.text not in _TAKING_ROWS:
        pipe = _first_pipe(tokens, opened + 1)
        if head.kind == "NAME" or tokens[pipe - 1].kind not in ("NAME", "("):  # no source of rows
            last = pipe - 1
    if "\n" not in text[token.end : tokens[last].start]:
        return Failure(f"this `{token.text}` is never closed", token.span, hint)
    around = text[text.rfind("\n", 0, token.start) + 1 :].split("\n", 1)[0].strip()
    return Failure(f"a `{token.text}` is never closed: `{_short(around)}`", tokens[last].span, hint)


def _first_pipe(tokens: list[Token], at: int) -> int:
    """The first ``|`` from there on that stands in no bracket of its own, or the end."""
    depth = 0
    for index in range(at, len(tokens) - 1):
        kind = tokens[index].kind
        if kind == "|" and depth == 0:
            return index
        depth += (kind in OPENING) - (kind in CLOSING)
    return len(tokens) - 1


def _short(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= 40 else line[:37] + "..."


def _reserved(token: Token) -> bool:
    return (
        token.text[:1].isalpha()
        and token.kind not in ("NAME", "STRING", "TYPED", "BOOL", "OTHER_OPERATOR", "OTHER_STATEMENT")
        and (not legal_name(token, ""))
    )


def _hint(token: Token, before: Token | None, tokens: list[Token], at: int, wanted: set[str]) -> str:
    word, previous = token.text.lower(), before.text if before else ""
    if token.kind == "=" and ("BINARY" in wanted):
        return "`==` compares, `=~` compares without regard to case; `=` only gives a name"
    if token.kind == "=>" or (token.text == "=" and previous in (">", "<", "=", "!")):
        return "the comparisons are <=, >=, == and !="
    if before and word == "=" and previous.lower() == "by":
        return "`by` takes a list of columns"
    if before is None or before.kind == ";":
        if token.kind == "|":
            return "a query begins with a table, not with `|`"
        if token.text == ".":
            return "management commands (.show, .create ...) are not queries"
    if before is not None and before.kind == "|" and token.kind == "|":
        return "one `|` is enough"
    if _statement_start(tokens, at).text.lower() == "select":
        return "this looks like SQL; in KQL a query begins with its table: T | where ... | project ..."
    if before is not None and before.kind == "|" and word in _KQL_OF_SQL:
        return _KQL_OF_SQL[word]
    if word in ("and", "or", "not") and token.text != word:
        return f"keywords are written in lower case: {word}"
    if word == "not" and token.text == "not" and "(" in wanted:
        return "`not` is a function: not(...)"
    if word in ("like", "is", "null"):
        return "KQL has has, contains, startswith, matches regex, and isnull(), isempty()"
    if "|" in wanted and token.kind in STAGES:
        return f"a `|` is missing before `{token.text}`"
    if previous == "(" and token.kind == "select":
        return "a subquery is written (Table | where ... | project ...)"
    if before is not None and before.kind == "LONG" and word in ("d", "h", "m", "s", "ms", "day", "days", "hours", "minutes"):
        return f"a timespan is written without a blank: {before.text}{token.text}"
    if wanted >= {"on", "."} and token.kind != "NAME":
        return "a join says on which columns: join (...) on Column"
    if before is not None and before.text == "not":
        return "`not` is a function: not(...)"
    if before is not None and before.kind == "|" and token.text[:1].isalpha():
        return _near(token.text)
    return ""


def _statement_start(tokens: list[Token], at: int) -> Token:
    while at > 0 and tokens[at - 1].kind != ";":
        at -= 1
    return tokens[at]


_KQL_OF_SQL = {
    "select": "columns are chosen with `project`",
    "group": "grouping is written `summarize ... by ...`",
    "having": "filter after `summarize` with `where`",
    "orderby": "write `order by`",
    "head": "write `take`",
    "stats": "write `summarize`",
    "eval": "write `extend`",
    "rename": "write `project-rename`",
    "dedup": "write `distinct` or `summarize arg_max(...) by ...`",
    "fields": "write `project`",
    "table": "write `project`",
}


def _near(word: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word.lower(), sorted(STAGES), 1, 0.7)
    return f"did you mean `{close[0]}`?" if close else ""


# ---------------------------------------------------------------- what was expected
_WORDS = {
    "NAME": "a name",
    "BINARY": "an operator such as ==, and, has",
    END: "the end of the query",
    "OPTION": "",
    "granny-asc": "",
    "granny-desc": "",
    "HINT": "",
    "OTHER_OPERATOR": "",
    "OTHER_STATEMENT": "",
}
_VALUE_STARTS = frozenset(("NAME", "STRING", "LONG", "TIMESPAN", "dynamic"))
_STATEMENT_STARTS = _VALUE_STARTS | {"let", "set", "union", "print", "range", "search", "find", "evaluate"}
"""What shows, where nothing but an end is expected, that something is missing before it."""


def _expected(wanted: set[str]) -> str:
    """``wanted`` terminals as words: the whole set of a value's beginnings is one word, and so is an operator's."""
    parts: list[str] = []
    rest = set(wanted)
    if rest >= _VALUE_STARTS:
        parts.append("an expression")
        rest -= _VALUE_STARTS | {"(", "[", "-", "+", "*", "REAL", "BOOL", "TYPED", "typeof", "datatable", "externaldata", "external_data"}
        rest -= {"print", "range", "union", "search", "find", "evaluate", "let", "set", "declare", "view", "FUNCTION_PAREN"}
    elif {"STRING", "LONG", "TIMESPAN", "TYPED"} <= rest:
        parts.append("a constant")
        rest -= {"STRING", "LONG", "REAL", "BOOL", "TIMESPAN", "TYPED", "dynamic", "-", "+", "[", "{", "NAME"}
    if {"where", "extend", "summarize"} <= rest:
        parts.append("a query operator such as where, extend, summarize")
        rest = {"NAME"} & rest
    if "BINARY" in rest:
        parts.append("an operator such as ==, and, has")
        rest -= {"BINARY", "INLIST", "BETWEEN", "in", "*", "-", "+", ":", ".", "[", "(", "="}
    if {"STRING", "NAME", "*"} <= rest:
        parts.append("a string, a name or `*`")
        rest -= {"STRING", "NAME", "*", "["}
    if "NAME" in rest:
        parts.append("a name")
        rest -= {"NAME", "["}
    for kind in sorted(rest, key=lambda k: (k != ",", k[0].isalpha(), k)):
        word = _WORDS.get(kind, {"STRING": "a string", "LONG": "a number", "REAL": "", "RESERVED": ""}.get(kind, f"`{kind}`"))
        if word and word not in parts:
            parts.append(word)
    shown = parts[:6]
    if not shown:
        return "something else"
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " or " + shown[-1]


def _acceptable(table: Table, states: list[int]) -> set[str]:
    """The terminals that the parser could really shift here (LALR's look-aheads promise more than that)."""
    found: set[str] = set()
    for kind in table.actions[states[-1]]:
        stack = list(states[-200:])
        while True:
            act = table.actions[stack[-1]].get(kind)
            if act is None:
                break
            if act > 0:
                found.add(kind)
                break
            rule = table.rules[-act - 1]
            if rule.size >= len(stack):
                break
            if rule.size:
                del stack[-rule.size :]
            state = table.gotos[stack[-1]].get(rule.origin)
            if state is None:
                break
            stack.append(state)
            if state == table.accept:
                found.add(kind)
                break
    return found


def _open_before(tokens: list[Token], at: int) -> list[str]:
    open_: list[str] = []
    for token in tokens[:at]:
        kind = "(" if token.kind == "FUNCTION_PAREN" else token.kind
        if kind in OPENING:
            open_.append(kind)
        elif kind in CLOSING and open_:
            open_.pop()
    return open_


def _unclosed(tokens: list[Token]) -> int | None:
    """Where the innermost bracket stands that has no partner."""
    open_: list[int] = []
    for at, token in enumerate(tokens):
        if token.kind in OPENING:
            open_.append(at)
        elif token.kind in CLOSING and open_:
            open_.pop()
    return open_[-1] if open_ else None
