"""Looking at SQL statements: how parts of them are written, where they stand, what a pattern says."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ruleconv.sql.tokens import Token, TokenKind
from ruleconv.text import Span

if TYPE_CHECKING:
    from ruleconv.linter.subject import Subject
    from ruleconv.sql.parse import Statement
    from ruleconv.sql.scope import Output

LONGEST = 60
_LIKE = frozenset(("LIKE", "ILIKE", "~~", "~~*", "!~~", "!~~*"))
_READING = frozenset(("SELECT", "WITH", "VALUES", "TABLE", "("))


def written(subject: Subject, span: Span) -> str:
    """What stands there, on one line, cut short."""
    text = " ".join(subject.file.text[span.start : span.end].split())
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def tokens_in(statement: Statement, span: Span) -> list[Token]:
    """The tokens that lie in the span."""
    first = bisect_left(statement.tokens, span.start, key=_start)
    last = bisect_left(statement.tokens, span.end, key=_start)
    return [token for token in statement.tokens[first:last] if token.span.end <= span.end]


def calculation(statement: Statement, output: Output) -> Span:
    """What stands before the name that SELECT gives, from the comma or SELECT on: the tree does not know each node's last character."""
    end = bisect_left(statement.tokens, output.alias.span.start, key=_start) if output.alias is not None else 0
    if end and statement.tokens[end - 1].word == "AS":
        end -= 1
    at, depth = end, 0
    while at > 0:
        word = statement.tokens[at - 1].word
        depth += (word in (")", "]")) - (word in ("(", "["))
        if depth < 0 or (depth == 0 and word in (",", "SELECT", "DISTINCT", "ALL")):
            break
        at -= 1
    return statement.tokens[at].span.cover(statement.tokens[end - 1].span) if at < end else output.expression.span


def spelled(statement: Statement, span: Span) -> tuple[str, ...]:
    """The tokens of an expression, names folded: equal for what is the same but for blanks and the case of names."""
    return tuple(token.text.lower() if token.kind is TokenKind.WORD else token.text for token in tokens_in(statement, span))


def _start(token: Token) -> int:
    return token.span.start


def is_reading(statement: Statement) -> bool:
    """A query, and no INSERT, UPDATE or CREATE, whose names may stand for what is not in sight."""
    return statement.tokens[0].word in _READING


def patterns(statement: Statement) -> Iterator[tuple[Token, Token, Token | None]]:
    """The operator, text and escape character of each LIKE or ILIKE with a plain text (also ``ANY (ARRAY[..])`` of them)."""
    tokens = statement.tokens
    for at, token in enumerate(tokens):
        if token.word not in _LIKE or at + 1 >= len(tokens):
            continue
        after = tokens[at + 1]
        if after.kind is TokenKind.STRING:
            named = at + 3 < len(tokens) and tokens[at + 2].word == "ESCAPE"
            joined = at + 2 < len(tokens) and tokens[at + 2].word in ("||", "::")
            if not joined:
                yield token, after, tokens[at + 3] if named else None
        elif after.word in ("ANY", "ALL", "SOME"):
            depth = 0
            for inner in tokens[at + 2 :]:
                depth += (inner.word in ("(", "[")) - (inner.word in (")", "]"))
                if inner.kind is TokenKind.STRING and depth:
                    yield token, inner, None
                if depth == 0:
                    break


def clause_before(statement: Statement, at: int) -> str:
    """The clause that a token stands in: the nearest SELECT, SET, WHERE, ON .. before it in the same parenthesis, else "("."""
    depth = 0
    for token in reversed(statement.tokens[:at]):
        if token.word in (")", "]"):
            depth += 1
        elif token.word in ("(", "["):
            if depth == 0:
                return "("
            depth -= 1
        elif depth == 0 and token.word in _CLAUSES:
            return token.word
    return ""


_CLAUSES = frozenset(("SELECT", "SET", "WHERE", "HAVING", "ON", "FROM", "BY", "VALUES", "WHEN", "THEN", "USING", "LIMIT"))
