"""What a correlation finds, by its definition (docs/semantics.md, S30 to S34), without a thought of speed: the tests' reference."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

Values = Mapping[str, Any]
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "neq": lambda a, b: a != b,
}
UP = {"gt", "gte"}
AVERAGES = ("value_avg", "value_percentile", "value_median")


@dataclass(frozen=True)
class Event:
    """``rules``: those that it matches."""

    time: datetime
    rules: tuple[str, ...]
    fields: Values


@dataclass(frozen=True)
class Correlation:
    """``condition``: operators with numbers. ``wanted`` (temporal): the condition as a function of the rules that are there."""

    kind: str
    rules: tuple[str, ...]
    keys: tuple[str, ...]
    timespan: timedelta
    condition: Mapping[str, float]
    field: str = ""
    percentile: float = 50
    wanted: Callable[[set[str]], bool] | None = None

    @property
    def at_each_event(self) -> bool:
        return self.wanted is None and self.kind not in AVERAGES and set(self.condition) <= UP

    # ------------------------------------------------------------ groups
    def groups(self, events: Iterable[Event]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """By key: first event, last event, and the value where there is one."""
        return {key: self._summed(moments, members) for key, (members, moments) in self.moments(events).items() if moments}

    def moments(self, events: Iterable[Event]) -> dict[tuple[Any, ...], tuple[list[Event], list[tuple[datetime, datetime, Any]]]]:
        found: dict[tuple[Any, ...], list[Event]] = {}
        for event in events:
            key = tuple(event.fields.get(name) for name in self.keys)
            if not set(event.rules) & set(self.rules) or (self.kind.startswith("temporal") and None in key):
                continue
            if self.field and event.fields.get(self.field) is None:
                continue
            found.setdefault(key, []).append(event)
        return {key: (members, self._moments(members)) for key, members in found.items()}

    def occurrences(self, name: str, events: Iterable[Event], onsets: bool) -> list[Event]:
        """What the correlation is to another that refers to it as ``name``."""
        found = []
        for key, (members, _) in self.moments(events).items():
            fields = {field: value for field, value in zip(self.keys, key, strict=True) if value is not None}
            found += [Event(at, (name,), fields) for at in self._times(members, onsets)]
        return found

    def _times(self, members: Sequence[Event], onsets: bool) -> list[datetime]:
        if self.kind == "temporal_ordered":
            sequences = self._sequences(members)
            starts = {start: min(at for begin, at, _ in sequences if begin == start) for start, _, _ in sequences}
            return list(starts.values()) if onsets else [at for _, at, _ in sequences]
        looked = sorted({max(e.time for e in window): self.holds(window) for window in self._windows(members)}.items())
        times = [at for at, holds in looked if holds]
        if not onsets:
            return times
        before = [None, *looked]
        return [
            at
            for (at, holds), last in zip(looked, before, strict=False)
            if holds and not (last is not None and last[1] and at - last[0] <= self.timespan)
        ]

    def _summed(self, moments: Sequence[tuple[datetime, datetime, Any]], members: Sequence[Event]) -> tuple[Any, ...]:
        first, last = min(m[0] for m in moments), max(m[1] for m in moments)
        if self.kind.startswith("temporal"):
            return (first, last)
        if self.kind == "event_count" and self.at_each_event:
            return (first, last, sum(first <= event.time <= last for event in members))
        lowest = set(self.condition) <= {"lt", "lte"}
        return (first, last, (min if lowest else max)(m[2] for m in moments))

    def _moments(self, members: Sequence[Event]) -> list[tuple[datetime, datetime, Any]]:
        """First event, last event and value of each window in which the condition holds."""
        if self.kind == "temporal_ordered":
            return self._sequences(members)
        windows = self._windows(members)
        return [(min(e.time for e in window), max(e.time for e in window), self.value(window)) for window in windows if self.holds(window)]

    def _windows(self, members: Sequence[Event]) -> list[list[Event]]:
        windows = [[e for e in members if at.time - self.timespan <= e.time <= at.time] for at in members]
        if self.at_each_event:
            return windows
        return [w for w in windows if not any(len(w) < len(x) and all(e in x for e in w) for x in windows)]

    def _sequences(self, members: Sequence[Event]) -> list[tuple[datetime, datetime, Any]]:
        """For each event of the last rule, the latest sequence that ends with it."""
        starts = [(e.time, e.time) for e in members if self.rules[0] in e.rules]
        for rule in self.rules[1:]:
            starts = [
                (max(start for start, at in starts if at <= e.time), e.time)
                for e in members
                if rule in e.rules and any(at <= e.time for _, at in starts)
            ]
        return [(start, at, None) for start, at in starts if at - start <= self.timespan]

    # ------------------------------------------------------------ condition
    def holds(self, window: Sequence[Event]) -> bool:
        if self.kind == "temporal":
            there = {rule for event in window for rule in event.rules} & set(self.rules)
            if self.wanted is not None:
                return self.wanted(there)
            if not self.condition:
                return there == set(self.rules)
        return all(COMPARISONS[op](self.value(window), number) for op, number in self.condition.items())

    def value(self, window: Sequence[Event]) -> float:
        values = [event.fields[self.field] for event in window] if self.field else []
        match self.kind:
            case "event_count":
                return len(window)
            case "value_count":
                return len(set(values))
            case "temporal":
                return len({rule for event in window for rule in event.rules} & set(self.rules))
            case "value_sum":
                return sum(values)
            case "value_avg":
                return sum(values) / len(values)
            case "value_median":
                return median(values)
        return sorted(values)[max(0, math.ceil(len(values) * self.percentile / 100) - 1)]
