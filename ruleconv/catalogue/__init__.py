"""Every KQL function and aggregate that ruleconv knows: one record each, by topic.

``function(name)`` and ``aggregate(name)`` find a record by its name or an alias, case-sensitively, as Kusto does.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ruleconv.catalogue.model import Aggregate, Function

FUNCTION_TOPICS = (
    "strings",
    "regex",
    "encoding",
    "parsing",
    "conversions",
    "units",
    "conditions",
    "math",
    "datetime",
    "dynamic",
    "series",
    "network",
    "hashing",
    "window",
    "system",
)
AGGREGATE_TOPICS = ("aggregates", "lists", "statistics")


@cache
def functions() -> dict[str, Function]:
    """All scalar functions by name and by alias."""
    found: dict[str, Function] = {}
    for topic in FUNCTION_TOPICS:
        for record in import_module(f"ruleconv.catalogue.{topic}").FUNCTIONS:
            for name in (record.name, *record.aliases):
                if name in found:
                    raise RuntimeError(f"the catalogue has {name} twice")
                found[name] = record
    return found


@cache
def all_aggregates() -> dict[str, Aggregate]:
    """All aggregates by name and by alias. (``aggregates`` is the module of that name.)"""
    found: dict[str, Aggregate] = {}
    for topic in AGGREGATE_TOPICS:
        for record in import_module(f"ruleconv.catalogue.{topic}").AGGREGATES:
            for name in (record.name, *record.aliases):
                if name in found:
                    raise RuntimeError(f"the catalogue has {name} twice")
                found[name] = record
    return found


def function(name: str) -> Function | None:
    """The scalar function of that name or alias."""
    return functions().get(name)


def aggregate(name: str) -> Aggregate | None:
    """The aggregate of that name or alias."""
    return all_aggregates().get(name)
