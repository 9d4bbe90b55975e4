r"""Word boundaries for RE2, whose ``\b`` knows ASCII's letters alone: where a search only asks whether something matches, they are said by
the characters on both sides, of which RE2 knows every one.

Source: https://learn.microsoft.com/kusto/query/regex ("Unicode word boundary"), https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from enum import Enum

from ruleconv_backends.sql.regex_tree import POSIX, Any, Assertion, Char, Choice, Class, Group, Named, Node, Repeat, Sequence

_WORD = Named("w", "w")
_NOT_WORD = Named("w", "w", True)
_MOST = 128
"""Characters of a range that are looked at one by one."""


class Side(Enum):
    """What stands on one side of a boundary."""

    WORD = True
    OTHER = False


def without_boundaries(root: Node) -> Node:
    r"""The pattern without ``\b`` and ``\B`` where the characters beside them are known. It matches in the same texts, though not always
    the same part of them."""
    match root:
        case Group():
            return replace(root, body=without_boundaries(root.body))
        case Choice():
            return Choice(tuple(map(without_boundaries, root.branches)))
        case Sequence() if any(isinstance(part, Assertion) for part in root.parts):
            return _sequence(root)
        case Assertion() | Sequence() | Char() | Any() | Named() | Class() | Repeat():
            return root


def _sequence(root: Sequence) -> Sequence:
    """At its ends the pattern may take a character more: nothing else stands there."""
    parts = list(root.parts)
    for at, part in enumerate(parts):
        if not isinstance(part, Assertion) or part.kind not in ("word", "not_word"):
            continue
        edge = part.kind == "word"
        before, after = _last(parts[:at]), _first(parts[at + 1 :])
        if before is not None and after is not None:
            if (before is not after) is edge:
                parts[at] = Sequence(())
        elif after is not None and _may_be_left_out(parts[:at]):
            parts[:at] = [Sequence(())] * at
            parts[at] = _beside(after.value is not edge, "start")
        elif before is not None and _may_be_left_out(parts[at + 1 :]):
            parts[at + 1 :] = [Sequence(())] * len(parts[at + 1 :])
            parts[at] = _beside(before.value is not edge, "end")
    return Sequence(tuple(part for part in parts if part != Sequence(())))


def _may_be_left_out(parts: Iterable[Node]) -> bool:
    """A search finds the rest of the pattern just the same without them."""
    return all(part == Sequence(()) or (isinstance(part, Repeat) and part.least == 0) for part in parts)


def _beside(word: bool, end: str) -> Node:
    """A character of that kind; the end of the text is none of a word."""
    return _WORD if word else Group(Choice((Assertion(end), _NOT_WORD)))


def _first(parts: list[Node]) -> Side | None:
    """What the parts begin with; None where that is not always the same."""
    return _outer(parts, first=True)


def _last(parts: list[Node]) -> Side | None:
    return _outer(parts[::-1], first=False)


def _outer(parts: list[Node], *, first: bool) -> Side | None:
    found: Side | None = None
    for part in parts:
        if part == Sequence(()):
            continue
        optional = isinstance(part, Repeat) and part.least == 0
        side = _side(part.body if isinstance(part, Repeat) else part, first=first)
        if side is None or (found is not None and found is not side):
            return None
        found = side
        if not optional:
            return found
    return None


def _side(node: Node, *, first: bool) -> Side | None:
    """The first or the last character that the node takes, which has to take one; an end of the text or of a line counts as one."""
    match node:
        case Char():
            return _of_char(node.char)
        case Any():
            return None
        case Named():
            return _of_named(node)
        case Class():
            return None if node.negated else _same(_of_item(item) for item in node.items)
        case Assertion(kind=kind):
            ends = ("end", "line_end") if first else ("start", "line_start")
            return Side.OTHER if kind in ends else None
        case Group():
            return _side(node.body, first=first)
        case Repeat():
            return _side(node.body, first=first) if node.least else None
        case Sequence():
            return _outer(list(node.parts if first else node.parts[::-1]), first=first)
        case Choice():
            return _same(_side(branch, first=first) for branch in node.branches)


def _same(sides: Iterable[Side | None]) -> Side | None:
    found = set(sides)
    return found.pop() if len(found) == 1 else None


def _of_char(char: str) -> Side:
    return Side(char == "_" or unicodedata.category(char)[0] in "LMN")


def _of_named(node: Named) -> Side | None:
    if node.kind == "posix":
        return None if node.negated else _same(_of_item(item) for item in POSIX[node.name])
    if node.kind == "p":
        return Side.WORD if not node.negated and node.name[0] in "LMN" and len(node.name) <= 2 else None
    if node.kind == "w":
        return Side.OTHER if node.negated else Side.WORD
    return None if node.negated else Side.WORD if node.kind == "d" else Side.OTHER


def _of_item(item: tuple[str, str] | Named) -> Side | None:
    if isinstance(item, Named):
        return _of_named(item)
    low, high = map(ord, item)
    return _same(_of_char(chr(code)) for code in range(low, high + 1)) if high - low < _MOST else None
