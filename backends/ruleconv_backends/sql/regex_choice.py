"""Whether PostgreSQL finds the same match as Kusto, and how to make it.

Kusto takes, at the leftmost place, the match that comes first when every choice is tried in order (Perl's and RE2's rule).
PostgreSQL takes the longest (or, for a pattern whose first quantifier is lazy, the shortest) match, then gives the earlier
parts as much (or as little) as they can get. The two agree where a pattern leaves no choice: the next character decides
every time. A test needs none of this.

Sets of characters are masks: one bit for each ASCII character, one for all others, one for the end of the text, one for
the end of the pattern.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ruleconv.diagnostic import Unsupported
from ruleconv_backends.sql.regex_tree import POSIX, Any, Assertion, Char, Choice, Class, Group, Named, Node, Repeat, Sequence

OTHER, END, ACCEPT = 1 << 128, 1 << 129, 1 << 130
_ASCII = (1 << 128) - 1
_CHARACTERS = _ASCII | OTHER
_NEWLINE = 1 << 10


def _range(low: str, high: str) -> int:
    first, last = ord(low), min(ord(high), 127)
    mask = OTHER if ord(high) > 127 else 0
    return mask | (((1 << (last + 1)) - (1 << first)) if first <= last else 0)


_PERL = {
    "d": _range("0", "9") | OTHER,
    "w": _range("0", "9") | _range("A", "Z") | _range("a", "z") | _range("_", "_") | OTHER,
    "s": _range("\t", "\r") | _range(" ", " ") | OTHER,
}


def _folded(mask: int) -> int:
    upper, lower = mask & _range("A", "Z"), mask & _range("a", "z")
    return mask | upper << 32 | lower >> 32 | (OTHER if (upper | lower) else 0)


def characters(node: Char | Any | Named | Class) -> int:
    """The characters that it takes: exactly so within ASCII, at least these beyond it."""
    match node:
        case Char():
            mask = _range(node.char, node.char)
            return _folded(mask) if node.fold else mask
        case Any():
            return _CHARACTERS if node.newline else _CHARACTERS & ~_NEWLINE
        case Named(kind="p"):
            return _CHARACTERS
        case Named():
            mask = _PERL.get(node.kind, 0)
            for low, high in POSIX.get(node.name, ()):
                mask |= _range(low, high)
            return _CHARACTERS & ~(mask & _ASCII) if node.negated else mask
        case Class():
            mask = 0
            for item in node.items:
                mask |= characters(item) if isinstance(item, Named) else _range(*item)
            mask = _folded(mask) if node.fold else mask
            return _CHARACTERS & ~(mask & _ASCII) if node.negated and not _has_property(node) else _CHARACTERS if node.negated else mask


def _has_property(node: Class) -> bool:
    return any(isinstance(item, Named) and item.kind == "p" for item in node.items)


def nullable(node: Node) -> bool:
    """Can take no character. The end of the text counts as something that is taken."""
    match node:
        case Assertion():
            return node.kind != "end"
        case Group():
            return nullable(node.body)
        case Repeat():
            return node.least == 0 or nullable(node.body)
        case Sequence():
            return all(nullable(part) for part in node.parts)
        case Choice():
            return any(nullable(branch) for branch in node.branches)
        case _:
            return False


def may_match_nothing(node: Node) -> bool:
    """A match can be empty."""
    match node:
        case Group():
            return may_match_nothing(node.body)
        case Repeat():
            return node.least == 0 or may_match_nothing(node.body)
        case Sequence():
            return all(may_match_nothing(part) for part in node.parts)
        case Choice():
            return any(may_match_nothing(branch) for branch in node.branches)
        case _:
            return isinstance(node, Assertion)


def first(node: Node) -> int:
    """What it can begin with."""
    match node:
        case Assertion():
            return END if node.kind == "end" else 0
        case Group() | Repeat():
            return first(node.body)
        case Sequence():
            mask = 0
            for part in node.parts:
                mask |= first(part)
                if not nullable(part):
                    break
            return mask
        case Choice():
            mask = 0
            for branch in node.branches:
                mask |= first(branch)
            return mask
        case _:
            return characters(node)


@dataclass
class Plan:
    """How PostgreSQL is led to Kusto's match.

    ``shortest``: every quantifier is written lazy; ``bounded``: repetitions that, then, need a look-ahead so that they take
    all they can; ``least``: lazy ones at the end, which take no more than they must.
    """

    shortest: bool = False
    bounded: list[Repeat] = field(default_factory=list)
    least: list[Repeat] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rest:
    """All that comes after a part. ``nullable``: it can be empty; ``plain``: it is but optional greedy repetitions of single characters,
    after which the longest match is the one that begins with the longest part."""

    nullable: bool = True
    plain: bool = True


class _Planner:
    def __init__(self, pattern: str, keep: frozenset[int]) -> None:
        self.pattern, self.keep = pattern, keep
        self.loops = 0
        self.may_be_empty = False
        self.greedy, self.lazy = False, False
        self.longer_first = False
        self.at_end: list[Repeat] = []
        self.least: list[Repeat] = []

    def refused(self, why: str) -> Unsupported:
        return Unsupported(
            f"the regular expression {self.pattern[:80]!r} for PostgreSQL, which would find another match ({why}),",
            hint="make it clear where each repetition ends: [^;]* and not .*?; or use DuckDB",
        )

    def walk(self, node: Node, follow: int, rest: Rest) -> None:
        """``follow``: what can come after it; ``rest``: what is known of all that comes after it."""
        match node:
            case Sequence():
                for part in reversed(node.parts):
                    self.walk(part, follow, rest)
                    empty = nullable(part)
                    follow = first(part) | (follow if empty else 0)
                    rest = Rest(rest.nullable and empty, rest.plain and _is_plain(part))
            case Group():
                self.walk(node.body, follow, rest)
            case Choice():
                self.choice(node, follow)
                for branch in node.branches:
                    self.walk(branch, follow, rest)
                if self.loops and _groups(node) & self.keep:
                    raise self.refused("a group of a repeated choice")
            case Repeat():
                self.repeat(node, follow, rest)
            case _:
                pass

    def repeat(self, node: Repeat, follow: int, rest: Rest) -> None:
        begin = first(node.body)
        again = node.most is None or node.most > 1
        if not (node.most is None and not node.lazy and _is_one_class(node.body)):
            self.loops += again
            self.walk(node.body, follow | begin if again else follow, Rest(rest.nullable, rest.plain and not again))
            self.loops -= again
        if node.least == node.most:
            return
        if nullable(node.body):
            raise self.refused("a repetition of what may be empty")
        kept = bool(_groups(node) & self.keep)
        if kept and (self.loops or (node.lazy and node.least == 0 and follow & ACCEPT)):
            raise self.refused("a group that may be left out")
        if begin & follow & ~ACCEPT:
            if self.loops:
                raise self.refused("a repetition within a repetition")
            if rest.nullable and (node.lazy or not rest.plain or not isinstance(node.body, _SINGLE)):
                raise self.refused("an open end")
            if node.lazy:
                self.lazy = True
            else:
                self.greedy = True
        elif follow & ACCEPT:
            (self.least if node.lazy else self.at_end).append(node)

    def choice(self, node: Choice, follow: int) -> None:
        if follow & ACCEPT and any(nullable(branch) for branch in node.branches[:-1]):
            raise self.refused("an empty branch")
        self.may_be_empty = self.may_be_empty or bool(follow & ACCEPT and nullable(node))
        starts = [first(branch) | (follow if nullable(branch) else 0) for branch in node.branches]
        for at, mask in enumerate(starts):
            for other in range(at + 1, len(starts)):
                if mask & starts[other] and not self.exclusive(node.branches[at], node.branches[other]):
                    raise self.refused("branches that begin alike")

    def exclusive(self, one: Node, other: Node) -> bool:
        """No text matches both, or (then ``longer_first``) the longer of two plain words comes first."""
        for node, swapped in ((one, False), (other, True)):
            inner = node.body if isinstance(node, Group) else node
            if isinstance(inner, Choice):
                return all(self.exclusive(one, branch) if swapped else self.exclusive(branch, other) for branch in inner.branches)
        left, right = _units(one), _units(other)
        if left is None or right is None:
            return False
        for a, b in zip(left, right, strict=False):
            if a is None or b is None:
                return False
            if not a & b:
                return True
        if len(left) > len(right) and None not in left:
            self.longer_first = True
            return True
        return False


def _units(node: Node) -> list[int | None] | None:
    """The masks of a branch's leading single characters; None where anything else comes."""
    while isinstance(node, Group):
        node = node.body
    parts = node.parts if isinstance(node, Sequence) else (node,)
    units: list[int | None] = []
    for part in parts:
        if isinstance(part, Repeat) and part.least >= 1 and isinstance(part.body, (Char, Any, Named, Class)):
            units.extend([characters(part.body)] * min(part.least, 8))
            if part.least == part.most and part.least <= 8:
                continue
            units.append(None)
            break
        if not isinstance(part, (Char, Any, Named, Class)):
            units.append(None)
            break
        units.append(characters(part))
    return units or None


