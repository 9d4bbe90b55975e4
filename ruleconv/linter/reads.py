"""The tables that a query reads."""

from __future__ import annotations

from ruleconv.ir import query as q
from ruleconv.linter.subject import Subject
from ruleconv.text import Span


def tables(subject: Subject) -> dict[str, Span]:
    """Each with the first place that reads it, in the query; empty when the query could not be bound."""
    return _tables(subject.ir) if subject.ir is not None else {}


def _tables(query: q.Query) -> dict[str, Span]:
    found: dict[str, Span] = {}
    stack: list[object] = [query]
    while stack:
        node = stack.pop()
        if isinstance(node, q.Source):
            if node.table not in found or node.span < found[node.table]:
                found[node.table] = node.span
        elif isinstance(node, tuple):
            stack.extend(node)
        else:
            stack.extend(getattr(node, name) for name in getattr(node, "__dataclass_fields__", ()))
    return found
