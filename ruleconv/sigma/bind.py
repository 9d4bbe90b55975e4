"""Sigma rules to IR: detections become predicates over the fields of their events, correlations a ``Correlate``.

In: the text of a Sigma file (one or several documents), a ``Platform``. Out: the rules that stand for themselves (a rule that only feeds a
correlation does not, unless it says ``generate: true``), each as a ``BoundRule``; or ParseError and Unsupported, with places.

Correlations are bound by ``correlation.py`` through three functions (``document`` is the whole YAML document that holds ``correlation:``):

- ``references(document, source) -> tuple[tuple[str, Span], ...]``: the names or ids of the rules that it refers to;
- ``asked_fields(document, source) -> Mapping[str, tuple[str, ...]]``: by such a reference, the fields that its events are asked for;
- ``bind_correlation(document, rules, source, metadata) -> CorrelationRule``, where ``rules`` maps each reference to its bound rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.fidelity import Note
from ruleconv.ir.query import Query
from ruleconv.rulefile.metadata import Metadata
from ruleconv.sigma.events import Platform
from ruleconv.text import Source


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule as a query whose rows are the events (a correlation: the groups) that it finds. ``notes``: what the query does not say itself,
    with its effect (the ones in ``query.notes`` are exact)."""

    query: Query
    metadata: Metadata
    notes: tuple[Note, ...] = ()


def bind(source: Source, platform: Platform, *, pipelines: Sequence[str] = ()) -> list[BoundRule]:
    """The rules of a Sigma file. ``pipelines``: pySigma processing pipelines, as YAML texts.

    Raises ParseError for what pySigma or the specification refuses, Unsupported for what the IR or the platform cannot say.
    """
    raise Unsupported("a Sigma rule", hint="this version reads KQL and Sentinel rules", source=source)
