"""Log sources of Sigma and the fields of their events, from the files in ``data/``."""

from __future__ import annotations

from functools import cache

from ruleconv.linter.facts import rows


@cache
def logsources() -> dict[tuple[str, str], frozenset[str]]:
    """The names that a product ("" for none) has for ``category`` and ``service``."""
    return {
        (product.strip("-"), key): frozenset(name.partition("=")[0] for name in names.split())
        for product, key, names in rows("logsources.txt", 3)
    }


@cache
def products() -> frozenset[str]:
    return frozenset(product for product, _ in logsources() if product)


@cache
def names(key: str) -> frozenset[str]:
    """The names that any product has."""
    return frozenset(name for (_, part), known in logsources().items() if part == key for name in known)


@cache
def event_ids() -> dict[str, frozenset[str]]:
    """By category of Windows' events: the ids that it stands for."""
    listed = next(names for product, key, names in rows("logsources.txt", 3) if (product, key) == ("windows", "category"))
    pairs = [each.partition("=") for each in listed.split()]
    return {name: frozenset(ids.split(",")) for name, _, ids in pairs if ids}


@cache
def fields(category: str) -> dict[str, str]:
    """The fields of a Windows category by their names in small letters; empty for a category whose fields are not all known."""
    found = {name: fields.split() for name, fields in rows("event_fields.txt", 2)}
    if category not in found or category == "*":
        return {}
    return {name.casefold(): name for name in [*found["*"], *found[category]]}


@cache
def spelled(category: str) -> frozenset[str]:
    """The same fields as they are spelled."""
    found = {name: fields.split() for name, fields in rows("event_fields.txt", 2)}
    return frozenset([*found["*"], *found[category]]) if category in found and category != "*" else frozenset()
