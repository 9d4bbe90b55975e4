"""Bounds on what is read, so that no text can exhaust memory or the stack of whoever walks the tree.

The numbers are ours, far beyond any rule; a Kusto cluster has such limits too, unnamed
(https://learn.microsoft.com/kusto/concepts/query-limits#limit-on-query-complexity).
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ruleconv.kql.explain import CLOSING, OPENING, Failure
from ruleconv.kql.lex import Token
from ruleconv.kql.tree import Node, QueryTree

MAX_CHARACTERS = 2_000_000
MAX_ERRORS = 20
MAX_BRACKETS = 100
MAX_DEPTH = 240
_SUSPICIOUS = 60
_NOT_NODES = frozenset(("span", "op_span", "name_span", "comments", "text", "op"))


def too_deep(tokens: list[Token], text: str) -> Failure | None:
    """The bracket that nests too deep, before anything is built."""
    if text.count("(") + text.count("[") + text.count("{") <= MAX_BRACKETS:
        return None
    depth = 0
    for token in tokens:
        if token.kind in OPENING:
            depth += 1
            if depth > MAX_BRACKETS:
                return Failure(f"brackets are nested deeper than {MAX_BRACKETS} levels", token.span, "divide the query with `let`")
        elif token.kind in CLOSING:
            depth = max(0, depth - 1)
    return None


def check_depth(tree: QueryTree, tokens: list[Token]) -> Failure | None:
    """The first node that lies too deep in the tree; looked for only where a long chain of operators is possible."""
    if len(tokens) < _SUSPICIOUS * 2:
        return None
    level: list[Any] = [tree]
    for _ in range(MAX_DEPTH):
        deeper: list[Any] = []
        for item in level:
            if isinstance(item, tuple):
                deeper += [x for x in item if isinstance(x, (Node, tuple))]
            else:
                for name in _node_fields(type(item)):
                    value = getattr(item, name)
                    if isinstance(value, Node) or (value and isinstance(value, tuple)):
                        deeper.append(value)
        if not deeper:
            return None
        level = deeper
    place = next((x for x in level if isinstance(x, Node)), tree)
    return Failure("the expression is nested too deep", place.span, "divide it with `let` or `extend`")


_FIELDS: dict[type, tuple[str, ...]] = {}


def _node_fields(kind: type) -> tuple[str, ...]:
    found = _FIELDS.get(kind)
    if found is None:
        found = _FIELDS[kind] = tuple(f.name for f in fields(kind) if f.name not in _NOT_NODES)
    return found
