"""Stages by the names that KQL has for them, for messages."""

from __future__ import annotations

from ruleconv.ir import query as q
from ruleconv.text import NOWHERE, Span


def join_name(rel: q.Join) -> str:
    return "lookup" if rel.lookup else f"join kind={rel.kind.value}"


def span_of(rel: q.Rel) -> Span:
    return getattr(rel, "span", NOWHERE)


def name_of(rel: q.Rel) -> str:
    """The operator as KQL writes it."""
    if isinstance(rel, q.Plugin):
        return f"evaluate {rel.name}"
    names: dict[type, str] = {
        q.Rows: "rows written in the query",
        q.RangeRows: "range",
        q.External: "externaldata",
        q.LetRef: "rows of another step",
        q.Expand: "mv-expand",
        q.Apply: "mv-apply",
        q.PartitionBy: "partition",
        q.Parse: "parse-where",
        q.MakeSeries: "make-series",
        q.TopNested: "top-nested",
        q.SampleDistinct: "sample-distinct",
        q.Scan: "scan",
    }
    return names.get(type(rel), type(rel).__name__.lower())
