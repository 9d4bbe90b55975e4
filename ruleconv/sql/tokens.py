"""SQL cut into tokens with their places, comments left out.

PostgreSQL's lexical rules (https://www.postgresql.org/docs/current/sql-syntax-lexical.html) with what surrounds SQL in files: variables of
psql and of drivers (``:name``, ``%(name)s``), templates (``{{ }}``, ``{% %}``, ``${ }``), lines of psql (``\\set``). ``Style`` holds where
other dialects differ. Any text has tokens: what cannot be read is one of kind BROKEN. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ruleconv.text import Span


class TokenKind(StrEnum):
    WORD = "word"
    QUOTED = "quoted"
    STRING = "string"
    NUMBER = "number"
    OPERATOR = "operator"
    PARAMETER = "parameter"
    """A variable: its value is put in later."""
    TEMPLATE = "template"
    BLANK = "blank"
    """A template's statement or comment: no SQL."""
    BROKEN = "broken"
    """A quote or comment without its end, or a character that has no meaning in SQL."""


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` as written. ``word``: an unquoted word or operator in capitals, for comparing; empty for all else."""

    kind: TokenKind
    text: str
    span: Span
    word: str = ""

    @property
    def prefix(self) -> str:
        """Of a string: what stands before its quote, in capitals (``E``), or ``$`` for a dollar-quoted one."""
        return "$" if self.text[:1] == "$" else self.text[: self.text.find("'")].upper() if "'" in self.text else ""

    @property
    def body(self) -> str:
        """Between the quotes, doubled quotes made one; backslashes as written."""
        text = self.text
        if self.kind is TokenKind.QUOTED:
            return text[1:-1].replace(text[0] * 2, text[0])
        if self.kind is not TokenKind.STRING:
            return text
        if text[0] == "$":
            tag = text.index("$", 1) + 1
            return text[tag:-tag]
        start = next((at for at, char in enumerate(text) if char in "'\""), 0)
        return text[start + 1 : -1].replace(text[start] * 2, text[start])

    @property
    def name(self) -> str:
        """Of a word or a quoted identifier: the name that PostgreSQL sees (unquoted names fold to lower case)."""
        return self.body if self.kind is TokenKind.QUOTED else self.text.lower()


@dataclass(frozen=True, slots=True)
class Style:
    """``double_strings``: ``"x"`` is a text. ``backslashes``: they escape in texts. ``hash_comments``: ``#`` begins a comment."""

    double_strings: bool = False
    backslashes: bool = False
    hash_comments: bool = False


POSTGRES = Style()

_BLANKS = re.compile(r"\s++")
_PSQL_LINE = re.compile(r"\\[a-z!?]\w*[^\n]*")
_DOLLAR = re.compile(r"\$(?:[A-Za-z_\x80-\U0010ffff][\w]*)?\$")
_PARAMETER = re.compile(r"\$\d+|%\([\w.]+\)s|%s\b|:'\w+'|:\"\w+\"|:[A-Za-z_]\w*")
_PREFIX = re.compile(r"(?:[EeBbXxNnRr]|[Uu]&)(?=')")
_PLAIN = re.compile(r"'(?:[^']|'')*+'")
_ESCAPED = re.compile(r"'(?:[^'\\]|\\.|'')*+'", re.DOTALL)
_DOUBLE = re.compile(r'"(?:[^"]|"")*+"')
_DOUBLE_ESCAPED = re.compile(r'"(?:[^"\\]|\\.|"")*+"', re.DOTALL)
_BACKTICK = re.compile(r"`[^`]*+`")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]+|(?:\d[\d_]*+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"[A-Za-z_\x80-\u2017\u201e-\U0010ffff][\w$]*+")
_OPERATOR = re.compile(r"::|:=|\.\.|[+\-*/<>=~!@#%^&|?]{1,32}|[()\[\],;.:{}]")
_COMMENT_MARK = re.compile(r"/\*|\*/")
_WORD_BEFORE = re.compile(r"[\w)\]\"`:]")
_TEMPLATES = (
    ("{{", "}}", TokenKind.TEMPLATE),
    ("{%", "%}", TokenKind.BLANK),
    ("{#", "#}", TokenKind.BLANK),
    ("${", "}", TokenKind.TEMPLATE),
)
_NOT_QUOTES = {"‘": "'", "’": "'", "“": '"', "”": '"'}


def tokens(text: str, style: Style = POSTGRES) -> list[Token]:
    """All tokens in order, without blanks and comments."""
    return list(_Lexer(text, style).run())


class _Lexer:
    def __init__(self, text: str, style: Style) -> None:
        self.text, self.style = text, style
        self.closers_missing: set[str] = set()

    def run(self) -> Iterator[Token]:
        text, at, end = self.text, 0, len(self.text)
        while at < end:
            if blank := _BLANKS.match(text, at):
                at = blank.end()
                continue
            skipped = self._comment(at)
            if skipped > at:
                at = skipped
                continue
            kind, stop = self._token(at)
            piece = text[at:stop]
            word = piece.upper() if kind is TokenKind.WORD or kind is TokenKind.OPERATOR else ""
            yield Token(kind, piece, Span(at, stop), word)
            at = stop

    def _comment(self, at: int) -> int:
        """The end of the comment or line of psql that begins here, or ``at``."""
        text = self.text
        if text.startswith("--", at) or (self.style.hash_comments and text[at] == "#"):
            return self._find("\n", at, len(text))
        if text.startswith("/*", at):
            return self._block_comment(at)
        if text[at] == "\\" and not text[text.rfind("\n", 0, at) + 1 : at].strip() and (line := _PSQL_LINE.match(text, at)):
            return line.end()
        return at

    def _block_comment(self, at: int) -> int:
        """PostgreSQL's nest. One without its end is left to be a broken token."""
        if "*/" in self.closers_missing:
            return at
        depth = 0
        for mark in _COMMENT_MARK.finditer(self.text, at):
            depth += 1 if mark.group() == "/*" else -1
            if depth == 0:
                return mark.end()
        self.closers_missing.add("*/")
        return at

    def _find(self, closer: str, at: int, otherwise: int) -> int:
        """Just after the next ``closer``. Remembers that there is none, so that many openers do not search the text many times."""
        if closer in self.closers_missing:
            return otherwise
        found = self.text.find(closer, at)
        if found < 0:
            self.closers_missing.add(closer)
            return otherwise
        return found + len(closer)

    def _token(self, at: int) -> tuple[TokenKind, int]:
        text = self.text
        char = text[at]
        if text.startswith("/*", at):
            return TokenKind.BROKEN, len(text)
        if char in "{$":
            for opener, closer, kind in _TEMPLATES:
                if text.startswith(opener, at) and (stop := self._find(closer, at, 0)):
                    return kind, stop
        if char == "$" and (tag := _DOLLAR.match(text, at)) and (stop := self._find(tag.group(), tag.end(), 0)):
            return TokenKind.STRING, stop
        if (char in "$%" or (char == ":" and not _WORD_BEFORE.match(text, at - 1))) and (variable := _PARAMETER.match(text, at)):
            return TokenKind.PARAMETER, variable.end()
        if char in "'\"`":
            return self._quoted(at, at)
        if prefix := _PREFIX.match(text, at):
            return self._quoted(at, prefix.end())
        for kind, pattern in ((TokenKind.NUMBER, _NUMBER), (TokenKind.WORD, _WORD)):
            if found := pattern.match(text, at):
                return kind, found.end()
        if found := _OPERATOR.match(text, at):
            return TokenKind.OPERATOR, at + _operator_length(found.group())
        return TokenKind.BROKEN, at + 1

    def _quoted(self, at: int, quote: int) -> tuple[TokenKind, int]:
        text, style = self.text, self.style
        escapes = style.backslashes or text[at] in "Ee"
        match text[quote]:
            case "'":
                found, kind = (_ESCAPED if escapes else _PLAIN).match(text, quote), TokenKind.STRING
            case '"' if style.double_strings:
                found, kind = (_DOUBLE_ESCAPED if escapes else _DOUBLE).match(text, quote), TokenKind.STRING
            case '"':
                found, kind = _DOUBLE.match(text, quote), TokenKind.QUOTED
            case _:
                found, kind = _BACKTICK.match(text, quote), TokenKind.QUOTED
        return (kind, found.end()) if found else (TokenKind.BROKEN, len(text))


def _operator_length(run: str) -> int:
    """Of the first operator in a run of such characters: comments end it, and ``=-1`` is two unless it holds one of ``~!@#%^&|?``."""
    for mark in ("--", "/*"):
        at = run.find(mark, 1)
        run = run[:at] if at > 0 else run
    if len(run) > 1 and run[-1] in "+-" and not set(run) & set("~!@#%^&|?") and run != "->":
        return max(1, len(run.rstrip("+-")))
    return len(run)


def says_quote(char: str) -> str:
    """The quote that was meant by a typographic one, or nothing."""
    return _NOT_QUOTES.get(char, "")
