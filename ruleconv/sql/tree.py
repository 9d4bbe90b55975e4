"""The syntax tree of a statement as rules see it: sqlglot's nodes with places, without sqlglot.

``kind`` is sqlglot's name of the node in lower case ("select", "column", "eq", "like", "anonymous" for an unknown function), ``role`` the
name of the argument that it is in its parent ("expressions", "where", "from_").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ruleconv.text import Span

_FEW = 20


@dataclass(slots=True, eq=False)
class Node:
    """``span``: all of the node, ``Span(-1, -1)`` where it has no place. ``name``: of an identifier, a column or a function, the value of a
    literal, folded as PostgreSQL does; ``qualifier``: of a column or a table, the same. ``quoted``: the name stands in quotes. ``flags``:
    the arguments that are plain values and true ("distinct", "negate")."""

    kind: str
    role: str
    span: Span
    name: str = ""
    qualifier: str = ""
    quoted: bool = False
    function: bool = False
    aggregate: bool = False
    flags: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None
    _firsts: dict[str, Node] | None = field(default=None, repr=False)

    @property
    def placed(self) -> bool:
        return self.span.start >= 0

    def get(self, role: str) -> Node | None:
        """The first child of that role. The children of a complete tree do not change: where there are many, they are listed once."""
        if len(self.children) > _FEW:
            if self._firsts is None:
                self._firsts = {child.role: child for child in reversed(self.children)}
            return self._firsts.get(role)
        for child in self.children:
            if child.role == role:
                return child
        return None

    def all(self, role: str) -> list[Node]:
        return [child for child in self.children if child.role == role]

    def walk(self, into: Callable[[Node], bool] | None = None) -> Iterator[Node]:
        """The node and all below it, from the top down and from left to right; not below those for which ``into`` is false."""
        stack = [self]
        while stack:
            at = stack.pop()
            yield at
            if into is None or at is self or into(at):
                stack.extend(reversed(at.children))

    @property
    def is_query(self) -> bool:
        return self.kind in QUERIES


QUERIES = frozenset(("select", "union", "intersect", "except"))
"""Kinds of nodes that are queries."""


def not_query(node: Node) -> bool:
    """For ``walk``: stay in one query."""
    return node.kind not in QUERIES


def bare(node: Node | None) -> Node | None:
    """Without parentheses around it."""
    while node is not None and node.kind == "paren":
        node = node.get("this")
    return node


def conjuncts(node: Node | None) -> list[Node]:
    """What is joined by ``and``."""
    found: list[Node] = []
    stack = [node]
    while stack:
        at = bare(stack.pop())
        if at is None:
            continue
        if at.kind == "and":
            stack += (at.get("expression"), at.get("this"))
        else:
            found.append(at)
    return found
