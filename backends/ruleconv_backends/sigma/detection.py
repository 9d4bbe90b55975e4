"""A tree of tests as Sigma's ``detection``: named selections, and the condition that joins them.

Tests of different fields that must all hold stand in one mapping, alternatives in a list of mappings, whatever is negated in a selection of
its own named ``filter``. Every negation of the tree is a ``not`` of the condition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ruleconv.rulefile.yaml_text import Value as Yaml
from ruleconv_backends.sigma.tree import AllOf, AnyOf, Item, Neg, Tree

Definition: TypeAlias = "Mapping[str, Yaml] | list[Yaml]"


@dataclass(frozen=True, slots=True)
class _Ref:
    """A selection, by its place in the list of all."""

    at: int


@dataclass(frozen=True, slots=True)
class _Join:
    word: str
    terms: tuple[_Cond, ...]


@dataclass(frozen=True, slots=True)
class _Not:
    term: _Cond


_Cond: TypeAlias = _Ref | _Join | _Not


def lay_out(tree: Tree) -> dict[str, Yaml]:
    """The ``detection`` of a rule: selections in the order of their use, then the condition."""
    layout = _Layout()
    condition = layout.place(tree, negative=False)
    names = layout.names()
    detection: dict[str, Yaml] = {name: definition for name, (definition, _) in zip(names, layout.placed, strict=True)}
    detection["condition"] = _text(condition, names, 0)
    return detection


class _Layout:
    def __init__(self) -> None:
        self.placed: list[tuple[Definition, bool]] = []

    def names(self) -> list[str]:
        """``selection`` and ``filter``, numbered where there are several."""
        counts = {kind: sum(negative is kind for _, negative in self.placed) for kind in (False, True)}
        seen = {False: 0, True: 0}
        names = []
        for _, negative in self.placed:
            seen[negative] += 1
            word = "filter" if negative else "selection"
            names.append(f"{word}_{seen[negative]}" if counts[negative] > 1 else word)
        return names

    def place(self, tree: Tree, negative: bool) -> _Cond:
        simple = definition(tree)
        if simple is not None:
            return self._add(simple, negative)
        match tree:
            case Neg(term):
                return _Not(self.place(term, not negative))
            case AllOf(terms):
                return self._conjunction(terms, negative)
            case AnyOf(terms):
                return self._disjunction(terms, negative)
            case _:
                raise AssertionError(tree)

    def _add(self, simple: Definition, negative: bool) -> _Ref:
        if (simple, negative) in self.placed:
            return _Ref(self.placed.index((simple, negative)))
        self.placed.append((simple, negative))
        return _Ref(len(self.placed) - 1)

    def _conjunction(self, terms: tuple[Tree, ...], negative: bool) -> _Cond:
        """Mappings of items with different keys first, then all else in its order."""
        items = [term for term in terms if isinstance(term, Item) and term.field]
        parts: list[_Cond] = [self._add(mapping, negative) for mapping in _mappings(items)]
        parts.extend(self.place(term, negative) for term in terms if term not in items)
        return parts[0] if len(parts) == 1 else _Join("and", tuple(parts))

    def _disjunction(self, terms: tuple[Tree, ...], negative: bool) -> _Cond:
        """What a list can hold together, then all else."""
        listed = [term for term in terms if _in_list(term) is not None]
        parts: list[_Cond] = []
        if len(listed) > 1:
            together = definition(AnyOf(tuple(listed)))
            assert together is not None
            parts.append(self._add(together, negative))
        else:
            listed = []
        parts.extend(self.place(term, negative) for term in terms if term not in listed)
        return parts[0] if len(parts) == 1 else _Join("or", tuple(parts))


def definition(tree: Tree) -> Definition | None:
    """A tree that one selection can say, else None."""
    match tree:
        case Item(field="", modifiers=()):
            return list(tree.values)
        case Item():
            return {tree.key: _value(tree)}
        case AllOf(terms):
            items = [term for term in terms if isinstance(term, Item)]
            if len(items) < len(terms) or any(not item.field for item in items):
                return None
            mappings = _mappings(items)
            return mappings[0] if len(mappings) == 1 else None
        case AnyOf(terms):
            listed = [_in_list(term) for term in terms]
            return None if None in listed else [each for each in listed if each is not None]
        case Neg():
            return None


def _in_list(tree: Tree) -> Mapping[str, Yaml] | None:
    """The mapping that a list of alternatives holds for the tree."""
    if isinstance(tree, AnyOf):
        return None
    found = definition(tree)
    return found if isinstance(found, Mapping) else None


def _mappings(items: list[Item]) -> list[dict[str, Yaml]]:
    """The items in as few mappings as their keys allow; several texts that one field contains become one ``contains|all``."""
    mappings: list[dict[str, Yaml]] = []
    seen: Counter[str] = Counter()
    for item in _gathered(items):
        key = item.key
        if seen[key] == len(mappings):
            mappings.append({})
        mappings[seen[key]][key] = _value(item)
        seen[key] += 1
    return mappings


def _gathered(items: list[Item]) -> list[Item]:
    """``contains`` tests of one value each, on one field in one way, as one item with ``all``."""
    together: dict[str, list[Item]] = {}
    for item in filter(_contains_one, items):
        together.setdefault(item.key, []).append(item)
    made: list[Item] = []
    for item in items:
        group = together[item.key] if _contains_one(item) else []
        if len(group) < 2:
            made.append(item)
        elif item is group[0]:
            at = item.modifiers.index("contains") + 1
            modifiers = (*item.modifiers[:at], "all", *item.modifiers[at:])
            made.append(Item(item.field, modifiers, tuple(value for each in group for value in each.values)))
    return made


def _contains_one(item: Item) -> bool:
    return "contains" in item.modifiers and "all" not in item.modifiers and len(item.values) == 1


def _value(item: Item) -> Yaml:
    return item.values[0] if len(item.values) == 1 else list(item.values)


_STRENGTH = {"or": 1, "and": 2}


def _text(condition: _Cond, names: list[str], outer: int) -> str:
    """The condition as text; ``outer``: how strongly the operator around it binds (``not`` 3, ``and`` 2, ``or`` 1)."""
    match condition:
        case _Ref(at):
            return names[at]
        case _Not(term):
            return f"not {_text(term, names, 3)}"
        case _Join(word, terms):
            strength = _STRENGTH[word]
            text = f" {word} ".join(_text(term, names, strength) for term in terms)
            return f"({text})" if outer > strength else text
