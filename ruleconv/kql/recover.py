"""Errors in the words of a rule's author, and where to read on after one.

``describe`` tells what was found and what could stand there instead. ``Recovery`` drops the stage that failed: the stack
of states goes back to the ``|`` before it (or to the statement's start), the tokens forward to the next ``|``, ``;`` or
closing bracket of the same depth, so the errors of later stages are found in the context they really have.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ruleconv.kql.lex import END, MAX_TOKENS, Token, legal_name
from ruleconv.kql.table import Table
from ruleconv.text import Span


class Failure(NamedTuple):
    message: str
    span: Span
    hint: str = ""


_OPENING, _CLOSING = frozenset(("(", "[", "{", "FUNCTION_PAREN")), frozenset((")", "]", "}"))
_PAIRS = {")": "(", "]": "[", "}": "{"}


class Recovery:
    """Where to go on after an error."""

    def __init__(self, table: Table, tokens: list[Token]) -> None:
        self.table, self.tokens = table, tokens
        self.depths = _depths(tokens)
        self.at_start = {token.start: index for index, token in enumerate(tokens)}

    def resume(self, at: int, states: list[int], values: list[Any], starts: list[int]) -> int:
        """Cuts the stacks back to before the failed stage and gives the token to go on with, or -1."""
        symbols, actions = self.table.symbols, self.table.actions
        cut = len(states) - 1
        while cut > 0:
            symbol = symbols[states[cut]]
            if symbol == "|" and (place := self.at_start.get(starts[cut - 1])) is not None:
                found = self._next(at, self.depths[place], states[cut - 1])
                if found >= 0:
                    del states[cut:], values[cut - 1 :], starts[cut - 1 :]
                    return found
            elif symbol == ";":
                depth = self.depths[self.at_start[starts[cut - 1]]]
                found = self._next_statement(at, depth)
                if found >= 0:  # stand before the `;` of the statement that failed
                    del states[cut:], values[cut - 1 :], starts[cut - 1 :]
                    return found
            cut -= 1
        found = self._next_statement(at, 0)
        if found < 0 or self.tokens[found].kind == END or not actions:
            return -1
        del states[1:], values[:], starts[:]
        return found + 1 if found + 1 < len(self.tokens) - 1 else -1

    def _next(self, at: int, depth: int, state: int) -> int:
        """The next token on ``depth`` that ends a stage and that ``state`` takes."""
        takes = self.table.actions[state]
        for index in range(at, len(self.tokens)):
            kind, here = self.tokens[index].kind, self.depths[index]
            if here < depth and kind not in _CLOSING and kind != END:
                return -1
            if here <= depth and (kind in ("|", ";", END) or kind in _CLOSING):
                return index if kind in takes else -1
        return -1

    def _next_statement(self, at: int, depth: int) -> int:
        for index in range(at, len(self.tokens)):
            kind, here = self.tokens[index].kind, self.depths[index]
            if (kind == ";" and here <= depth) or kind == END or (here < depth and kind in _CLOSING):
                return index
        return -1


def _depths(tokens: list[Token]) -> list[int]:
    """The number of open brackets at each token; a bracket has the depth of what is around it. ``;`` closes forgotten parentheses."""
    open_: list[str] = []
    depths: list[int] = []
    for token in tokens:
        kind = "(" if token.kind == "FUNCTION_PAREN" else token.kind
        if kind == ";" or kind == END:
            while open_ and (open_[-1] != "{" or kind == END):
                open_.pop()
        elif kind in _CLOSING:
            while open_ and open_[-1] != _PAIRS[kind] and _PAIRS[kind] in open_:
                open_.pop()
            if open_ and open_[-1] == _PAIRS[kind]:
                open_.pop()
        depths.append(len(open_))
        if kind in _OPENING:
            open_.append(kind)
    return depths


# ---------------------------------------------------------------- what was found
_SMART = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'", "–": "-", "—": "-", "…": ".."}


def lexical_failure(tokens: list[Token], at: int, text: str) -> Failure | None:
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
        return Failure("a single backtick means nothing in KQL", token.span, "a name is quoted ['like this'], a multi-line string ```like this```")
    if char == "!":
        return Failure("`!` must be part of an operator such as != or !in", token.span, "write not(...) to negate an expression")
    if char == "&":
        return Failure("`&` means nothing in KQL", token.span, "write `and`, or binary_and() for bits")
    if char == "#":
        return Failure("`#` means nothing in KQL", token.span, "a comment begins with //")
    shown = char if char.isprintable() else f"U+{ord(char):04X}"
    return Failure(f"the character {shown} means nothing in KQL", token.span)


_SQL = frozenset(["select", "from", "where", "group", "having", "insert", "update", "delete", "create", "drop", "alter", "with"])


def describe(table: Table, states: list[int], values: list[Any], tokens: list[Token], at: int, text: str) -> Failure:
    """What was found at token ``at``, and what the parser could have gone on with."""
    token = tokens[at]
    wanted = _acceptable(table, states)
    before = tokens[at - 1] if at else None
    hint = _hint(token, before, tokens, at, wanted, text)
    if token.kind == END:
        opened = _unclosed(tokens)
        if opened is not None:
            return Failure(f"this `{opened.text}` is never closed", opened.span, f"{_expected(wanted)} expected at the end of the query")
        # the place is the last thing that was written
        return Failure(f"the query ends here, but {_expected(wanted)} was expected", before.span if before else token.span, hint)
    if token.kind in _CLOSING and (opener := _PAIRS[token.kind]) not in _open_before(tokens, at):
        return Failure(f"this `{token.text}` closes nothing: there is no `{opener}` before it", token.span, hint)
    found = f"`{_short(token.text)}`"
    if before and before.text == "," and token.kind in ("by", "on", "from", "with", "as", ")", "|", ";"):
        return Failure(f"{found} cannot stand here; {_expected(wanted)} was expected", token.span, "the `,` before it is one too many")
    if _reserved(token) and "NAME" in wanted and token.kind not in ("BINARY", "INLIST", "BETWEEN"):
        return Failure(f"{found} is a keyword and cannot be a name here", token.span, hint or f"write ['{token.text}'] if it is meant as a name")
    return Failure(f"{found} cannot stand here; {_expected(wanted)} was expected", token.span, hint)


def _short(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= 40 else line[:37] + "..."


def _reserved(token: Token) -> bool:
    return token.text[:1].isalpha() and token.kind not in ("NAME", "STRING", "TYPED", "BOOL", "OTHER_OPERATOR", "OTHER_STATEMENT") and (
        not legal_name(token, "")
    )


def _hint(token: Token, before: Token | None, tokens: list[Token], at: int, wanted: set[str], text: str) -> str:
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
    if "|" in wanted and token.kind in _STAGES:
        return f"a `|` is missing before `{token.text}`"
    if previous == "(" and token.kind == "select":
        return "a subquery is written (Table | where ... | project ...)"
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
_STAGES = frozenset(
    ["where", "filter", "extend", "project", "project-away", "project-keep", "project-rename", "project-reorder", "summarize", "distinct", "count", "take", "limit", "sort", "order", "top", "join", "lookup", "union", "mv-expand", "mvexpand", "mv-apply", "parse", "parse-where", "make-series", "evaluate", "invoke", "serialize", "render", "getschema", "as", "search"]
)


def _near(word: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word.lower(), sorted(_STAGES), 1, 0.7)
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
        if kind in _OPENING:
            open_.append(kind)
        elif kind in _CLOSING and open_:
            open_.pop()
    return open_


def _unclosed(tokens: list[Token]) -> Token | None:
    open_: list[Token] = []
    for token in tokens:
        if token.kind in _OPENING:
            open_.append(token)
        elif token.kind in _CLOSING and open_:
            open_.pop()
    return open_[-1] if open_ else None
