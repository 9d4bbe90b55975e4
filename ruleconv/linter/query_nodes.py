"""Looking at the syntax tree of a query: all nodes, literals, conjunctions, what a comparison compares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from ruleconv.ir.types import Type
from ruleconv.kql import tree

_SKIP = frozenset(("span", "op_span", "name_span", "comments", "text", "op", "keyword"))


def walk(node: tree.Node) -> Iterator[tree.Node]:
    """The node and all below it, from the top down and from left to right."""
    stack: list[Any] = [node]
    while stack:
        at = stack.pop()
        if isinstance(at, tuple):
            stack.extend(reversed(at))
        elif isinstance(at, tree.Node):
            yield at
            stack.extend(getattr(at, name) for name in _fields(type(at)))


_FIELDS: dict[type, tuple[str, ...]] = {}


def _fields(kind: type[tree.Node]) -> tuple[str, ...]:
    found = _FIELDS.get(kind)
    if found is None:
        found = _FIELDS[kind] = tuple(field.name for field in reversed(fields(kind)) if field.name not in _SKIP)
    return found


def bare(node: tree.Expr) -> tree.Expr:
    """Without the parentheses around it."""
    while isinstance(node, tree.Parenthesized):
        node = node.inner
    return node


def text(node: tree.Node | None) -> str | None:
    """The value of a string literal."""
    node = bare(node) if isinstance(node, tree.Parenthesized) else node
    return node.value if isinstance(node, tree.Literal) and isinstance(node.value, str) and node.type is Type.STRING else None


def ticks(node: tree.Node | None) -> int | None:
    """The value of a timespan literal."""
    return node.value if isinstance(node, tree.Literal) and isinstance(node.value, int) and node.type is Type.TIMESPAN else None


def terms(node: tree.Expr, op: str) -> list[tree.Expr]:
    """The operands of a run of ``and`` or ``or``."""
    found: list[tree.Expr] = []
    stack = [node]
    while stack:
        at = bare(stack.pop())
        if isinstance(at, tree.Binary) and at.op == op:
            stack += (at.right, at.left)
        else:
            found.append(at)
    return found


def runs(nodes: list[tree.Node], op: str) -> Iterator[list[tree.Expr]]:
    """The operands of every whole run of ``and`` or ``or`` in a query."""
    inside: set[int] = set()
    for node in nodes:
        if isinstance(node, tree.Binary) and node.op == op and id(node) not in inside:
            stack: list[tree.Expr] = [node]
            while stack:
                at = bare(stack.pop())
                if isinstance(at, tree.Binary) and at.op == op:
                    inside.add(id(at))
                    stack += (at.left, at.right)
            yield terms(node, op)


def compared(node: tree.Expr) -> tuple[tree.Expr, str, str] | None:
    """Subject, operator and text of a comparison with a string literal."""
    if isinstance(node, tree.Binary) and (value := text(node.right)) is not None:
        return bare(node.left), node.op, value
    return None
