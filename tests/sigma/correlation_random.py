"""Random correlations and random events for them: as Sigma, and as their definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.sigma.correlation_reference import Correlation, Event

START = datetime(2025, 1, 1, 12, tzinfo=UTC)
MINUTES = 10
INNER = "inner"
RULES = {"alpha": 1, "beta": 2, "gamma": 3}
KINDS = ("event_count", "value_count", "value_sum", "value_avg", "value_percentile", "value_median", "temporal", "temporal_ordered")
WANTED = {
    "alpha and not beta": lambda there: "alpha" in there and "beta" not in there,
    "alpha and (beta or gamma)": lambda there: "alpha" in there and bool(there & {"beta", "gamma"}),
    "not (alpha and beta) or gamma": lambda there: not {"alpha", "beta"} <= there or "gamma" in there,
}
BASE = """title: base {name}
name: {name}
logsource:
    product: windows
    category: probe
detection:
    sel:
        EventID: {id}
    condition: sel
---
"""


@dataclass(frozen=True)
class Case:
    """``inner``: a correlation that ``correlation`` refers to as ``INNER``."""

    sigma: str
    events: Sequence[Mapping[str, Any]]
    correlation: Correlation
    inner: Correlation | None = None

    @property
    def wanted(self) -> list[tuple[Any, ...]]:
        """Key, first event, last event, value; sorted."""
        rules = {number: name for name, number in RULES.items()}
        events = [Event(e["timestamp"], (rules[e["EventID"]],) if e["EventID"] in rules else (), e) for e in self.events]
        if self.inner is not None:
            events += self.inner.occurrences(INNER, events, onsets=self.correlation.kind == "event_count")
        return ordered((*key, *values) for key, values in self.correlation.groups(events).items())


def ordered(rows: Any) -> list[tuple[Any, ...]]:
    """Comparable. Results show a missing text as the empty one."""
    return sorted((tuple("" if v is None else round(v, 6) if isinstance(v, float) else v for v in row) for row in rows), key=repr)


def event(draw: st.DrawFn, users: Sequence[str | None] = ("a", "b", "A", None), hosts: Sequence[str] = ("x", "y")) -> dict[str, Any]:
    """Many events at the border of the timespan, and at the same time."""
    at = draw(st.one_of(st.integers(0, 45).map(lambda m: m * 60), st.sampled_from([0, 600, 599, 601, 1200, 1201])))
    made: dict[str, Any] = {"timestamp": START + timedelta(seconds=at), "EventID": draw(st.sampled_from([1, 1, 2, 3, 4]))}
    user, host = draw(st.sampled_from(users)), draw(st.sampled_from(hosts))
    amount = draw(st.sampled_from([1, 2, 3, 5, 8, None]))
    return made | {name: value for name, value in (("User", user), ("Host", host), ("Amount", amount)) if value is not None}


@st.composite
def cases(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> Case:
    kind = draw(st.sampled_from(list(kinds)))
    names = draw(st.lists(st.sampled_from(list(RULES)), min_size=2 if kind.startswith("temporal") else 1, max_size=3, unique=True))
    keys = tuple(draw(st.sampled_from([(), ("User",), ("User",), ("User", "Host")])))
    field = "Amount" if kind.startswith("value") else ""
    condition: dict[str, float] = {}
    expression = ""
    if kind == "temporal" and (form := draw(st.sampled_from(["all", "some", "words"]))) != "all":
        if form == "some":
            condition = {draw(st.sampled_from(["gte", "lt", "eq", "neq", "lte", "gt"])): draw(st.integers(1, 2))}
        else:
            expression = draw(st.sampled_from(list(WANTED)))
            names = [name for name in RULES if name in expression]
    elif not kind.startswith("temporal"):
        ops = draw(st.sampled_from([("gte",), ("gt",), ("lt",), ("lte",), ("eq",), ("neq",), ("gte", "lte"), ("gte",), ("gt",)]))
        condition = {op: draw(st.integers(1, 4)) + (2 if op == "lte" else 0) for op in ops}
    percentile = draw(st.sampled_from([50, 90, 0, 100]))
    correlation = Correlation(kind, tuple(names), keys, timedelta(minutes=MINUTES), condition, field, percentile, WANTED.get(expression))
    text = "".join(BASE.format(name=name, id=RULES[name]) for name in names) + document(correlation, expression)
    events = [event(draw) for _ in range(draw(st.integers(0, 14)))]
    return Case(text, events, correlation)


OUTER = {
    "temporal": Correlation("temporal", (INNER, "gamma"), ("User",), timedelta(minutes=MINUTES), {}),
    "temporal_ordered": Correlation("temporal_ordered", (INNER, "gamma"), ("User",), timedelta(minutes=MINUTES), {}),
    "event_count": Correlation("event_count", (INNER,), ("User",), timedelta(minutes=3 * MINUTES), {"gte": 2}),
    "value_count": Correlation("value_count", (INNER,), ("Host",), timedelta(minutes=3 * MINUTES), {"gte": 2}, "User"),
}


@st.composite
def chains(draw: st.DrawFn, kind: str) -> Case:
    """A correlation of the kind, of another."""
    keys, span = ("User", "Host"), timedelta(minutes=draw(st.sampled_from([1, 5, MINUTES])))
    inner = draw(
        st.sampled_from(
            [
                Correlation("event_count", ("alpha",), keys, span, {"gte": draw(st.integers(1, 3))}),
                Correlation("event_count", ("alpha", "beta"), keys, span, {"lt": 2}),
                Correlation("value_avg", ("alpha",), keys, span, {"gte": 3}, "Amount"),
                Correlation("value_count", ("alpha", "beta"), keys, span, {"gte": 2}, "Amount"),
                Correlation("temporal", ("alpha", "beta"), keys, span, {}),
                Correlation("temporal_ordered", ("alpha", "beta"), keys, span, {}),
            ]
        )
    )
    outer = OUTER[kind]
    text = "".join(BASE.format(name=name, id=number) for name, number in RULES.items())
    text += document(inner).replace("title: correlation", f"title: inner\nname: {INNER}") + "---\n" + document(outer)
    return Case(text, [event(draw, ("a", "a", "b"), "x") for _ in range(draw(st.integers(4, 20)))], outer, inner)


def document(correlation: Correlation, expression: str = "") -> str:
    lines = ["title: correlation", "correlation:", f"    type: {correlation.kind}", "    rules:"]
    lines += [f"        - {name}" for name in correlation.rules]
    if correlation.keys:
        lines += ["    group-by:", *(f"        - {key}" for key in correlation.keys)]
    lines.append(f"    timespan: {correlation.timespan // timedelta(minutes=1)}m")
    if expression:
        lines.append(f"    condition: {expression}")
    elif correlation.condition:
        lines += ["    condition:", *(f"        {op}: {number}" for op, number in correlation.condition.items())]
        lines += [f"        field: {correlation.field}"] if correlation.field else []
        lines += [f"        percentile: {correlation.percentile}"] if correlation.kind == "value_percentile" else []
    return "\n".join(lines) + "\nlevel: high\n"
