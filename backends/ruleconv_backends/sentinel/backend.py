"""Sentinel's analytics rules as YAML: the query through the KQL backend, and around it what the rule says about itself.

Sources: https://learn.microsoft.com/azure/sentinel/sentinel-analytic-rules-creation and the rule validation in Azure/Azure-Sentinel
(``.script/tests/detectionTemplateSchemaValidation``), which gives the limits. S45 and S46 say what becomes of what Sentinel has no key for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ruleconv.ir import query as q
from ruleconv.ir.fidelity import Effect, Note, Translation
from ruleconv.ir.walk import nodes
from ruleconv.rulefile import description, yaml_text
from ruleconv.rulefile.duration import short
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.rulefile.yaml_text import Value
from ruleconv.text import NOWHERE, Source, Span
from ruleconv_backends.kql import KqlBackend
from ruleconv_backends.sentinel.attack_keys import attack_keys
from ruleconv_backends.sentinel.connectors import required
from ruleconv_backends.sentinel.entities import mappings
from ruleconv_backends.sentinel.schedule import schedule

NAMESPACE = uuid.UUID("6d3b6a0e-5d0c-5c60-9c0b-4f0b1f3a7d52")
"""Of the ids that are derived from a rule's own id, or from its title and query."""

MAX_NAME, MAX_DESCRIPTION, MAX_QUERY = 256, 5000, 10_000

ORDER = (
    "id",
    "name",
    "description",
    "severity",
    "status",
    "requiredDataConnectors",
    "queryFrequency",
    "queryPeriod",
    "triggerOperator",
    "triggerThreshold",
    "tactics",
    "relevantTechniques",
    "tags",
    "query",
    "entityMappings",
    "customDetails",
    "alertDetailsOverride",
    "eventGroupingSettings",
    "incidentConfiguration",
    "suppressionEnabled",
    "suppressionDuration",
    "enabled",
    "version",
    "kind",
    "metadata",
)
"""The keys as Microsoft's rules order them; others stand at the end."""

_WITHOUT_MEANING = ("name", "action", "<<")
"""Keys of a Sigma rule that tie the documents of a file together."""

_SEVERITIES = {"informational": "Informational", "low": "Low", "medium": "Medium", "high": "High", "critical": "High"}


class SentinelBackend:
    """Writes whole rules; there is one dialect."""

    def __init__(self, dialect: str = "") -> None:
        self._kql = KqlBackend(dialect)

    def translate(
        self, query: q.Query, *, source: Source | None = None, now: int | None = None, metadata: Metadata = NO_METADATA
    ) -> Translation:
        """The rule as a YAML document, with the query's notes and those on what the rule cannot say. Raises Unsupported."""
        written = self._kql.translate(query, source=source, now=now, metadata=metadata)
        notes = list(written.notes)
        text = written.text.strip("\n") + "\n"
        if len(text) > MAX_QUERY:
            # Long lines need fewer blanks.
            text = self._kql.translate(query, source=source, now=now, metadata=metadata, width=1000).text.strip("\n") + "\n"
        if len(text) > MAX_QUERY:
            message = f"the query has {len(text):,} characters, of which Sentinel takes {MAX_QUERY:,}"
            notes.append(Note("SEW009", Effect.EXACT, message, metadata.place("detection", "correlation")))
        tables = tuple(dict.fromkeys(node.table for node in nodes(query) if isinstance(node, q.Source)))
        rule: dict[str, Value] = {"query": text, "requiredDataConnectors": required(tables)}
        given = _given(metadata) if metadata.origin == "sentinel" else {}
        if given.get("kind") != "NRT":
            if not {"queryFrequency", "queryPeriod"} <= given.keys():
                times = schedule(query, metadata)
                notes.extend(_at(times.notes, metadata.place("correlation", "detection")))
                rule |= {"queryFrequency": short(times.frequency), "queryPeriod": short(times.period)}
            rule |= {"triggerOperator": "gt", "triggerThreshold": 0, "kind": "Scheduled"}
        if found := mappings(query.columns, tables):
            rule["entityMappings"] = found
        rule["version"] = "1.0.0"
        rule |= _about(metadata, text, source, given, notes)
        rule |= given
        ordered = {key: rule[key] for key in sorted(rule, key=_place)}
        return Translation(yaml_text.write(ordered), tuple(notes), source)


