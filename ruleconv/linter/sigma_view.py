"""A Sigma rule as the lint rules see it: its searches with their fields, modifiers and values, its conditions, and what is wrong with its
build. Made once for a rule, from the YAML nodes alone: pySigma is not asked (``sigma_refusals`` does where only it can tell).

Source: SigmaHQ/sigma-specification, sigma-rules-specification.md and sigma-filters-specification.md; ``ruleconv.sigma.read`` reads the
same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ruleconv.diagnostic import ParseError
from ruleconv.rulefile.scalar import place
from ruleconv.sigma import conditions as c
from ruleconv.sigma import documents
from ruleconv.text import NOWHERE, Source, Span

if TYPE_CHECKING:
    from ruleconv.linter.subject import Subject
    from ruleconv.rulefile.yaml_nodes import Node


_FREE = frozenset(("all", "neq"))
"""Modifiers that any value may have."""
_MOST_WORK = 2_000_000
"""Parts of conditions times searches: a rule past it is not one that somebody wrote, and its conditions are left alone."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that no reader takes."""

    span: Span
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A field (empty: keywords) with its modifiers and the scalars that it is compared to. ``key``: None for keywords without modifiers."""

    key: Node | None
    field: str
    modifiers: tuple[str, ...]
    node: Node
    values: list[Node]

    @property
    def where(self) -> Span:
        return self.node.span if self.key is None else self.key.span


@dataclass(slots=True)
class Search:
    """A search identifier. ``empty``: it looks for nothing."""

    name: str
    key: Node
    node: Node
    items: list[Item] = field(default_factory=list)
    empty: bool = False


@dataclass(frozen=True, slots=True)
class ConditionText:
    """A condition; ``tree`` (its places are those of the file) is None when it does not parse: then there is an ``error``.
    ``aggregation``: what follows a pipe, with the pipe; the tree is then what stands before it."""

    node: Node
    tree: c.Condition | None
    error: Problem | None = None
    aggregation: str = ""
    aggregation_span: Span = NOWHERE


@dataclass(slots=True)
class SigmaView:
    """``kind``: detection, filter or correlation. ``document``: the rule's mapping, with what ``action: global`` brings in."""

    kind: str
    document: Node
    source: Source
    searches: dict[str, Search] = field(default_factory=dict)
    conditions: list[ConditionText] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def items(self) -> Iterator[Item]:
        for search in self.searches.values():
            yield from search.items

    @property
    def parsed(self) -> bool:
        """All conditions are understood."""
        return bool(self.conditions) and all(each.tree is not None for each in self.conditions)

    def parts(self) -> Iterator[tuple[c.Name | c.Several, bool]]:
        """What the conditions name, and whether it stands below a ``not``."""
        for each in self.conditions:
            if each.tree is not None:
                yield from _leaves(each.tree, False)

    def logsource(self, key: str) -> Node | None:
        """The scalar of ``product``, ``category`` or ``service``."""
        node = self.document.get("logsource")
        if node is None or node.kind != "mapping":
            return None
        value = next((value for name, value in documents.entries(node) if name.text == key), None)
        return value if value is not None and value.kind == "scalar" and not value.is_null else None


def view(subject: Subject) -> SigmaView | None:
    """None for what is no rule of its own: a document that only gives others what they share (``action: global``)."""
    document = subject.sigma_file.document(subject.root) if subject.root is not None else None
    if document is None or document.kind != "mapping":
        return None
    if documents.is_correlation(document):
        return SigmaView("correlation", document, subject.file)
    is_filter = document.get("filter") is not None
    made = SigmaView("filter" if is_filter else "detection", document, subject.file)
    node = document.get("filter" if is_filter else "detection")
    if node is not None and node.kind == "mapping":
        _Reader(made).read(node, ("rules",) if is_filter else ())
    if sum(1 for _ in made.parts()) * len(made.searches) > _MOST_WORK:
        made.conditions = []
    return made


class SigmaFile:
    """The rules of one file. ``names``: their names and ids, as ``documents.key`` makes them alike. ``problem``: what is wrong with its
    ``action:`` keys."""

    def __init__(self, source: Source, subjects: tuple[Subject, ...]) -> None:
        self.source = source
        self.roots = [each.root for each in subjects if each.root is not None]
        self.names = frozenset(name for root in self.roots for name in _names(root))
        self.problem: ParseError | None = None

    def document(self, root: Node) -> Node | None:
        """The rule as ``action:`` makes it of this document and those before it; None for one that is no rule itself."""
        return self._made.get(id(root)) if self._made is not None else root

    @cached_property
    def _made(self) -> dict[int, Node] | None:
        """By document; None where there is no ``action:``, or one that makes no sense."""
        if all(root.get("action") is None for root in self.roots):
            return None
        made: dict[int, Node] = {}
        taken: list[Node] = []

        def each() -> Iterator[Node]:
            for root in self.roots:
                taken.append(root)
                yield root

        try:
            for rule in documents.rules(each(), self.source):
                made[id(taken[-1])] = rule
        except ParseError as error:
            self.problem = error
            for root in self.roots:
                made.setdefault(id(root), root)
        return made

    @cached_property
    def circular(self) -> Node | None:
        """The first correlation that refers to itself by way of others, or to such a one."""
        waiting: dict[str, int] = {}
        users: dict[int, list[int]] = {}
        open_: dict[int, int] = {}
        correlations = [root for root in self.roots if documents.is_correlation(root)]
        for at, root in enumerate(correlations):
            waiting.update(dict.fromkeys(_names(root), at))
        for at, root in enumerate(correlations):
            asked = {waiting[name] for name in _references(root) if name in waiting} - {at}
            open_[at] = len(asked)
            for other in asked:
                users.setdefault(other, []).append(at)
        ready = [at for at, count in open_.items() if not count]
        while ready:
            done = ready.pop()
            open_.pop(done)
            for user in users.get(done, ()):
                open_[user] -= 1
                if not open_[user]:
                    ready.append(user)
        return correlations[min(open_)] if open_ else None


