"""The pattern of ``parse kind=regex``: delimiters are regular expressions, and all of the text must fit.

Semantics: https://learn.microsoft.com/kusto/query/parse-operator: ``*`` is ``.*?``, a string column ``(.*)`` (greedy, as the
examples' output shows), a whole number ``(-?[0-9]+)``; the flags are RE2's.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import query as q
from ruleconv_backends.sql import regex as re2
from ruleconv_backends.sql.parse_pattern import NUMBERS, Pattern, merged
from ruleconv_backends.sql.regex_choice import first, nullable
from ruleconv_backends.sql.regex_tree import Any, Char, Choice, Class, Group, Node, Repeat, Sequence

_FLAGS = frozenset("Umsi")


def regex(dialect: str, stage: q.Parse) -> Pattern:
    """One regex over the whole text; the users' own groups are passed over."""
    unknown = set(stage.flags) - _FLAGS
    if unknown:
        raise Unsupported(f"the regex flag {''.join(sorted(unknown))} of parse", stage.span)
    text, numbers, groups = "", [], 0
    captures: list[q.Capture] = []
    for piece in merged(stage.pieces):
        if isinstance(piece, q.Delimiter):
            text += f"(?:{piece.text})" if "|" in piece.text else piece.text
            groups += re2.parsed(piece.text).groups
        elif isinstance(piece, q.Skip):
            text += ".*?"
        else:
            groups += 1
            numbers.append(groups)
            captures.append(piece)
            text += f"({NUMBERS.get(piece.type, '.*')})"
    flags = f"(?{''.join(sorted(set(stage.flags)))})" if stage.flags else ""
    whole = f"{flags}^{text}$"
    if "m" in stage.flags:
        raise Unsupported("the regex flag m of parse", stage.span, "leave it out where ^ and $ do not stand for lines")
    keep = tuple(numbers)
    written = _for_postgres(whole, keep) if dialect == "postgres" else re2.for_match(whole, dialect)
    indices = tuple(range(1, len(keep) + 1)) if dialect == "postgres" else keep
    return Pattern(written, tuple(captures), False, True, indices)


def _for_postgres(pattern: str, keep: tuple[int, ...]) -> str:
    """As it is, where each repetition stands by itself: in a match that is bound at both ends Postgres then keeps the way of each."""
    root = re2.parsed(pattern).root
    if not _is_chain(root):
        return re2.for_match(pattern, "postgres", keep)
    folds = {node.fold for node in re2._leaves(root) if isinstance(node, (Char, Class)) and re2._has_case(node)}
    dots = {node.newline for node in re2._leaves(root) if isinstance(node, Any)}
    text = _AsWritten(None, frozenset(keep), len(folds) == 2, dots == {True}).node(root)
    return ("(?i)" if folds == {True} else "") + text


def _is_chain(root: Node) -> bool:
    """Nothing is repeated but plain sequences of characters; alternatives begin differently; in a group all repetitions are greedy,
    or all lazy."""
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, (Group, Choice)) and len({part.lazy for part in _repeats(node)}) > 1:
            return False
        match node:
            case Choice():
                if any(nullable(branch) for branch in node.branches) or any(first(a) & first(b) for a, b in combinations(node.branches, 2)):
                    return False
                stack.extend(node.branches)
            case Sequence():
                stack.extend(node.parts)
            case Group():
                stack.append(node.body)
            case Repeat():
                if nullable(node.body) or any(isinstance(part, (Repeat, Choice)) for part in _below(node.body)):
                    return False
            case _:
                pass
    return True


def _repeats(root: Node) -> list[Repeat]:
    """Every repetition in it, of a number that is not fixed."""
    return [node for node in _below(root) if isinstance(node, Repeat) and node.least != node.most]


def _below(root: Node) -> Iterator[Node]:
    """The node and all below it."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        match node:
            case Repeat():
                stack.append(node.body)
            case Group():
                stack.append(node.body)
            case Sequence():
                stack.extend(node.parts)
            case Choice():
                stack.extend(node.branches)
            case _:
                pass


class _AsWritten(re2._Postgres):
    """Writes each repetition greedy or lazy, as it was."""

    def repeat(self, node: Repeat) -> str:
        text = super().repeat(node)
        return text + "?" if node.lazy and node.least != node.most else text