def _given(metadata: Metadata) -> dict[str, Value]:
    """What a Sentinel rule says itself, unchanged; a key without a value says nothing."""
    return {key: value for key, value in metadata.raw.items() if value is not None}  # type: ignore[misc]  # plain values out of YAML


def _place(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _about(metadata: Metadata, query: str, source: Source | None, given: Mapping[str, Value], notes: list[Note]) -> dict[str, Value]:
    """The keys that the metadata gives, without those that are ``given``."""
    title = " ".join(metadata.title.split()) or _stem(source)
    keys = attack_keys(metadata.tags)
    made: dict[str, Value] = {
        "id": str(uuid.uuid5(NAMESPACE, metadata.derived_from or f"{title}\n{query}")),
        "name": _cut(title, MAX_NAME, "name", notes, metadata.place("title")),
        "status": "Available",
        "tactics": keys.tactics,
    }
    if "severity" not in given:
        made["severity"] = _severity(metadata, notes)
    if "description" not in given:
        made["description"] = _description(metadata, title, notes)
    if metadata.origin == "sigma" and (lost := [key for key in metadata.extra if key not in _WITHOUT_MEANING]):
        message = f"Sentinel has no place for the rule's own keys: {', '.join(map(str, lost))}"
        notes.append(Note("SEW010", Effect.EXACT, message, metadata.place(*map(str, lost))))
    if "tactics" not in given:
        notes.extend(_at(keys.notes, metadata.place("tags")))
    if keys.techniques:
        made["relevantTechniques"] = keys.techniques
    if keys.tags:
        made["tags"] = keys.tags
    if metadata.author:
        made["metadata"] = {"source": {"kind": "Community"}, "author": {"name": metadata.author}, "support": {"tier": "Community"}}
    return made


def _severity(metadata: Metadata, notes: list[Note]) -> str:
    severity = _SEVERITIES.get(metadata.level)
    if metadata.level == "critical":
        message = "Sentinel has no level critical; the severity is High, the description tells the level"
        notes.append(Note("SEW001", Effect.EXACT, message, metadata.place("level")))
    if severity is None:
        notes.append(Note("SEW002", Effect.EXACT, "the rule has no level; the severity is Medium", metadata.place("title")))
    return severity or "Medium"


def _description(metadata: Metadata, title: str, notes: list[Note]) -> str:
    """The rule's own, of which the end is cut if need be, and what is told after it."""
    if not metadata.description:
        notes.append(Note("SEW004", Effect.EXACT, "the rule has no description; its name stands for it", metadata.place("title")))
    told = ""
    if metadata.origin == "sigma":
        level = metadata.level if metadata.level == "critical" else ""
        told = "\n\n" + description.write(replace(metadata, description=""), level=level)
        place = metadata.place("references", "falsepositives", "fields")
        told = _cut(told, MAX_DESCRIPTION // 2, "list of references and false positives", notes, place).rstrip()
    own = _cut((metadata.description or title).strip(), MAX_DESCRIPTION - len(told), "description", notes, metadata.place("description"))
    return own + told


def _at(notes: Iterable[Note], place: Span) -> Iterable[Note]:
    """The notes, those without a place at this one."""
    return (note if note.span != NOWHERE else replace(note, span=place) for note in notes)


def _cut(text: str, limit: int, what: str, notes: list[Note], place: Span) -> str:
    if len(text) <= limit:
        return text
    notes.append(Note("SEW005", Effect.EXACT, f"the {what} has {len(text):,} characters and is cut to {limit:,}", place))
    return text[: limit - 1].rstrip() + "…"


def _stem(source: Source | None) -> str:
    """A name from the file's: of a bare query, which has no other."""
    name = source.name if source is not None else ""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].split(".", 1)[0].replace("_", " ").strip()
    return "Unnamed rule" if not stem or name.startswith("<") else stem
