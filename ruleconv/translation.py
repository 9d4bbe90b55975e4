"""``ruleconv.translate``: from a rule's text to another language.

text -> (rulefile) the query in it -> (kql.parse, kql.bind; or sigma.bind) IR -> (backend) text and notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ruleconv import backend
from ruleconv.diagnostic import RuleconvError, UsageError
from ruleconv.ir.fidelity import Note, Translation
from ruleconv.ir.query import Query
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.rulefile.model import Kind, RuleFile
from ruleconv.schema import Schema, Table, bundled
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

    def given(self) -> list[str]:
        """The names of those that ask for something."""
        return [name for name in self.__slots__ if getattr(self, name)]

    def check(self, to: str) -> None:
        """UsageError for options that a target has no use for: they would be ignored without a word."""
        for name, value in (("table", self.table), ("json_column", self.json_column), ("time_field", self.time_field)):
            if value == "" or (value and "\0" in value):
                raise UsageError(f"{name} is no name: {value!r}", option=name)
        placed = next((name for name in ("table", "json_column", "time_field") if getattr(self, name)), "")
        if to == "sigma" and (name := placed or ("platform" if self.platform else "")):
            raise UsageError(f"{name} is of no use to Sigma", hint="it keeps its own fields and log source", option=name)
        if self.platform is not None and to == "sql":
            hint = "SQL reads those of the options table, json_column and pipelines"
            raise UsageError("platform chooses tables of KQL", hint=hint, option="platform")
        if placed and self.platform not in (None, "generic"):
            hint = f"{self.platform} has tables and columns of its own"
            raise UsageError(f"{placed} and a platform: one of the two", hint=hint, option=placed)
        if self.time_field and to in ("kql", "sentinel") and not (self.platform or self.table or self.json_column):
            hint = "it goes with a table or the platform generic; other tables say themselves when an event happened"
            raise UsageError(f"time_field has nothing to name in {to}", hint=hint, option="time_field")


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
    options = Options(platform, table, json_column, time_field, pipelines)
    file = Source(text, filename or "<query>")
    made: list[Translation] = []
    for each in translate_each(file, source=source, to=to, dialect=dialect, schema=schema, options=options, lossy=lossy):
        if isinstance(each, RuleconvError):
            raise each
        made.append(each)
    if len(made) == 1:
        return made[0]
    # Several queries have no common text but the file's.
    notes = tuple(replace(note, span=(each.source or file).file_span(note.span)) for each in made for note in each.notes)
    return Translation(joined(to, [each.text for each in made]), notes, file)


def joined(to: str, texts: Sequence[str]) -> str:
    """The rules of one file, written, as one text."""
    return SEPARATORS.get(to, "\n").join(texts)


def translate_each(
    file: Source,
    *,
    source: str | None = None,
    to: str,
    dialect: str = "postgres",
    schema: Schema | None = None,
    options: Options,
    lossy: bool = False,
) -> Iterator[Translation | RuleconvError]:
    """As ``translate``, rule by rule: in the place of one that is broken, or that the target cannot say, its error, with its place.

    Raises what is wrong with the file as a whole, or with the options.
    """
    options.check(to)
    writer = backend.find(to, dialect, lossy=lossy)
    ids: Counter[str] = Counter()
    for rule in bound_each(file, to=to, source=source, schema=schema, options=options):
        if isinstance(rule, RuleconvError):
            yield rule
            continue
        metadata = replace(rule.metadata, again=ids[rule.metadata.id]) if ids[rule.metadata.id] else rule.metadata
        ids[rule.metadata.id] += 1
        try:
            made = writer.translate(rule.query, source=rule.place, metadata=metadata)
        except RuleconvError as error:
            yield error.located(rule.place)
            continue
        yield Translation(made.text, (*rule.notes, *made.notes), rule.place)


@dataclass(frozen=True, slots=True)
class Bound:
    """A query with what its rule says about itself, what the query does not say, and the source that all spans count in."""

    query: Query
    metadata: Metadata
    notes: tuple[Note, ...]
    place: Source


def bound_rules(file: Source, *, to: str, source: str | None = None, schema: Schema | None = None, options: Options) -> list[Bound]:
    """The rules of a file, for a target. Raises what is wrong with one of them."""
    found: list[Bound] = []
    for each in bound_each(file, to=to, source=source, schema=schema, options=options):
        if isinstance(each, RuleconvError):
            raise each
        found.append(each)
    return found


def bound_each(
    file: Source, *, to: str, source: str | None = None, schema: Schema | None = None, options: Options
) -> Iterator[Bound | RuleconvError]:
    """The rules of a file, for a target, with the error in the place of each that is broken. Raises what is wrong with the whole file."""
    from ruleconv.rulefile.reader import read_each

    found = read_each(file, source)
    first = found[0]
    if isinstance(first, RuleFile) and first.kind is Kind.SIGMA:
        yield from _bound_sigma(file, to, schema, options)
        return
    if given := options.given():
        kind = first.kind if isinstance(first, RuleFile) else Kind.SENTINEL
        raise UsageError(f"{given[0]} is an option for Sigma rules", hint=f"this is a {kind} rule", option=given[0])
    for rule in found:
        if isinstance(rule, RuleconvError):
            yield rule
            continue
        try:
            metadata = _metadata(rule)
            yield Bound(_bound_kql(rule, _with_placeholder(schema, metadata)), metadata, (), rule.source)
        except RuleconvError as error:
            yield error


def _bound_sigma(file: Source, to: str, schema: Schema | None, options: Options) -> Iterator[Bound | RuleconvError]:
    from ruleconv.sigma import platforms
    from ruleconv.sigma.bind import bind_each

    known = bundled() if schema is None else schema
    where = platforms.find(
        to, options.platform, schema=known, table=options.table, json_column=options.json_column, time_field=options.time_field
    )
    try:
        rules = bind_each(file, where, pipelines=options.pipelines)
    except RuleconvError as error:
        raise error.located(file) from error.__cause__
    for each in rules:
        yield each.located(file) if isinstance(each, RuleconvError) else Bound(each.query, each.metadata, each.notes, file)


def _with_placeholder(schema: Schema | None, metadata: Metadata) -> Schema | None:
    """The tables, with the one that stands for the log source of a rule that was Sigma's before (LOG001)."""
    if not metadata.logsource:
        return schema
    from ruleconv.sigma.events import LogSource

    known, name = bundled() if schema is None else schema, LogSource.of(metadata.logsource).name
    return schema if name in known else known.extended([Table(name, (), open=True)])


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
