"""``ruleconv.translate``: from a rule's text to another language.

text -> (rulefile) the query in it -> (kql.parse) syntax tree -> (kql.bind) IR -> (backend) text and notes.
"""

from __future__ import annotations

from ruleconv import backend
from ruleconv.diagnostic import RuleconvError
from ruleconv.ir.fidelity import Translation
from ruleconv.ir.query import Query
from ruleconv.schema import Schema, bundled
from ruleconv.text import Source


def translate(
    text: str, *, source: str | None = None, to: str, dialect: str = "postgres", schema: Schema | None = None, filename: str | None = None
) -> Translation:
    """The rule in another language, with a note for whatever is not exact.

    ``source``: "kql", "sentinel", or None to detect it. ``to``: "sql". ``schema`` stands in for the bundled tables.
    Raises ParseError, SchemaError, Unsupported, UsageError; their places are those of ``text``.
    """
    writer = backend.find(to, dialect)
    query, place = bound(text, source=source, schema=schema, filename=filename)
    try:
        return writer.translate(query, source=place)
    except RuleconvError as error:
        raise error.located(place) from error.__cause__


def bound(text: str, *, source: str | None = None, schema: Schema | None = None, filename: str | None = None) -> tuple[Query, Source]:
    """The rule's query, bound against the schema, and the source that its spans count in."""
    from ruleconv.kql.bind import bind
    from ruleconv.kql.parse import parse
    from ruleconv.rulefile.reader import read_rule

    place = read_rule(Source(text, filename or "<query>"), source).source
    try:
        return bind(parse(place), bundled() if schema is None else schema, place), place
    except RuleconvError as error:
        raise error.located(place) from error.__cause__


def to_sql(query: Query, source: Source, *, dialect: str, now: int | None = None) -> Translation:
    """A bound query as SQL; ``now``: ticks that the clock shall show."""
    return backend.find("sql", dialect).translate(query, source=source, now=now)
