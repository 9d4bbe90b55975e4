"""What a Sentinel rule says about itself, in the vocabulary of Sigma.

Sources: https://learn.microsoft.com/azure/sentinel/sentinel-analytic-rules-creation, the rule validation in Azure/Azure-Sentinel. What a
Sigma rule says and Sentinel has no key for stands at the end of the description (S46); ``description.py`` writes and reads it.
"""

from __future__ import annotations

import re

from ruleconv.rulefile import attack, description, duration
from ruleconv.rulefile.metadata import Metadata
from ruleconv.rulefile.values import children, rest, text, texts
from ruleconv.rulefile.yaml_nodes import Node

LEVELS = ("informational", "low", "medium", "high")
QUERY = "query"
_PLACED = (QUERY, "id", "name", "description", "severity", "tactics", "relevantTechniques", "techniques", "subTechniques", "queryFrequency")
_SIGMA_TAG = re.compile(r"(?:attack|car|cve|d3fend|detection|stp|tlp)\.[a-z0-9._-]+")


def from_sentinel(root: Node) -> Metadata:
    """The metadata of an analytics rule or a hunting query. Never fails: what has another shape than it should is left out, and still
    found in ``raw``."""
    if root.kind != "mapping":
        return Metadata(origin="sentinel")
    level = text(root, "severity").lower()
    told = description.read(_without_quotes(text(root, "description")))
    author = next((text(each, "name") for meta in children(root, "metadata") for each in children(meta, "author")), "")
    found = rest(root, (*_PLACED, "queryPeriod"))
    title = text(root, "name") or text(root, "displayName")
    written = texts(root, "tags")
    # Of a rule that was made of Sigma's, every tag is Sigma's, and a description that only repeats the name is none.
    tags = written if told.facts else tuple(tag for tag in written if _SIGMA_TAG.fullmatch(tag))
    if tags == written:
        found.pop("tags", None)
    return Metadata(
        title=title,
        id=text(root, "id"),
        description="" if told.facts and told.text == title else told.text,
        status=told.facts.get("status", ""),
        level=told.facts.get("level", "") or (level if level in LEVELS else ""),
        author=author or told.facts.get("author", ""),
        date=told.facts.get("date", ""),
        modified=told.facts.get("modified", ""),
        license=told.facts.get("license", ""),
        references=told.references,
        tags=_tags(root, tags),
        falsepositives=told.falsepositives,
        fields=told.fields,
        related=told.related,
        logsource=told.logsource,
        frequency=duration.from_sentinel(text(root, "queryFrequency")),
        period=duration.from_sentinel(text(root, "queryPeriod")),
        extra=found,
        origin="sentinel",
        raw=rest(root, (QUERY,)),
    )


def _tags(root: Node, tags: tuple[str, ...]) -> tuple[str, ...]:
    """Tactics, techniques, then Sigma's tags that the rule carries as they are."""
    written = dict.fromkeys(each for key in ("relevantTechniques", "techniques", "subTechniques") for each in texts(root, key))
    techniques = [each.upper() for each in written if attack.TECHNIQUE.fullmatch(each)]
    found: dict[str, None] = {}
    carried = {attack.to_sentinel(tag.removeprefix("attack.")) for tag in tags if tag.startswith("attack.")} - {""}
    for tactic in texts(root, "tactics"):
        if attack.to_sentinel(tactic) not in carried:
            found.update(dict.fromkeys(f"attack.{each}" for each in attack.from_sentinel(tactic, techniques)))
    found.update(dict.fromkeys(tag for tag in tags if tag.startswith("attack.")))
    found.update(dict.fromkeys(f"attack.{each.lower()}" for each in techniques))
    return tuple(dict.fromkeys((*found, *tags)))


def _without_quotes(told: str) -> str:
    """Microsoft's own rules put quotes around a description that stands in a block."""
    if len(told) > 1 and told[0] == told[-1] and told[0] in "'\"" and told[0] not in told[1:-1]:
        return told[1:-1].strip()
    return told
