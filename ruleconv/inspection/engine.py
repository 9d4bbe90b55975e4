"""``ruleconv.inspect``: from a rule's text to its ``Inspection``."""

from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import RuleconvError, UsageError
from ruleconv.inspection.model import Inspection
from ruleconv.rulefile.detect import detect
from ruleconv.rulefile.model import Kind
from ruleconv.schema import Schema, bundled
from ruleconv.text import Source


def inspect(text: str, *, source: str | None = None, filename: str | None = None, schema: Schema | None = None) -> Inspection:
    """What the rule does: its card, stages, predicates, exclusions, indicators and output fields. Of a file with several rules the first;
    ``ruleconv.inspection.engine.inspect_all`` gives all.

    ``source``: "kql", "sentinel", "sigma", "sql", or None to detect it. ``schema`` stands in for the bundled tables. Raises ParseError for
    a text that is no rule, UsageError for a wrong argument. A query that has an unknown name, or a construct that ruleconv does not
    know, is inspected as far as it goes, and ``problems`` says why something is missing.
    """
    first = next(inspect_each(Source(text, filename or "<text>"), source, schema))
    if isinstance(first, RuleconvError):
        raise first
    return first


def inspect_all(file: Source, source: str | None = None, schema: Schema | None = None) -> list[Inspection]:
    """Every rule of a file; never empty. Raises what is wrong with one of them."""
    found: list[Inspection] = []
    for each in inspect_each(file, source, schema):
        if isinstance(each, RuleconvError):
            raise each
        found.append(each)
    return found


def inspect_each(file: Source, source: str | None = None, schema: Schema | None = None) -> Iterator[Inspection | RuleconvError]:
    """Every rule of a file, with the error in the place of each that is broken; never empty. Raises what is wrong with the whole file."""
    if source is not None and source not in set(Kind):
        raise UsageError(f"no source {source!r}", hint=f"one of: {', '.join(Kind)}")
    kind = Kind(source) if source is not None else detect(file)
    known = bundled() if schema is None else schema
    match kind:
        case Kind.SIGMA:
            from ruleconv.inspection import sigma

            yield from sigma.inspect_each(file)
        case Kind.SQL:
            from ruleconv.inspection import sql

            yield from sql.inspect(file)
        case _:
            from ruleconv.inspection import kql
            from ruleconv.rulefile.reader import read_each

            for rule in read_each(file, kind):
                try:
                    yield rule if isinstance(rule, RuleconvError) else kql.inspect(rule, known)
                except RuleconvError as error:
                    yield error
