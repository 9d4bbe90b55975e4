"""Events that a caller gives: any dicts become one table with the columns that the rules ask for (S29)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import AnyField, ColumnRef, Expr, Literal, Match
from ruleconv.ir.fidelity import Note
from ruleconv.ir.query import Rel, Source
from ruleconv.ir.types import Column, Type
from ruleconv.sigma.events import Events, LogSource
from ruleconv.text import Span

TABLE = "events"
INDEX, WHOLE, TIME = "_index", "_event", "_time"
"""Columns beside the fields: which event a row is, all of it, and when it happened."""
TIMES = (
    "timestamp", "@timestamp", "TimeGenerated", "UtcTime", "Timestamp", "EventTime", "SystemTime", "TimeCreated", "time", "_time",
    "eventTime", "event_time", "EventReceivedTime", "datetime", "date", "ts",
)  # fmt: skip
"""Where the time of an event is looked for when nobody names a field."""
_LONG = 1 << 63
_NAME = 40
_ELEMENTS = 50
_NUL = "\u2400"
"""In place of the character NUL, which no database's text holds."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field as a column: its values by event."""

    column: Column
    values: Sequence[object]


class GivenEvents:
    """Platform and events in one: every rule is judged on the same events, whatever its log source says."""

    notes: tuple[Note, ...] = ()

    def __init__(self, events: Sequence[Mapping[str, object]], time_field: str | None = None) -> None:
        self.given, self.time_field = events, time_field
        self._fields: dict[str, Field] = {}
        self._names: set[str] = {INDEX, WHOLE, TIME}
        self.add(INDEX, INDEX, Type.LONG, range(len(events)))

    # ------------------------------------------------------------ the platform
    def choices(self, logsource: LogSource, fields: Iterable[str]) -> Iterable[Events]:
        return (self,)

    def events(self, logsource: LogSource, fields: Iterable[str]) -> Events:
        return self

    # ------------------------------------------------------------ the events
    @property
    def rel(self) -> Rel:
        return Source(TABLE, self.columns)

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(each.column for each in self._fields.values())

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """Of the table, parallel to ``columns``."""
        return list(zip(*(each.values for each in self._fields.values()), strict=True))

    @property
    def time(self) -> Expr:
        if TIME not in self._fields:
            values = [
                next((at for name in self._time_names if (at := moment(step(event, name))) is not None), None) for event in self.given
            ]
            self.add(TIME, TIME, Type.DATETIME, values)
        return ColumnRef(TIME, Type.DATETIME)

    @property
    def has_times(self) -> bool:
        """Whether the time was asked for and no event says it."""
        return TIME not in self._fields or not self.given or any(value is not None for value in self._fields[TIME].values)

    @property
    def unread_times(self) -> list[str]:
        """What events have where their time should stand, and what is none. Empty unless the time was asked for."""
        if TIME not in self._fields:
            return []
        without = [event for event, at in zip(self.given, self._fields[TIME].values, strict=True) if at is None]
        found = [next((value for name in self._time_names if (value := step(event, name)) is not None), None) for event in without]
        return [as_text(value) for value in found if value is not None]

    @property
    def _time_names(self) -> tuple[str, ...]:
        return TIMES if self.time_field is None else (self.time_field,)

    def field(self, name: str, span: Span) -> Expr:
        found = self._fields.get("." + name)
        if found is None:
            values = [step(event, name) for event in self.given]
            kind = type_of(values)
            if kind is Type.REAL and any(isinstance(value, int) for value in values):
                kind = Type.STRING  # 12 beside 0.5 still reads "12", which 12.0 would not
            found = self.add("." + name, self._free(name), kind, [_converted(value, kind) for value in values])
        return ColumnRef(found.column.name, found.column.type, True, span)

    def elements(self, name: str, span: Span) -> list[Expr]:
        """Of a field with lists in it: all first values, all second ones, and so on, as texts. Raises Unsupported for long lists."""
        lists = [list(_leaves(step(event, name))) for event in self.given]
        longest = max(map(len, lists), default=0)
        if longest > _ELEMENTS:
            raise Unsupported(f"a comparison with a list of more than {_ELEMENTS} values", span)
        made: list[Expr] = []
        for at in range(longest):
            key = f"{at}.{name}"
            found = self._fields.get(key)
            if found is None:
                values = [_converted(each[at], Type.STRING) if at < len(each) else None for each in lists]
                found = self.add(key, self._free(f"_{at}_{name}"), Type.STRING, values)
            made.append(ColumnRef(found.column.name, found.column.type, True, span))
        return made

    def has(self, name: str, span: Span) -> Expr:
        """Whether an event has the field, if only with a null in it."""
        found = self._fields.get("?" + name)
        if found is None:
            present = [has(event, name) for event in self.given]
            found = self.add("?" + name, self._free(f"_has_{name}"), Type.BOOL, present)
        return ColumnRef(found.column.name, Type.BOOL, False, span)

    def any_field(self, span: Span) -> AnyField:
        if WHOLE not in self._fields:
            self.add(WHOLE, WHOLE, Type.DYNAMIC, [_plain(dict(event)) for event in self.given])
        return AnyField(span, of=ColumnRef(WHOLE, Type.DYNAMIC, True, span))

    def adapt(self, name: str, test: Expr, span: Span) -> Expr:
        """Of a list, some element must match. NUL stands in patterns as it does in values (``wide`` without ``base64``)."""
        if isinstance(test, Match):
            patterns = tuple(_without_nul(pattern) for pattern in test.patterns)
            test = test if patterns == test.patterns else replace(test, patterns=patterns)
            if isinstance(test.subject, ColumnRef) and test.subject.type is Type.DYNAMIC:
                test = replace(test, subject=AnyField(span, of=test.subject))
        return test

    # ------------------------------------------------------------ columns
    def add(self, key: str, name: str, kind: Type, values: Sequence[object]) -> Field:
        self._fields[key] = Field(Column(name, kind, nullable=kind is not Type.BOOL or None in values), values)
        return self._fields[key]

    def _free(self, name: str) -> str:
        """A name that is a column's in every engine: not empty, not long, not one that differs from another in case alone."""
        stem = name.replace("\0", "") or "field"
        stem = stem if len(stem.encode(errors="replace")) <= _NAME else stem[: _NAME // 4]
        free, number = stem, 1
        while free.lower() in self._names:
            number += 1
            free = f"{stem}_{number}"
        self._names.add(free.lower())
        return free


# ---------------------------------------------------------------- values
def has(event: Mapping[str, object], name: str) -> bool:
    """Whether the event has the field, where ``step`` looks for it; a null is a value here."""
    return name in event or ("." in name and _leads(event, name.split(".")))


def _leads(value: object, path: Sequence[str]) -> bool:
    if not path:
        return True
    if isinstance(value, Mapping):
        sizes = range(len(path), 0, -1)
        return any(_leads(value[key], path[size:]) for size in sizes if (key := ".".join(path[:size])) in value)
    return isinstance(value, list | tuple) and any(_leads(item, path) for item in value)


def step(event: Mapping[str, object], name: str) -> object:
    """The value of a field: under its own name, else by its dots into nested objects; of a list of objects, the values of each."""
    if name in event:
        return event[name]
    return _into(event, name.split(".")) if "." in name else None


def _into(value: object, path: Sequence[str]) -> object:
    if not path:
        return value
    if isinstance(value, Mapping):
        for size in range(len(path), 0, -1):
            key = ".".join(path[:size])
            if key in value:
                return _into(value[key], path[size:])
        return None
    if isinstance(value, list | tuple):
        found = [each for item in value if (each := _into(item, path)) is not None]
        return found or None
    return None


def type_of(values: Iterable[object]) -> Type:
    """The type of a field's column. Text where values differ in type: a number and the same number in quotes are alike to Sigma."""
    kinds = {_kind(value) for value in values if value is not None}
    if Type.DYNAMIC in kinds:
        return Type.DYNAMIC
    if kinds == {Type.LONG, Type.REAL}:
        return Type.REAL
    return kinds.pop() if len(kinds) == 1 else Type.STRING


def _kind(value: object) -> Type:
    match value:
        case bool():
            return Type.BOOL
        case int():
            return Type.LONG if -_LONG <= value < _LONG else Type.STRING
        case float():
            return Type.REAL
        case Mapping() | list() | tuple() | set():
            return Type.DYNAMIC
        case _:
            return Type.STRING


def _leaves(value: object) -> Iterator[object]:
    """The values in a value that are neither lists nor objects nor null."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple | set):
        for each in value:
            yield from _leaves(each)
    elif value is not None:
        yield value


def _converted(value: object, kind: Type) -> object:
    if value is None:
        return None
    if kind is Type.DYNAMIC:
        return _plain(value)
    if kind is Type.REAL:
        return float(value)  # type: ignore[arg-type] # type_of saw numbers only
    return as_text(value) if kind is Type.STRING else value


def as_text(value: object) -> str:
    """As a log would write it."""
    match value:
        case str():
            return value.replace("\0", _NUL).encode("utf-8", "replace").decode()
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime():
            return value.isoformat()
        case _:
            return str(value).replace("\0", _NUL)


def _without_nul(pattern: Expr) -> Expr:
    if isinstance(pattern, Literal) and isinstance(pattern.value, str) and "\0" in pattern.value:
        return replace(pattern, value=pattern.value.replace("\0", _NUL))
    return pattern


def _plain(value: object) -> object:
    """As JSON, numbers in it too (a keyword looks for their text)."""
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {as_text(key): _plain(each) for key, each in value.items()}
        case list() | tuple() | set():
            return [_plain(each) for each in value]
        case _:
            return as_text(value)


def moment(value: object) -> datetime | None:
    """A point in time: ISO 8601 (UTC where no zone is given), or seconds, milli-, micro- or nanoseconds since 1970."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        size = abs(value)
        unit = 1 if size < 1e11 else 1e3 if size < 1e14 else 1e6 if size < 1e17 else 1e9
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(value * 1e6 / unit))
        except (OverflowError, ValueError):
            return None
    if not isinstance(value, str):
        return None
    text = value.strip().removesuffix(" UTC").removesuffix(" GMT")
    try:
        return moment(float(text)) if text.replace(".", "", 1).isdecimal() and len(text) > 8 else moment(datetime.fromisoformat(text))
    except (OverflowError, ValueError):
        return None
