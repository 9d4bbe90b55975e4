"""``ruleconv.run(rule, events=..)``: which of the given events the Sigma rules of a file find.

The rules become SQL over one table that holds the events; what comes back are the events themselves, as they were given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ruleconv import backend, engines
from ruleconv.diagnostic import RuleconvError, UsageError
from ruleconv.engines.model import Limits, Result, Row, Table
from ruleconv.ir.expr import ColumnRef
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.ir.query import Named, Project, Query, Rel
from ruleconv.ir.types import Column, Type
from ruleconv.rulefile.model import Kind
from ruleconv.rulefile.reader import read_rule
from ruleconv.sigma.bind import bind
from ruleconv.sigma.given import INDEX, TABLE, GivenEvents, type_of
from ruleconv.text import Source

_INDEX = Column(INDEX, Type.LONG)


def judge(
    text: str,
    events: Iterable[Mapping[str, object]],
    *,
    engine: str,
    time_field: str | None = None,
    dsn: str | None = None,
    filename: str | None = None,
    limits: Limits,
) -> Result:
    """The events that at least one rule of the file finds, in their order; of a file with correlations, the groups that these find.

    Raises ParseError and Unsupported for the rule, UsageError for the events, ExecutionError for what the engine says.
    """
    given = list(events)
    for at, event in enumerate(given, 1):
        if not isinstance(event, Mapping):
            raise UsageError(f"event {at} is no mapping of fields to values but {type(event).__name__}")
    rule = read_rule(Source(text, filename or "<rule>"), Kind.SIGMA)
    platform = GivenEvents(given, time_field)
    executor = engines.find(engine, dsn)
    try:
        rules = bind(rule.source, platform)
        groups = [each for each in rules if not each.of_events]
        queries = [each.query for each in groups] or [Query((), _indexes(each.query.body)) for each in rules]
        if not platform.has_times:
            wanted = f"no event has a time in its field {time_field}" if time_field else "no event has a field that says when it happened"
            raise UsageError(wanted, hint="name the field with time_field (--time-field); times are ISO 8601, or numbers since 1970")
        writer = backend.find("sql", executor.dialect)
        written = [writer.translate(query, source=rule.source) for query in queries]
        table = Table(TABLE, platform.columns, platform.rows)  # type: ignore[arg-type] # GivenEvents converts every value to its column's type
        results = [executor.execute(one.text, query.columns, [table], limits) for one, query in zip(written, queries, strict=True)]
    except RuleconvError as error:
        raise error.located(rule.source) from error.__cause__
    told = [note for each, one in zip(groups or rules, written, strict=True) for note in (*each.notes, *one.notes)]
    notes = (*told, *_unread(platform.unread_times))
    sql = ";\n\n".join(one.text for one in written)
    if groups:
        return _groups(results, sql, notes)
    return _found(given, {int(str(row[0])) for result in results for row in result.rows}, sql, notes)


def _unread(times: list[str]) -> tuple[Note, ...]:
    if not times:
        return ()
    which = "the time of an event" if len(times) == 1 else f"the times of {len(times)} events"
    return (Note("SGR004", Effect.NARROWS, f"{which} cannot be read, so that no window has them: {times[0][:80]!r}"),)


def _indexes(rel: Rel) -> Rel:
    """Only which events they are."""
    return Project(rel, (Named(INDEX, ColumnRef(INDEX, Type.LONG, False)),), (_INDEX,))


def _found(given: list[Mapping[str, object]], indexes: set[int], sql: str, notes: tuple[Note, ...]) -> Result:
    names = list(dict.fromkeys(str(name) for event in given for name in event))
    columns = tuple(Column(name, type_of(event.get(name) for event in given)) for name in names)
    rows: list[Row] = [tuple(given[at].get(name) for name in names) for at in sorted(indexes)]  # type: ignore[misc] # whatever was given
    return Result(columns, rows, sql, notes)


def _groups(results: list[Result], sql: str, notes: tuple[Note, ...]) -> Result:
    """The groups of several correlations one after the other; a column that one of them lacks is None there."""
    columns = {column.name: column for result in results for column in result.columns}
    rows: list[Row] = []
    for result in results:
        rows.extend(tuple(row.get(name) for name in columns) for row in result.dicts())
    return Result(tuple(columns.values()), rows, sql, notes)
