"""A statement as sqlglot can read it, with each token at its place.

Variables and templates become names, comments blanks, PostgreSQL's operators and types that sqlglot does not know others that it does.
"""

from __future__ import annotations

from ruleconv.sql.tokens import Token, TokenKind
from ruleconv.text import Span


def for_sqlglot(text: str, part: tuple[Token, ...], span: Span, *, postgres: bool) -> str:
    """The statement's text, of the same length."""
    pieces: list[str] = []
    at = span.start
    for index, token in enumerate(part):
        between = text[at : token.span.start]
        if token.word == "FROM" and part[index - 1].word == "ROWS":
            pieces.append("_" * len(between))  # ROWS FROM (f(), g()) is read as one function
        else:
            pieces.append(between if between.isspace() else "".join("\n" if char == "\n" else " " for char in between))
        if token.kind in (TokenKind.PARAMETER, TokenKind.TEMPLATE):
            pieces.append(_stand_in(token.text))
        elif postgres and token.word in _TYPES and _is_text(part, index + 1):
            pieces.append(" " * len(token.text))  # inet '10.0.0.1'
        elif postgres and token.kind is TokenKind.OPERATOR and token.text not in _OPERATORS:
            pieces.append(_operator(token, part[index - 1] if index else None))
        else:
            pieces.append(token.text)
        at = token.span.end
    return "".join(pieces)


def _stand_in(text: str) -> str:
    """A name or text of the same length."""
    if text.startswith(":'"):
        return "'" + "_" * (len(text) - 2) + "'"
    return "p" + "".join("\n" if char == "\n" else "_" for char in text[1:])


_OPERATORS = frozenset(
    (
        *(
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ";",
            ".",
            ":",
            "::",
            ":=",
            "..",
            "=>",
            "+",
            "-",
            "*",
            "/",
            "%",
            "^",
            "=",
            "==",
            "<>",
            "!=",
            "<",
            ">",
        ),
        *("<=", ">=", "||", "->", "->>", "#>", "#>>", "#-", "@>", "<@", "~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*", "&", "&&", "|"),
        *("#", "<<", ">>", "?", "?|", "?&"),
    )
)
"""Those that sqlglot reads as PostgreSQL's. A user may define others, of any of these characters."""


_TYPES = frozenset(
    (
        *("INET", "CIDR", "MACADDR", "MACADDR8", "TSVECTOR", "TSQUERY", "JSONPATH", "REGCLASS", "REGTYPE", "REGPROC", "REGROLE", "OID"),
        *("BYTEA", "MONEY", "XML", "POINT", "LINE", "LSEG", "BOX", "PATH", "POLYGON", "CIRCLE"),
    )
)
"""Types that sqlglot does not know before a text."""


def _is_text(part: tuple[Token, ...], at: int) -> bool:
    return at < len(part) and part[at].kind is TokenKind.STRING


def _operator(token: Token, before: Token | None) -> str:
    """An operator of the same length that sqlglot knows; blanks for one before its only operand."""
    infix = before is not None and (
        before.word in (")", "]") or (before.kind is not TokenKind.OPERATOR and before.word not in _NO_OPERANDS)
    )
    return ("=" if infix else " ").ljust(len(token.text))


_NO_OPERANDS = frozenset(
    ("SELECT", "WHERE", "AND", "OR", "NOT", "BY", "ON", "THEN", "ELSE", "WHEN", "CASE", "HAVING", "DISTINCT", "IN", "LIKE")
)
