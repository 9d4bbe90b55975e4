"""The pattern of ``parse`` as one regular expression that RE2 and Postgres read alike.

A gap before a delimiter of one character is ``[^;]*``, before a longer one ``.*?``. Postgres lets the first quantifier of a regex decide
whether the whole match is the longest or the shortest, so a pattern with ``.*?`` is anchored at both ends: then each gap keeps its own way.
Semantics: https://learn.microsoft.com/kusto/query/parse-operator
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv.text import Span

_SPECIAL = frozenset(r"\.+*?()|[]{}^$")
NUMBERS = {
    Type.INT: "-?[0-9]+",
    Type.LONG: "-?[0-9]+",
    Type.REAL: r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?",
    Type.DECIMAL: r"-?[0-9]+(?:\.[0-9]+)?",
}
"""What a typed column takes when no delimiter says where it ends (``code:long *``)."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """``regex`` with one group for each of ``captures``; ``lazy``: it holds a dot, so that RE2 needs the flag ``s``.
    ``matches_empty``: the empty string may fit."""

    regex: str
    captures: tuple[q.Capture, ...]
    lazy: bool
    matches_empty: bool
    indices: tuple[int, ...] = ()
    """The numbers of the captures' groups in the regex; () for 1, 2, 3 .."""

    def group(self, at: int) -> int:
        return self.indices[at] if self.indices else at + 1


def escaped(text: str) -> str:
    """The text as a regex that matches just it."""
    return "".join("\\" + c if c in _SPECIAL else c for c in text)


def other_than(character: str) -> str:
    """Any run of characters but this one."""
    return f"[^{chr(92) + character if character in '^]-[' + chr(92) else character}]*"


def merged(pieces: Sequence[q.Piece]) -> list[q.Piece]:
    """Neighbouring delimiters as one, neighbouring stars as one, empty delimiters away."""
    result: list[q.Piece] = []
    for piece in pieces:
        last = result[-1] if result else None
        if isinstance(piece, q.Delimiter) and not piece.text:
            continue
        if isinstance(piece, q.Delimiter) and isinstance(last, q.Delimiter):
            result[-1] = q.Delimiter(last.text + piece.text)
        elif not (isinstance(piece, q.Skip) and isinstance(last, q.Skip)):
            result.append(piece)
    return result


def simple(pieces: Sequence[q.Piece], relaxed: bool, span: Span) -> Pattern:
    """The regex of the kinds simple and relaxed: delimiters are plain text, in this order."""
    parts = merged(pieces)
    ends_open = bool(parts) and isinstance(parts[-1], q.Skip)
    gaps: list[str] = []
    lazy = False
    for at, piece in enumerate(parts):
        following = parts[at + 1] if at + 1 < len(parts) else None
        if isinstance(piece, q.Delimiter):
            gaps.append(escaped(piece.text))
            continue
        body = _gap(piece, following, at + 2 == len(parts), relaxed, span)
        if isinstance(piece, q.Skip) and (following is None or at == 0):
            body = ""
        lazy = lazy or "." in body.replace(r"\.", "")
        gaps.append(f"({body})" if isinstance(piece, q.Capture) else body)
    starts_open = bool(parts) and isinstance(parts[0], q.Skip)
    if starts_open:
        gaps[0] = "^.*?" if lazy else ""
    else:
        gaps.insert(0, "^")
    if not ends_open:
        gaps.append("$")
    elif lazy:
        gaps[-1] = ".*$"
    captures = tuple(p for p in parts if isinstance(p, q.Capture))
    return Pattern("".join(gaps), captures, lazy, not any(isinstance(p, q.Delimiter) for p in parts))


def _gap(piece: q.Skip | q.Capture, following: q.Piece | None, last: bool, relaxed: bool, span: Span) -> str:
    """What may stand between two delimiters. ``last``: nothing comes after the delimiter that follows."""
    if isinstance(following, q.Delimiter):
        return other_than(following.text) if len(following.text) == 1 and not last else ".*?"
    if following is None:
        return ".*"
    number = NUMBERS.get(piece.type) if isinstance(piece, q.Capture) else None
    if number is None:
        what = f"the column {piece.name}" if isinstance(piece, q.Capture) else "*"
        raise Unsupported(f"parse with no text between {what} and the next column or *", span, "put the text that divides them between")
    return f"(?:{number})?" if relaxed else number
