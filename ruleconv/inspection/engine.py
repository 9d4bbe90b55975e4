"""``ruleconv.inspect``: from a rule's text to its ``Inspection``."""

from __future__ import annotations

from ruleconv.diagnostic import UsageError
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
    return inspect_all(Source(text, filename or "<text>"), source, schema)[0]


def inspect_all(file: Source, source: str | None = None, schema: Schema | None = None) -> list[Inspection]:
    """Every rule of a file; never empty."""
    if source is not None and source not in set(Kind):
        raise UsageError(f"no source {source!r}", hint=f"one of: {', '.join(Kind)}")
    kind = Kind(source) if source is not None else detect(file)
    known = bundled() if schema is None else schema
    match kind:
        case Kind.SIGMA:
            from ruleconv.inspection import sigma

            return sigma.inspect(file)
        case Kind.SQL:
            from ruleconv.inspection import sql

            return sql.inspect(file)
        case _:
            from ruleconv.inspection import kql
            from ruleconv.rulefile.reader import read_rules

            return [kql.inspect(rule, known) for rule in read_rules(file, kind)]
