"""Which ``Platform`` a translation asks for the events of a rule, by target language and by the user's wish."""

from __future__ import annotations

from ruleconv.diagnostic import UsageError
from ruleconv.schema import Schema
from ruleconv.sigma.events import Platform

NAMES = ("defender", "sentinel", "asim", "generic")


def find(
    to: str,
    name: str | None,
    *,
    schema: Schema,
    table: str | None = None,
    json_column: str | None = None,
    time_field: str | None = None,
) -> Platform:
    """SQL reads flat tables (``table``: instead of one named after the log source) or, with ``json_column``, one column of JSON; KQL the
    tables of the platform, None for the best fit. Sigma keeps its own fields. UsageError for a platform that nobody knows."""
    if name is not None and name not in NAMES:
        raise UsageError(f"no platform {name!r}", hint=f"one of: {', '.join(NAMES)}")
    if to in ("sql", "sigma") or name == "generic" or table is not None or json_column is not None:
        from ruleconv.sigma.flat import FlatPlatform

        return FlatPlatform(schema, table=table, json_column=json_column, time_field=time_field)
    from ruleconv.sigma.mapped import MappedPlatform

    return MappedPlatform(schema, name)