def _names(root: Node) -> list[str]:
    found = (root.get(key) for key in ("name", "id"))
    return [documents.key(node.text) for node in found if node is not None and node.kind == "scalar" and node.text and not node.is_null]


def _references(root: Node) -> list[str]:
    section = root.get("correlation")
    node = section.get("rules") if section is not None and section.kind == "mapping" else None
    items = [] if node is None else node.items if node.kind == "sequence" else [node]
    return [documents.key(item.text) for item in items if item.kind == "scalar"]


def _leaves(tree: c.Condition, negated: bool) -> Iterator[tuple[c.Name | c.Several, bool]]:
    match tree:
        case c.Negated():
            yield from _leaves(tree.term, not negated)
        case c.Joined():
            for term in tree.terms:
                yield from _leaves(term, negated)
        case _:
            yield tree, negated


class _Reader:
    def __init__(self, made: SigmaView) -> None:
        self.made = made

    def problem(self, span: Span, message: str, hint: str = "") -> None:
        self.made.problems.append(Problem(span, message, hint))

    def read(self, node: Node, without: Iterable[str]) -> None:
        condition = None
        for key, value in documents.entries(node):
            if key.kind != "scalar":
                self.problem(key.span, "the name of a search is a text")
            elif key.text == "condition":
                condition = value
            elif key.text not in without and not (key.text == "timeframe" and documents.TIMEFRAME.fullmatch(value.text)):
                search = Search(key.text, key, value)
                self.made.searches[key.text] = search
                self.detection(value, search, key.span)
        texts = [] if condition is None else condition.items if condition.kind == "sequence" else [condition]
        if not texts or (condition is not None and condition.is_null):
            self.problem((condition or node).span, "a Sigma rule needs a condition", "for example condition: selection")
        else:
            self.made.conditions = [self.condition(each) for each in texts]
        if not self.made.searches:
            self.problem(node.span, "nothing to search for: there is a condition only")

    # ------------------------------------------------------------ conditions
    def condition(self, node: Node) -> ConditionText:
        if node.kind != "scalar":
            return ConditionText(node, None, Problem(node.span, "a condition is a text"))
        source = self.made.source
        text, pipe, _ = node.text.partition("|")
        rest = Span(len(text), len(node.text))
        tree: c.Condition | None = None
        problem: Problem | None = None
        try:
            tree = c.moved(c.parse(text), lambda span: place(source, node, span))
        except ParseError as error:
            problem = Problem(place(source, node, error.span), error.message, _hint(text, error.hint))
        if not pipe:
            return ConditionText(node, tree, problem)
        return ConditionText(node, tree, problem, node.text[len(text) :], place(source, node, rest))

    # ------------------------------------------------------------ searches
    def detection(self, node: Node, search: Search, span: Span) -> None:
        if node.kind == "mapping":
            pairs = list(documents.entries(node))
            for key, value in pairs:
                if key.kind != "scalar":
                    self.problem(key.span, "the name of a field is a text")
                    continue
                field, *modifiers = [""] if key.is_null else key.text.split("|")
                self.item(search, Item(key, field, tuple(modifiers), value, []))
            if not pairs:
                self.nothing(search, node, span)
        elif node.kind == "scalar" or all(item.kind == "scalar" for item in node.items):
            if node.kind == "sequence" and not node.items:
                self.nothing(search, node, span)
                return
            self.item(search, Item(None, "", (), node, []))
        else:
            for item in node.items:
                self.detection(item, search, item.span)

    def nothing(self, search: Search, node: Node, span: Span) -> None:
        if node is search.node:
            search.empty = True
        else:
            self.problem(span, f"a part of the search {search.name[:80]!r} has nothing to look for")

    def item(self, search: Search, item: Item) -> None:
        node = item.node
        if node.kind == "mapping":
            self.problem(node.span, "a value is a text, a number, a boolean or null, and not a map")
            return
        for value in node.items if node.kind == "sequence" else [node]:
            if value.kind == "scalar":
                item.values.append(value)
            else:
                self.problem(value.span, "a value is a text, a number, a boolean or null, and not a list or a map")
        search.empty = node is search.node and not item.field and all(value.is_null for value in item.values)
        if not item.field and not search.empty and _FREE.issuperset(item.modifiers):
            for value in item.values:
                if value.tag in ("bool", "null"):
                    hint = "in quotes it is a text" if value.tag == "bool" else "write it under the name of a field"
                    self.problem(value.span, "a keyword is a text; this value needs a field", hint)
        if node.kind == "sequence" and not node.items and (item.modifiers or not item.field):
            self.problem(item.where, "no value to look for")
        search.items.append(item)


def _hint(text: str, hint: str) -> str:
    words = {word for word in text.split() if word.lower() in ("and", "or", "not", "of", "all", "them") and word != word.lower()}
    return f"write {', '.join(sorted(words)).lower()} in small letters" if words else hint
