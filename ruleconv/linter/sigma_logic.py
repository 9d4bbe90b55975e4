"""What searches of a Sigma rule say about each other: one implies the other, or they exclude each other.

Only what is sure is told: searches that are a plain map of fields, values that are texts or numbers with ``contains``, ``startswith``,
``endswith`` or no modifier. An event has one value for each field (products whose events have lists are left alone by the rules).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ruleconv.linter.sigma_values import MANY, ONE, kind, marked, pattern
from ruleconv.sigma import conditions as c
from ruleconv.text import Span

if TYPE_CHECKING:
    from ruleconv.linter.sigma_view import Item, Search, SigmaView

_PLACES = frozenset(("contains", "startswith", "endswith"))
_LONG, _STARS, _MANY_VALUES, _MANY_FIELDS = 300, 4, 60, 100
"""Limits of what is compared."""


@dataclass(frozen=True, slots=True)
class Test:
    """A field and the patterns that it is compared to: one of them must fit, or (``all``) each."""

    field: str
    patterns: tuple[str, ...]
    all: bool
    item: Item


def conjunctions(view: SigmaView) -> Iterator[tuple[list[Search], list[tuple[Search, Span]]]]:
    """Of each condition that joins its terms with ``and``: the searches that must hold, and those of which none may (with their place)."""
    for each in view.conditions:
        tree = each.tree
        if tree is None or len(view.conditions) > 1:
            continue
        terms = tree.terms if isinstance(tree, c.Joined) and tree.all else (tree,)
        must: list[Search] = []
        never: list[tuple[Search, Span]] = []
        for term in terms:
            inner = term.term if isinstance(term, c.Negated) else term
            if not isinstance(inner, c.Name | c.Several):
                continue
            names = [inner.name] if isinstance(inner, c.Name) else inner.names(view.searches)
            found = [view.searches[name] for name in names if name in view.searches]
            if isinstance(term, c.Negated):
                if isinstance(inner, c.Name) or not inner.all or len(found) == 1:
                    never += [(search, inner.span) for search in found]
            elif isinstance(inner, c.Name) or inner.all or len(found) == 1:
                must += found
        yield must, never


def tests(search: Search) -> list[Test] | None:
    """What a search asks of an event; None where it is no plain map of fields."""
    if search.node.kind != "mapping" or not 0 < len(search.items) <= _MANY_FIELDS:
        return None
    return [Test(each.field, *_patterns(each), each) for each in search.items]


def _patterns(item: Item) -> tuple[tuple[str, ...], bool]:
    """Nothing where the item is compared in another way, or there is too much of it."""
    modifiers = frozenset(item.modifiers)
    places = modifiers & _PLACES
    if not item.field or len(places) > 1 or not {"all", *places}.issuperset(modifiers) or len(item.values) > _MANY_VALUES:
        return (), False
    front, back = not places.isdisjoint({"contains", "endswith"}), not places.isdisjoint({"contains", "startswith"})
    found = []
    for value in item.values:
        text = marked(value.text.casefold())
        if kind(value) not in ("text", "number") or len(text) > _LONG or text.count(MANY) > _STARS:
            return (), False
        found.append(MANY * front + text.strip(MANY) + MANY * back if places else text)
    return tuple(found), "all" in modifiers


def implies(one: Test, other: Test) -> bool:
    """Whenever the one holds, the other does."""
    if one.field != other.field or not one.patterns or not other.patterns:
        return False
    compiled = [pattern(each) for each in other.patterns]
    need, have = (all if other.all else any), (any if one.all else all)
    return have(need(each.fullmatch(mine) for each in compiled) for mine in one.patterns)


def exclude(one: Test, other: Test) -> bool:
    """No value fits both."""
    if one.field != other.field or not one.patterns or not other.patterns:
        return False
    if other.all and not one.all:
        one, other = other, one
    # Of ``all`` one pattern is enough that the other does not fit; of the others each must be ruled out.
    outer, inner = (any if other.all else all), (any if one.all else all)
    return outer(inner(_disjoint(mine, its) for mine in one.patterns) for its in other.patterns)


def _disjoint(one: str, other: str) -> bool:
    """By what stands before the first wildcard and after the last, or because one has no wildcard and the other does not fit it."""
    if ONE in one or ONE in other:
        return False
    if MANY not in one:
        return pattern(other).fullmatch(one) is None
    if MANY not in other:
        return pattern(one).fullmatch(other) is None
    head, its_head = one.partition(MANY)[0], other.partition(MANY)[0]
    tail, its_tail = one.rpartition(MANY)[2], other.rpartition(MANY)[2]
    heads = head.startswith(its_head) or its_head.startswith(head)
    return not heads or not (tail.endswith(its_tail) or its_tail.endswith(tail))