_SINGLE = (Char, Any, Named, Class)


def _groups(node: Node) -> frozenset[int]:
    """The numbers of the capturing groups in it."""
    match node:
        case Group():
            return _groups(node.body) | {node.index}
        case Repeat():
            return _groups(node.body)
        case Sequence():
            return frozenset().union(*map(_groups, node.parts))
        case Choice():
            return frozenset().union(*map(_groups, node.branches))
        case _:
            return frozenset()


def _is_plain(node: Node) -> bool:
    """A greedy repetition of one character's class that may be empty, or an end."""
    while isinstance(node, Group):
        node = node.body
    if isinstance(node, Repeat):
        return node.least == 0 and not node.lazy and isinstance(node.body, _SINGLE)
    return isinstance(node, Assertion) and node.kind == "end"


def _is_one_class(node: Node) -> bool:
    """A choice whose branches are single characters, or rows of what those take: repeated, it is the repetition of one class."""
    if isinstance(node, Group) and not node.index:
        node = node.body
    if not isinstance(node, Choice):
        return False
    rows = []
    for branch in node.branches:
        while isinstance(branch, Group) and not branch.index:
            branch = branch.body
        rows.append(branch.parts if isinstance(branch, Sequence) else (branch,))
    taken = 0
    for row in rows:
        if len(row) == 1 and isinstance(row[0], _SINGLE):
            taken |= characters(row[0])
    several = [part for row in rows if len(row) != 1 for part in row]
    inside = all(isinstance(part, _SINGLE) and not characters(part) & (~taken | OTHER) for part in several)
    return bool(taken) and inside and all(row and isinstance(row[0], _SINGLE) for row in rows)


def plan(root: Node, pattern: str, keep: frozenset[int]) -> Plan:
    """How to write the pattern for PostgreSQL, of whose groups ``keep`` count; ``Unsupported`` where no way is sure."""
    planner = _Planner(pattern, keep)
    planner.walk(root, ACCEPT, Rest())
    if planner.lazy and (planner.greedy or planner.longer_first or planner.may_be_empty):
        raise planner.refused("lazy and greedy repetitions together")
    if not planner.lazy:
        return Plan(least=planner.least)
    for node in planner.at_end:
        if node.most is not None or not isinstance(node.body, (Char, Any, Named, Class)):
            raise planner.refused("lazy and greedy repetitions together")
    return Plan(True, planner.at_end, planner.least)
