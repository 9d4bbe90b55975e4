"""The card of a rule: what it says about itself, and what its query shows at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ruleconv.inspection.model import Card, Indicator, Known, LogSource, Role
from ruleconv.rulefile.metadata import Metadata

MOST_KEYWORDS = 40
LONGEST_KEYWORD = 60
_TRIGGERS = {"gt": ">", "lt": "<", "eq": "==", "ne": "!=", "GreaterThan": ">", "LessThan": "<", "Equal": "==", "NotEqual": "!="}


def of(
    metadata: Metadata,
    raw: Mapping[str, object],
    *,
    tables: Iterable[str] = (),
    operators: Iterable[str] = (),
    functions: Iterable[str] = (),
    indicators: Iterable[Indicator] = (),
) -> Card:
    """``raw``: the rule's keys as they stand in its file."""
    names = tuple(dict.fromkeys(tables))
    tags = tuple(tag for tag in metadata.tags if not tag.lower().startswith("attack."))
    written = raw.get("tags")
    if isinstance(written, list):
        more = (each for each in written if isinstance(each, str) and not each.lower().startswith("attack."))
        tags = tuple(dict.fromkeys((*tags, *more)))
    return Card(
        title=metadata.title,
        id=metadata.id,
        description=metadata.description,
        severity=metadata.level,
        status=metadata.status,
        author=metadata.author,
        source=_source(raw),
        date=metadata.date,
        modified=metadata.modified,
        version=_text(raw.get("version")),
        kind=_text(raw.get("kind")),
        trigger=_trigger(raw),
        references=metadata.references,
        falsepositives=metadata.falsepositives,
        tags=tags,
        connectors=tuple(dict.fromkeys(_text(each.get("connectorId")) for each in _mappings(raw.get("requiredDataConnectors")))),
        tables=names,
        logsources=(_logsource(metadata.logsource),) if metadata.logsource else (),
        operators=tuple(dict.fromkeys(operators)),
        functions=tuple(dict.fromkeys(functions)),
        keywords=tuple(keywords(tags, names, indicators)),
    )


def keywords(tags: Iterable[str], tables: Iterable[str], indicators: Iterable[Indicator]) -> list[str]:
    """Words that somebody would look for: the rule's tags and tables, the fields that it matches, the texts that it matches them with."""
    found: dict[str, None] = dict.fromkeys((*tags, *tables))
    asked = [each for each in indicators if each.role in (Role.MATCH, Role.LOOKUP, Role.CONDITION)]
    found.update(dict.fromkeys(each.field for each in asked if each.field.replace(".", "").replace("_", "").isalnum()))
    for each in asked:
        for value in each.values:
            word = value.text.strip(" \\/*")
            if value.known is Known.CONSTANT and value.type == "string" and 2 < len(word) <= LONGEST_KEYWORD:
                found[word] = None
    return list(found)[:MOST_KEYWORDS]


def _source(raw: Mapping[str, object]) -> str:
    """Who gave the rule: Sentinel's ``metadata.source.kind`` and ``support.tier``."""
    meta = raw.get("metadata")
    if not isinstance(meta, dict):
        return ""
    source, support = meta.get("source"), meta.get("support")
    parts = [_text(source.get("kind")) if isinstance(source, dict) else "", _text(support.get("tier")) if isinstance(support, dict) else ""]
    return " / ".join(dict.fromkeys(part for part in parts if part))


def _trigger(raw: Mapping[str, object]) -> str:
    operator, threshold = _text(raw.get("triggerOperator")), _text(raw.get("triggerThreshold"))
    return f"rows {_TRIGGERS.get(operator, operator)} {threshold}" if operator and threshold else ""


def _logsource(given: Mapping[str, str]) -> LogSource:
    return LogSource(given.get("product", ""), given.get("category", ""), given.get("service", ""))


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _mappings(value: object) -> list[dict[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
