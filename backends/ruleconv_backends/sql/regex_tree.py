"""The tree of a regular expression. Flags are resolved: whether letters fold is on each character and class, whether ``.`` takes a
newline on each dot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Char:
    char: str
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Any:
    """``.``; ``newline``: also a line feed."""

    newline: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """``\\d \\w \\s`` (one letter), ``\\p{..}`` (kind "p") or ``[:alpha:]`` (kind "posix")."""

    kind: str
    name: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Class:
    """``[..]``: ranges of characters and named classes."""

    items: tuple[tuple[str, str] | Named, ...]
    negated: bool = False
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Assertion:
    """``kind``: start, end, line_start, line_end, word, not_word, word_start, word_end."""

    kind: str


@dataclass(frozen=True, slots=True)
class Group:
    """``index``: the number of a capturing group, 0 for ``(?:..)``."""

    body: Node
    index: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """``most`` None: without end."""

    body: Node
    least: int
    most: int | None
    lazy: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    branches: tuple[Node, ...]


Node: TypeAlias = Char | Any | Named | Class | Assertion | Group | Repeat | Sequence | Choice


@dataclass(frozen=True, slots=True)
class Regex:
    """``groups``: number of capturing groups; ``names``: of the named ones."""

    root: Node
    groups: int
    names: dict[str, int]


POSIX: dict[str, tuple[tuple[str, str], ...]] = {
    "alnum": (("0", "9"), ("A", "Z"), ("a", "z")),
    "alpha": (("A", "Z"), ("a", "z")),
    "ascii": (("\x01", "\x7f"),),
    "blank": (("\t", "\t"), (" ", " ")),
    "cntrl": (("\x01", "\x1f"), ("\x7f", "\x7f")),
    "digit": (("0", "9"),),
    "graph": (("!", "~"),),
    "lower": (("a", "z"),),
    "print": ((" ", "~"),),
    "punct": (("!", "/"), (":", "@"), ("[", "`"), ("{", "~")),
    "space": (("\t", "\r"), (" ", " ")),
    "upper": (("A", "Z"),),
    "word": (("0", "9"), ("A", "Z"), ("a", "z"), ("_", "_")),
    "xdigit": (("0", "9"), ("A", "F"), ("a", "f")),
}
"""The POSIX classes, which are ASCII's in Kusto."""
