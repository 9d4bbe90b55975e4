"""``let`` statements: tabular lets, scalar lets that are named, and tables from elsewhere, each before its first use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ruleconv.ir import query as q
from ruleconv.ir.walk import nodes
from ruleconv.kql import tree
from ruleconv_backends.kql import expressions, names, pipelines, scalars, sources
from ruleconv_backends.kql.precedence import call
from ruleconv_backends.kql.writer import Writer


@dataclass(frozen=True, slots=True)
class Statement:
    """A let, where it stood, and the lets that it names."""

    let: tree.Let
    at: int
    uses: frozenset[str]


def write(w: Writer, query: q.Query) -> tuple[list[tree.Let], tree.Expr]:
    """The lets in order, and the query's rows."""
    found: dict[str, Statement] = {}
    read = _tables(nodes(query))
    externals = _externals(query)
    scalars.register(w, query.scalars, read | {let.name for let in query.lets} | set(externals))
    for name, rel in externals.items():
        w.lets[name] = name
        value = sources.external_data(w, rel)
        found[name] = Statement(tree.Let(names.name(name), value), rel.span.start, frozenset())
    later = _tables_after(query) if query.lets else []
    taken: set[str] = set(externals)
    for let, hidden in zip(query.lets, later, strict=True):
        if pipelines.begins_with(w, let.rel, "$"):
            w.inline[let.name] = let.rel
            continue
        if isinstance(let.rel, q.LetRef) and not let.materialized and let.rel.name in w.lets:
            w.lets[let.name] = w.lets[let.rel.name]
            continue
        name = _free(let.name, hidden | taken)
        w.used = set()
        rows = pipelines.table(w, let.rel)
        if let.materialized:
            rows = call("materialize", rows)
        w.lets[let.name] = name
        taken.add(name)
        found[name] = Statement(tree.Let(names.name(name), rows), let.span.start, frozenset(w.used))
    w.used = set()
    body = pipelines.table(w, query.body)
    waiting = [*w.used, *(use for statement in found.values() for use in statement.uses)]
    while waiting:
        name = waiting.pop()
        if name in found or name not in w.scalars:
            continue
        scalar = w.scalars[name]
        w.used = set()
        value_ = expressions.spelled_out(w, scalar.value)
        found[name] = Statement(tree.Let(names.name(name), value_), scalar.span.start, frozenset(w.used))
        waiting += w.used
    return [statement.let for statement in _ordered(found)], body


def _ordered(found: dict[str, Statement]) -> Iterator[Statement]:
    """As they stood in the text, but none before what it names."""
    done: set[str] = set()

    def emit(name: str) -> Iterator[Statement]:
        if name in done or name not in found:
            return
        done.add(name)
        for use in sorted(found[name].uses, key=lambda n: found[n].at if n in found else 0):
            yield from emit(use)
        yield found[name]

    for name in sorted(found, key=lambda n: found[n].at):
        yield from emit(name)


def _externals(query: q.Query) -> dict[str, q.External]:
    """``externaldata`` that a let holds, or that is read more than once."""
    found: dict[str, q.External] = {}
    for node in nodes(query):
        if isinstance(node, q.External) and not node.name.startswith("externaldata_"):
            found.setdefault(node.name, node)
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
    known = _tables(nodes(query.body))
    found: list[set[str]] = []
    for let in reversed(query.lets):
        found.append(set(known))
        known |= _tables(nodes(let.rel))
    return found[::-1]


def _tables(found: Iterable[object]) -> set[str]:
    return {node.table for node in found if isinstance(node, q.Source)}
