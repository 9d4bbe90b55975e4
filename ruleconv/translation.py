"""``ruleconv.translate``: from a rule's text to another language.

text -> (rulefile) the query in it -> (kql.parse, kql.bind; or sigma.bind) IR -> (backend) text and notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ruleconv import backend
from ruleconv.diagnostic import RuleconvError, UsageError
from ruleconv.ir.fidelity import Note, Translation
from ruleconv.ir.query import Query
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.rulefile.model import Kind, RuleFile
from ruleconv.schema import Schema, bundled
from ruleconv.text import Source

SEPARATORS = {"sql": ";\n\n", "kql": ";\n\n", "sentinel": "---\n", "sigma": "---\n"}
"""Between the rules of one file, by target."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a Sigma rule's events are found. ``platform``: "defender", "sentinel", "asim", "generic", None for the best fit (KQL).
    ``table``, ``json_column``, ``time_field``: of the events in SQL. ``pipelines``: pySigma processing pipelines, as YAML texts."""

    platform: str | None = None
    table: str | None = None
    json_column: str | None = None
    time_field: str | None = None
    pipelines: Sequence[str] = ()


def translate(
    text: str,
    *,
    source: str | None = None,
    to: str,
    dialect: str = "postgres",
    schema: Schema | None = None,
    filename: str | None = None,
    platform: str | None = None,
    table: str | None = None,
    json_column: str | None = None,
    time_field: str | None = None,
    pipelines: Sequence[str] = (),
    lossy: bool = False,
) -> Translation:
    """The rule in another language, with a note for whatever is not exact.

    ``source``: "kql", "sentinel", "sigma", or None to detect it. ``to``: "sql", "kql", "sentinel", "sigma". ``schema`` stands in for the
    bundled tables. ``lossy``: what the target cannot say is left out with a note where the writer can do that (Sigma's), not refused.
    The others are of Sigma rules, see ``Options``. Raises ParseError, SchemaError, Unsupported, UsageError; their places
    are those of ``text``.
    """
    writer = backend.find(to, dialect, lossy=lossy)
    options = Options(platform, table, json_column, time_field, pipelines)
    file = Source(text, filename or "<query>")
    rules = bound_rules(file, to=to, source=source, schema=schema, options=options)
    texts: list[str] = []
    notes: list[Note] = []
    for rule in rules:
        try:
            made = writer.translate(rule.query, source=rule.place, metadata=rule.metadata)
        except RuleconvError as error:
            raise error.located(rule.place) from error.__cause__
        texts.append(made.text)
        told = (*rule.notes, *made.notes)
        # Several queries have no common text but the file's.
        notes.extend(told if len(rules) == 1 else (replace(note, span=rule.place.file_span(note.span)) for note in told))
    return Translation(SEPARATORS.get(to, "\n").join(texts), tuple(notes), rules[0].place if len(rules) == 1 else file)


@dataclass(frozen=True, slots=True)
class Bound:
    """A query with what its rule says about itself, what the query does not say, and the source that all spans count in."""

    query: Query
    metadata: Metadata
    notes: tuple[Note, ...]
    place: Source


def bound_rules(file: Source, *, to: str, source: str | None = None, schema: Schema | None = None, options: Options) -> list[Bound]:
    """The rules of a file, for a target."""
    from ruleconv.rulefile.reader import read_rules

    found = read_rules(file, source)
    if found[0].kind is not Kind.SIGMA:
        _without(options, found[0].kind)
        return [Bound(_bound_kql(rule, schema), _metadata(rule), (), rule.source) for rule in found]
    from ruleconv.sigma import platforms
    from ruleconv.sigma.bind import bind

    known = bundled() if schema is None else schema
    where = platforms.find(
        to, options.platform, schema=known, table=options.table, json_column=options.json_column, time_field=options.time_field
    )
    try:
        rules = bind(file, where, pipelines=options.pipelines)
    except RuleconvError as error:
        raise error.located(file) from error.__cause__
    return [Bound(each.query, each.metadata, each.notes, file) for each in rules]


def _without(options: Options, kind: Kind) -> None:
    """Options that ask for something of a Sigma rule are no options of another."""
    given = [name for name in Options.__slots__ if getattr(options, name)]
    if given:
        raise UsageError(f"{given[0]} is an option for Sigma rules", hint=f"this is a {kind} rule")


def _metadata(rule: RuleFile) -> Metadata:
    """What a Sentinel rule says about itself; a bare query says nothing."""
    if rule.kind is not Kind.SENTINEL or rule.root is None:
        return NO_METADATA
    from ruleconv.rulefile.sentinel_metadata import from_sentinel

    return from_sentinel(rule.root)


def bound(text: str, *, source: str | None = None, schema: Schema | None = None, filename: str | None = None) -> tuple[Query, Source]:
    """The query of a KQL or Sentinel rule, bound against the schema, and the source that its spans count in."""
    from ruleconv.rulefile.reader import read_rule

    rule = read_rule(Source(text, filename or "<query>"), source)
    return _bound_kql(rule, schema), rule.source


def _bound_kql(rule: RuleFile, schema: Schema | None) -> Query:
    from ruleconv.kql.bind import bind
    from ruleconv.kql.parse import parse

    place = rule.source
    try:
        return bind(parse(place), bundled() if schema is None else schema, place)
    except RuleconvError as error:
        raise error.located(place) from error.__cause__


def to_sql(query: Query, source: Source, *, dialect: str, now: int | None = None) -> Translation:
    """A bound query as SQL; ``now``: ticks that the clock shall show."""
    return backend.find("sql", dialect).translate(query, source=source, now=now)
