"""Events for SQL: a table named after the log source, with a column for each field, or one JSON column that holds them all (S26, S27)."""

from __future__ import annotations

from collections.abc import Iterable

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Access, AnyField, Call, ColumnRef, Expr, Literal
from ruleconv.ir.fidelity import Note
from ruleconv.ir.query import Rel, Source
from ruleconv.ir.types import Column, Type
from ruleconv.schema import Schema, Table
from ruleconv.sigma.events import Events, LogSource
from ruleconv.text import NOWHERE, Span

TIME = "timestamp"
"""The column of an event's time where nobody names another."""


class FlatPlatform:
    """See ``platforms.find``."""

    def __init__(self, schema: Schema, *, table: str | None = None, json_column: str | None = None, time_field: str | None = None) -> None:
        self.schema, self.table, self.json_column, self.time_field = schema, table, json_column, time_field

    def choices(self, logsource: LogSource, fields: Iterable[str]) -> Iterable[Events]:
        return (self.events(logsource, fields),)

    def events(self, logsource: LogSource, fields: Iterable[str]) -> Events:
        name = self.table or logsource.name
        known = self.schema.table(name)
        kind = FlatEvents if self.json_column is None else JsonEvents
        return kind(name, known, self.time_field or TIME, self.json_column or "", logsource.span)


class FlatEvents:
    """A column for each field, of text where the schema does not know better. ``rel`` holds the columns that were asked for."""

    notes: tuple[Note, ...] = ()

    def __init__(self, table: str, known: Table | None, time_name: str, json_column: str = "", span: Span = NOWHERE) -> None:
        self.table, self.known, self.time_name, self.json_column, self.span = table, known, time_name, json_column, span
        self._columns: dict[str, Column] = {}

    @property
    def rel(self) -> Rel:
        if self.known is not None and not self.known.open:
            return Source(self.table, self.known.columns, False, self.span)
        return Source(self.table, tuple(self._columns.values()), True, self.span)

    @property
    def time(self) -> Expr:
        found = self.column(self.time_name, Type.DATETIME, self.span)
        return found if found.type is Type.DATETIME else Call("todatetime", (found,), Type.DATETIME, self.span)

    def field(self, name: str, span: Span) -> Expr:
        return self.column(name, Type.STRING, span)

    def adapt(self, name: str, test: Expr, span: Span) -> Expr:
        return test

    def column(self, name: str, default: Type, span: Span) -> ColumnRef:
        """A column, with the schema's type for it, and ``default`` where the schema does not know the table."""
        column = self._columns.get(name)
        if column is None:
            column = self.known.column(name) if self.known is not None else None
            if column is None and self.known is not None and not self.known.open:
                near = self.known.suggest(name)
                hint = f"did you mean {near}?" if near else "name another table, or give its schema"
                raise Unsupported(f"the field {name[:80]}, which the table {self.table} does not have,", span, hint)
            column = column or Column(name, default)
            self._columns[name] = column
        return ColumnRef(column.name, column.type, column.nullable, span)


class JsonEvents(FlatEvents):
    """All fields in one JSON column; a dot in a field's name is a step into a nested object (S27)."""

    @property
    def time(self) -> Expr:
        if self.known is not None and (column := self.known.column(self.time_name)) is not None and column.type is Type.DATETIME:
            return self.column(self.time_name, Type.DATETIME, self.span)
        text = Call("tostring", (self.field(self.time_name, self.span),), Type.STRING, self.span)
        return Call("todatetime", (text,), Type.DATETIME, self.span)

    def field(self, name: str, span: Span) -> Expr:
        found: Expr = self._json(span)
        for step in name.split("."):
            found = Access(found, Literal(step, Type.STRING, span), span)
        return found

    def any_field(self, span: Span) -> AnyField:
        """Keywords are looked for in the JSON column only."""
        return AnyField(span, of=self._json(span))

    def _json(self, span: Span) -> Expr:
        """The column; one that the schema calls text is read as JSON first."""
        found = self.column(self.json_column, Type.DYNAMIC, span)
        return found if found.type is Type.DYNAMIC else Call("parse_json", (found,), Type.DYNAMIC, span)
