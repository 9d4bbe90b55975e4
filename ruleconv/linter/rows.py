"""How many rows a query gives, as far as its stages tell."""

from __future__ import annotations

from ruleconv.ir import query as q


def always_one_row(query: q.Query) -> bool:
    """Whatever the tables hold: a summarize without keys, and after it only stages that keep rows."""
    rel = query.body
    while isinstance(rel, q.Extend | q.Project | q.Sort | q.Serialize):
        rel = rel.input
    return isinstance(rel, q.Aggregate) and not rel.keys and bool(rel.aggregates)
