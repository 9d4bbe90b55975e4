"""What a writer of another language offers, and how one is found. Backends are never imported by the core but looked up here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Protocol

from ruleconv.diagnostic import UsageError
from ruleconv.ir.fidelity import Translation
from ruleconv.ir.query import Query
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.text import Source


class Backend(Protocol):
    """Writes bound queries in one language and dialect."""

    def translate(
        self, query: Query, *, source: Source | None = None, now: int | None = None, metadata: Metadata = NO_METADATA
    ) -> Translation:
        """The query's text in the target, with notes. ``now``: ticks since year 1 that the clock shall show, None for the engine's.
        ``metadata``: what the rule says about itself, for targets that are whole rules.
        Raises Unsupported (with a span of the query's text) for what cannot be said."""


_BUNDLED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "sql": ("ruleconv_backends.sql", "SqlBackend", ("postgres", "duckdb")),
    "kql": ("ruleconv_backends.kql", "KqlBackend", ()),
    "sentinel": ("ruleconv_backends.sentinel", "SentinelBackend", ()),
    "sigma": ("ruleconv_backends.sigma", "SigmaBackend", ()),
}
_LOSSY = ("sigma",)
"""Targets whose backend takes ``lossy=True``."""

GROUP = "ruleconv.backends"
"""Entry points of other packages: ``name = "package:Class"``; the class has ``dialects`` and takes one of them."""


def targets() -> tuple[str, ...]:
    """The languages that the bundled backends write."""
    return tuple(_BUNDLED)


@cache
def find(to: str, dialect: str = "", *, lossy: bool = False) -> Backend:
    """The backend for a language ("sql") and dialect ("postgres"). ``lossy``: one that leaves out, with a note, what it cannot say
    (where there is such a one). UsageError for what nobody offers."""
    if to in _BUNDLED:
        module, name, dialects = _BUNDLED[to]
        if dialects and dialect not in dialects:
            raise UsageError(f"no dialect {dialect!r} of {to}", hint=f"one of: {', '.join(dialects)}")
        made: Backend = getattr(import_module(module), name)(dialect, **({"lossy": True} if lossy and to in _LOSSY else {}))
        return made
    from importlib.metadata import entry_points  # slow to import, and rarely needed

    others = entry_points(group=GROUP)
    for point in others:
        if point.name == to:
            backend: Backend = point.load()(dialect)
            return backend
    raise UsageError(f"nothing translates to {to!r}", hint=f"one of: {', '.join(sorted({*_BUNDLED, *(point.name for point in others)}))}")
