"""``ruleconv.run``: from a rule's text to its rows.

text -> (translation) bound query and SQL -> the tables that the query reads -> engine -> Result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from ruleconv import catalogue, engines
from ruleconv.diagnostic import RuleconvError, Unsupported, UsageError
from ruleconv.engines.convert import parse_moment
from ruleconv.engines.model import DEFAULT_LIMITS, Engine, Limits, Result, Table
from ruleconv.engines.tables import Given, GivenTable, empty, given
from ruleconv.ir import query as q
from ruleconv.ir.expr import Call
from ruleconv.ir.fidelity import Note
from ruleconv.ir.types import Column, Type
from ruleconv.ir.walk import nodes
from ruleconv.schema import Schema, bundled
from ruleconv.schema import Table as SchemaTable
from ruleconv.text import Source, Span

Tables = Mapping[str, Given] | str | None
EMPTY = "empty"


def run(
    text: str,
    *,
    source: str | None = None,
    engine: str = "duckdb",
    tables: Tables = None,
    events: Iterable[Mapping[str, object]] | None = None,
    time_field: str | None = None,
    now: datetime | str | None = None,
    dsn: str | None = None,
    schema: Schema | None = None,
    filename: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Result:
    """Executes a KQL query or a rule and gives its rows, with the column names and types that Kusto gives.

    ``events``: dicts on which the Sigma rules of the file are judged, whatever their log source says; a row is an event that one of them
    finds, with all its fields as they were given, or a group that a correlation finds. ``time_field``: the field that says when an event
    happened; guessed where it is not given (over ``tables``: "timestamp"). ``tables``: None (the query makes its own rows, or they are
    in the database of ``dsn``), "empty" (every table that the query reads exists and has no rows), or rows (dicts) or a file for every
    table. ``schema`` stands in for the bundled one.
    Raises ParseError, SchemaError, Unsupported, UsageError, and ExecutionError for all that the engine says.
    """
    if events is not None:
        if tables is not None:
            raise UsageError("events go without tables: one of the two", option="events")
        from ruleconv import judging

        return judging.judge(text, events, engine=engine, time_field=time_field, dsn=dsn, filename=filename, limits=limits)
    if isinstance(tables, str) and tables != EMPTY:
        raise UsageError(f"tables: {tables!r} is neither 'empty' nor a mapping", hint="a file is given as {'Table': 'path'}")
    ticks = clock(now)
    executor = engines.find(engine, dsn)
    known = bundled() if schema is None else schema
    stored = {} if tables == EMPTY else executor.stored()
    with_stored = known.extended(SchemaTable(name, columns) for name, columns in stored.items()) if stored else known
    rows = _given(tables, known)
    given_tables = [SchemaTable(table.name, table.columns, open=not table.columns) for table in rows.values()]
    full = with_stored.extended(given_tables) if given_tables else with_stored

    from ruleconv.translation import Options, bound_rules, to_sql

    options = Options(time_field=time_field)
    rules = bound_rules(Source(text, filename or "<query>"), to="sql", source=source, schema=full, options=options)
    results: list[Result] = []
    notes: list[Note] = []
    for rule in rules:
        try:
            written = to_sql(rule.query, rule.place, dialect=executor.dialect, now=ticks)
            provided = [_provide(need, rows, stored, tables == EMPTY) for need in needs(rule.query)]
            results.append(executor.execute(written.text, rule.query.columns, provided, limits))
        except RuleconvError as error:
            raise error.located(rule.place) from error.__cause__
        notes += [note for note in (*rule.notes, *written.notes) if note not in notes]
    if any(result.columns != results[0].columns for result in results):
        raise UsageError("the rules of this file give different columns", hint="run them one by one")
    every = [row for result in results for row in result.rows]
    return Result(results[0].columns, every, ";\n\n".join(result.sql for result in results), tuple(notes))


def clock(now: datetime | str | None) -> int | None:
    """The time that ``now()`` gives, in ticks since year 1. Without a zone it is UTC."""
    if now is None:
        return None
    moment = parse_moment(now) if isinstance(now, str) else now
    if not isinstance(moment, datetime):
        raise UsageError(f"now: {now!r} is no ISO 8601 time", hint="for example 2024-01-31T12:00:00Z", option="now")
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return (moment - datetime(1, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10


def _given(tables: Tables, known: Schema) -> dict[str, GivenTable]:
    if tables is None or isinstance(tables, str):
        return {}
    found: dict[str, GivenTable] = {}
    for name, data in tables.items():
        table = known.table(name)
        found[name] = given(name, data, table.columns if table else None)
    return found


# ---------------------------------------------------------------- what the query reads
class Need:
    """A table that a query reads, with the columns that it takes from it. ``lookup``: what a function looks up (S47)."""

    def __init__(self, name: str, span: Span, external: bool, lookup: bool = False) -> None:
        self.name, self.span, self.external, self.lookup = name, span, external, lookup
        self._columns: dict[str, Column] = {}

    def add(self, columns: Iterable[Column]) -> None:
        """An open table may be read in several places, each with the columns that it knows of."""
        for column in columns:
            seen = self._columns.get(column.name)
            if seen is None or seen.type is Type.UNKNOWN:
                self._columns[column.name] = column

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(self._columns.values())


def needs(query: q.Query) -> list[Need]:
    """The tables that the query reads, in the order of first sight."""
    found: dict[str, Need] = {}
    for node in nodes(query):
        if isinstance(node, q.Source | q.External):
            name = node.table if isinstance(node, q.Source) else node.name
            need = found.setdefault(name, Need(name, node.span, isinstance(node, q.External)))
            need.add(node.columns)
        elif isinstance(node, Call) and (record := catalogue.function(node.function)) and record.reads:
            found.setdefault(record.reads.name, Need(record.reads.name, node.span, False, True)).add(record.reads.columns)
    return list(found.values())


def _provide(need: Need, rows: dict[str, GivenTable], stored: dict[str, tuple[Column, ...]], all_empty: bool) -> Table:
    if need.name in rows:
        table = rows[need.name]
        if need.lookup and table.raw.rows and need.columns[0].name not in table.raw.names:
            shape = ", ".join(f"{column.name} {column.type.value}" for column in need.columns)
            raise UsageError(f"table {need.name}: no column {need.columns[0].name}", need.span, hint=f"its columns are {shape}")
        if need.external or need.lookup:  # declared by the query, or by us, whatever the rows look like
            table = GivenTable(need.name, need.columns, table.raw)
        return table.typed(need.columns)
    if need.name in stored:
        return Table(need.name, stored[need.name], stored=True)
    if all_empty:
        return empty(need.name, need.columns)
    if need.external:
        raise Unsupported(f"externaldata without rows for the table {need.name}", need.span, hint="give its rows as a table of that name")
    near = next((name for name in (*rows, *stored) if name.casefold() == need.name.casefold()), "")
    hint = f"there are rows for {near}; the case of a name counts" if near else f"give its rows, or its file: --table {need.name}=FILE"
    raise UsageError(f"no rows for the table {need.name}", need.span, hint=hint)


__all__ = ["Engine", "Result", "run"]
