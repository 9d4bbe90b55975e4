"""What a Sigma rule looks for, after its modifiers were applied: the plain form between pySigma's objects and the IR."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from ruleconv.ir.expr import Comparison
from ruleconv.ir.fidelity import Note
from ruleconv.sigma.conditions import Condition, Joined, Name, Negated, Several
from ruleconv.sigma.events import LogSource
from ruleconv.text import NOWHERE, Span


class Wildcard(StrEnum):
    """The value is its spelling."""

    MANY = "*"
    ONE = "?"


@dataclass(frozen=True, slots=True)
class Text:
    """A string with wildcards: plain runs and ``Wildcard``s in turn; none at all is the empty string."""

    parts: tuple[str | Wildcard, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    value: int | float


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool


@dataclass(frozen=True, slots=True)
class Null:
    """No value: the field is null or missing."""


@dataclass(frozen=True, slots=True)
class Exists:
    exists: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression of RE2, searched anywhere; ``flags`` of ``ims``."""

    regex: str
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """``10.0.0.0/8`` or ``2001:db8::/32``."""

    cidr: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """Compared as a number (``gt``, ``gte``, ``lt``, ``lte``)."""

    op: Comparison
    value: int | float


@dataclass(frozen=True, slots=True)
class FieldRef:
    """The value of another field of the same event; ``starts`` and ``ends`` say where it may stand (both: anywhere)."""

    field: str
    starts: bool = False
    ends: bool = False


class TimeUnit(StrEnum):
    """The value is the modifier's name."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class TimePart:
    """That part of a point in time is this number, or (``op``) compares to it."""

    unit: TimeUnit
    number: int | float
    op: Comparison = Comparison.EQ


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What one value was expanded to (``windash``, ``base64offset``): one of them, also where ``all`` links the others."""

    values: tuple[Value, ...]


Value: TypeAlias = Text | Number | Boolean | Null | Exists | Pattern | Network | Threshold | FieldRef | TimePart | AnyOf


@dataclass(frozen=True, slots=True)
class Item:
    """One field (None: keywords) and its values. ``all``: every value must match; ``anchored``: modifiers say where a keyword stands."""

    field: str | None
    values: tuple[Value, ...]
    all: bool = False
    negated: bool = False
    anchored: bool = False
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Detection:
    """A search identifier: items and nested detections, of which all (a map) or one (a list) must match."""

    items: tuple[Item | Detection, ...]
    all: bool
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Search:
    """A rule's ``detection`` (or a filter's ``filter``): named detections and the conditions, of which one must hold."""

    detections: dict[str, Detection]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule with a detection as it was read; its filters are searches that must hold as well."""

    title: str
    name: str
    id: str
    logsource: LogSource
    search: Search
    filters: tuple[Search, ...] = ()
    notes: tuple[Note, ...] = ()
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class FilterText:
    """A ``filter`` document; ``rules``: the names or ids of those that it is for, None for all on its log source."""

    logsource: LogSource
    rules: tuple[str, ...] | None
    search: Search


def fields(searches: tuple[Search, ...]) -> tuple[str, ...]:
    """Every field that they ask for, in the order of first sight; those of field references too."""
    found: dict[str, None] = {}
    stack: list[Item | Detection] = [each for search in reversed(searches) for each in reversed(search.detections.values())]
    while stack:
        node = stack.pop()
        if isinstance(node, Detection):
            stack.extend(reversed(node.items))
            continue
        if node.field is not None:
            found[node.field] = None
        found.update({value.field: None for value in node.values if isinstance(value, FieldRef)})
    return tuple(found)


def size(search: Search) -> int:
    """How many values the conditions ask for, those of a search as often as it is named."""
    sizes = {name: _values(detection) for name, detection in search.detections.items()}
    total = 0
    stack: list[Condition] = list(search.conditions)
    while stack:
        match stack.pop():
            case Name(name):
                total += sizes.get(name, 1)
            case Several() as several:
                total += 1 + sum(sizes[name] for name in several.names(sizes))
            case Negated(term):
                stack.append(term)
            case Joined(terms):
                stack.extend(terms)
    return total


def _values(detection: Detection) -> int:
    found = 0
    stack: list[Item | Detection] = [detection]
    while stack:
        node = stack.pop()
        if isinstance(node, Detection):
            stack.extend(node.items)
        else:
            found += sum(len(value.values) if isinstance(value, AnyOf) else 1 for value in node.values)
    return found
