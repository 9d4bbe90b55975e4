"""Comments and string literals of KQL and SQL, and what is left of a text without comments: strings are known, so that ``//`` in a
URL is none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.rulefile.model import Kind
from ruleconv.text import Span

_KQL = re.compile(
    r"(?P<keep>```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|@\"(?:[^\"]|\"\")*\"|@'(?:[^']|'')*'|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')"
    r"|(?P<comment>//[^\r\n]*)|\s+",
    re.DOTALL,
)
_SQL = re.compile(
    r"(?P<keep>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)|(?P<comment>--[^\r\n]*|/\*.*?\*/)|\s+", re.DOTALL
)


def comments(text: str, kind: Kind) -> Iterator[Span]:
    """Where the comments of a query stand, each without its line end."""
    for match in _pattern(kind).finditer(text):
        if match["comment"]:
            yield Span(match.start(), match.end())


def texts(text: str, kind: Kind) -> Iterator[Span]:
    """Where the string literals of a query stand (in SQL quoted names, too), with their quotes."""
    for match in _pattern(kind).finditer(text):
        if match["keep"]:
            yield Span(match.start(), match.end())


def without_blanks(text: str, kind: Kind) -> str:
    """The query with one blank for blanks and comments; strings stay as they are."""
    made = ""
    at = 0
    for match in _pattern(kind).finditer(text):
        made += text[at : match.start()]
        made += match["keep"] or ("" if match.start() == at and made.endswith(" ") else " ")
        at = match.end()
    return (made + text[at:]).strip(" ;")


def _pattern(kind: Kind) -> re.Pattern[str]:
    return _SQL if kind is Kind.SQL else _KQL
