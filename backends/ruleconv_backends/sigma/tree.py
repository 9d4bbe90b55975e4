"""What a detection asks of an event, before it is laid out as selections and a condition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Item:
    """One field (keywords: the empty name) with Sigma's modifiers, and values of which any has to match (``all`` among the modifiers:
    each). Texts are written as Sigma reads them, escapes included."""

    field: str
    modifiers: tuple[str, ...]
    values: tuple[Value, ...]

    @property
    def key(self) -> str:
        """``CommandLine|contains|all``."""
        return "|".join((self.field, *self.modifiers))


@dataclass(frozen=True, slots=True)
class AllOf:
    """Of no terms: true for every event."""

    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Of no terms: true for none."""

    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Neg:
    term: Tree


Tree: TypeAlias = Item | AllOf | AnyOf | Neg

_FOLDER = re.compile(r"\\\w")
"""The start of a name in a folder of Windows."""

EVERY_EVENT = AllOf(())
NO_EVENT = AnyOf(())


def all_of(terms: list[Tree]) -> Tree:
    """The conjunction, without nested ones and constants."""
    flat: list[Tree] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, AllOf) else (term,))
    if NO_EVENT in flat:
        return NO_EVENT
    return flat[0] if len(flat) == 1 else AllOf(tuple(dict.fromkeys(flat)))


def any_of(terms: list[Tree]) -> Tree:
    """The disjunction, without nested ones and constants; tests of one field in one way become one list."""
    flat: list[Tree] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, AnyOf) else (term,))
    if EVERY_EVENT in flat:
        return EVERY_EVENT
    # Of each item's list the values, each once (1 and true are two), at the place of the first such item.
    lists: dict[tuple[str, tuple[str, ...]], dict[object, Value]] = {}
    order: dict[Tree, None] = {}
    for term in flat:
        if isinstance(term, Item) and "all" not in term.modifiers:
            values = lists.setdefault((term.field, term.modifiers), {})
            values.update({(type(value), value): value for value in term.values})
            order[Item(term.field, term.modifiers, ())] = None
        else:
            order[term] = None
    merged = [
        Item(term.field, term.modifiers, tuple(lists[term.field, term.modifiers].values()))
        if isinstance(term, Item) and "all" not in term.modifiers
        else term
        for term in order
    ]
    return merged[0] if len(merged) == 1 else AnyOf(tuple(merged))


def none_of(term: Tree) -> Tree:
    """The negation, without double ones and constants."""
    if term == EVERY_EVENT:
        return NO_EVENT
    if term == NO_EVENT:
        return EVERY_EVENT
    return term.term if isinstance(term, Neg) else Neg(term)


def is_positive(tree: Tree) -> bool:
    """Without a negation, and without asking for what is missing."""
    match tree:
        case Item():
            return None not in tree.values
        case Neg():
            return False
        case _:
            return all(map(is_positive, tree.terms))


def asks_for_folder(tree: Tree, paths: frozenset[str]) -> bool:
    """Every event that passes has a folder of Windows in one of the fields ``paths``."""
    match tree:
        case Item():
            plain = tree.field in paths and not {"re", "fieldref", "exists"} & set(tree.modifiers)
            return plain and all(isinstance(value, str) and _FOLDER.search(value) for value in tree.values)
        case AllOf(terms):
            return any(asks_for_folder(term, paths) for term in terms)
        case AnyOf(terms):
            return bool(terms) and all(asks_for_folder(term, paths) for term in terms)
        case Neg():
            return False
