"""A short text that two rules share when they select the same rows by the same tests."""

from __future__ import annotations

import hashlib
from dataclasses import fields

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q

_SORTED = (ir.And, ir.Or)
_COSMETIC = (q.Sort, q.Project, q.Serialize)
"""Stages that choose or order columns and leave the rows as they are."""
MOST = 50_000


def of_query(query: q.Query) -> str:
    """Of the tables, filters, joins and aggregates; empty for a query that filters nothing, and for a very large one."""
    budget = [MOST]
    lets = {let.name: let.rel for let in query.lets}
    try:
        text = _form(query.body, lets, budget)
    except RecursionError:
        return ""
    if budget[0] < 0 or "Filter" not in text:
        return ""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _form(node: object, lets: dict[str, q.Rel], budget: list[int]) -> str:
    """What is compared of a node, as a text."""
    budget[0] -= 1
    if budget[0] < 0:
        return ""
    if isinstance(node, _COSMETIC):
        return _form(node.input, lets, budget)
    if isinstance(node, q.LetRef) and node.name in lets:
        rest = {name: rel for name, rel in lets.items() if name != node.name}
        return _form(lets[node.name], rest, budget)
    if isinstance(node, q.Filter):
        return _filters(node, lets, budget)
    if isinstance(node, q.Source):
        return f"Source({node.table})"
    if isinstance(node, tuple):
        return f"[{','.join(_form(each, lets, budget) for each in node)}]"
    if isinstance(node, frozenset):  # its own text has another order in every process
        return f"[{','.join(sorted(_form(each, lets, budget) for each in node))}]"
    if isinstance(node, ir.ColumnRef):
        return f"${node.name}"
    if isinstance(node, ir.Literal):
        return f"{node.type.value}:{node.value!r}"
    names = getattr(node, "__dataclass_fields__", None)
    if names is None:
        return repr(node)
    parts = [(f.name, getattr(node, f.name)) for f in fields(node) if f.compare and f.name != "columns"]  # type: ignore[arg-type]
    shown = []
    for name, value in parts:
        if isinstance(value, tuple) and (isinstance(node, _SORTED) or (isinstance(node, ir.Match) and name == "patterns")):
            shown.append("|".join(sorted(_form(each, lets, budget) for each in value)))
        else:
            shown.append(_form(value, lets, budget))
    return f"{type(node).__name__}({';'.join(shown)})"


def _filters(node: q.Filter, lets: dict[str, q.Rel], budget: list[int]) -> str:
    """Filters one after another, and the terms of each, are one set of tests. (An extend between them is left where it is.)"""
    tests: set[str] = set()
    at: q.Rel = node
    while isinstance(at, q.Filter | q.Sort):
        if isinstance(at, q.Filter):
            terms = at.predicate.terms if isinstance(at.predicate, ir.And) else (at.predicate,)
            tests.update(_form(term, lets, budget) for term in terms)
        at = at.input
    return f"Filter({'&'.join(sorted(tests))};{_form(at, lets, budget)})"
