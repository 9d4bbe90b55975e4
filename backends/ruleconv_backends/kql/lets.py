"""``let``: the query's tabular lets under their own names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from ruleconv.ir import query as q
from ruleconv.kql import tree
from ruleconv_backends.kql import names, stages
from ruleconv_backends.kql.precedence import call
from ruleconv_backends.kql.writer import Writer


def statements(w: Writer, query: q.Query) -> list[tree.Let]:
    """A let statement for each."""
    found: list[tree.Let] = []
    later = _tables_after(query) if query.lets else []
    taken: set[str] = set()
    for let, hidden in zip(query.lets, later, strict=True):
        name = _free(let.name, hidden | taken)
        value = stages.table(w, let.rel)
        if let.materialized:
            value = call("materialize", value)
        w.lets[let.name] = name
        taken.add(name)
        found.append(tree.Let(names.name(name), value))
    return found


def _free(name: str, taken: set[str]) -> str:
    """A name that hides no table which is still to be read."""
    if name not in taken:
        return name
    number = 1
    while (candidate := f"{name}_{number}") in taken:
        number += 1
    return candidate


def _tables_after(query: q.Query) -> list[set[str]]:
    """For each let, the stored tables that lets after it and the query read."""
    known = {source.table for source in _sources(query.body)}
    found: list[set[str]] = []
    for let in reversed(query.lets):
        found.append(set(known))
        known |= {source.table for source in _sources(let.rel)}
    return found[::-1]


def _sources(rel: q.Rel) -> Iterator[q.Source]:
    """All stored tables that are read, in subqueries of expressions too."""
    waiting: list[object] = [rel]
    while waiting:
        at = waiting.pop()
        if isinstance(at, q.Source):
            yield at
        elif isinstance(at, tuple):
            waiting.extend(at)
        elif is_dataclass(at):
            waiting.extend(getattr(at, f.name) for f in fields(at))
