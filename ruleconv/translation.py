"""``ruleconv.translate``: from a rule's text to another language.

text -> (rulefile) the query in it -> (kql.parse, kql.bind; or sigma.bind) IR -> (backend) text and notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    rules, place = bound_rules(text, to=to, source=source, schema=schema, filename=filename, options=options)
    texts: list[str] = []
    notes: list[Note] = []
    try:
        for query, metadata, told in rules:
            made = writer.translate(query, source=place, metadata=metadata)
            texts.append(made.text)
            notes.extend((*told, *made.notes))
    except RuleconvError as error:
        raise error.located(place) from error.__cause__
    return Translation(SEPARATORS.get(to, "\n").join(texts), tuple(notes), place)


def bound_rules(
    text: str, *, to: str, source: str | None = None, schema: Schema | None = None, filename: str | None = None, options: Options
) -> tuple[list[tuple[Query, Metadata, tuple[Note, ...]]], Source]:
    """The queries of a file's rules with what the rules say about themselves and what the queries do not say, and the source that their
    spans count in."""
    from ruleconv.rulefile.reader import read_rule

    rule = read_rule(Source(text, filename or "<query>"), source)
    if rule.kind is not Kind.SIGMA:
        _without(options, rule.kind)
        return [(_bound_kql(rule, schema), _metadata(rule), ())], rule.source
    from ruleconv.sigma import platforms
    from ruleconv.sigma.bind import bind

    known = bundled() if schema is None else schema
    where = platforms.find(
        to, options.platform, schema=known, table=options.table, json_column=options.json_column, time_field=options.time_field
    )
    try:
        rules = bind(rule.source, where, pipelines=options.pipelines)
    except RuleconvError as error:
        raise error.located(rule.source) from error.__cause__
    return [(each.query, each.metadata, each.notes) for each in rules], rule.source


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
