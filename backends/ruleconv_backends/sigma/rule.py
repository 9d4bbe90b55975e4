"""The documents of a rule: what it says of itself, its log source, its detection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from ruleconv.rulefile.metadata import Metadata
from ruleconv.rulefile.yaml_text import Value as Yaml
from ruleconv.text import Source

_IDS = UUID("6b1d4f6e-2f6b-5d0f-9a39-1c1f3d1b8a52")
"""The namespace of the identifiers made here."""
_MAX_TITLE = 256
_NAMESPACES = ("attack", "car", "cve", "d3fend", "detection", "stp", "tlp")
_TAG = re.compile(r"[a-z0-9_-]+\.[a-z0-9_.-]+")
_RELATED = ("correlation", "derived", "merged", "obsolete", "renamed", "similar")
_LEVELS = ("informational", "low", "medium", "high", "critical")
_OF_THE_FILE = ("action", "<<")
"""Keys that say how the documents of a file hang together, not what a rule is."""
_STATUS = ("stable", "test", "experimental", "deprecated", "unsupported")


@dataclass(frozen=True, slots=True)
class About:
    """What all documents of one translation share. ``base``: what the identifiers are made of."""

    metadata: Metadata
    title: str
    base: str


def about(metadata: Metadata, source: Source | None, table: str) -> About:
    """The title is the rule's own, else the query's first comment, else the table's name."""
    text = source.text if source is not None else ""
    title = _one_line(metadata.title) or _comment(text) or f"Events of {table}"
    base = metadata.derived_from or (f"{text}/{metadata.again}" if metadata.again else text) or title
    return About(metadata, title[:_MAX_TITLE], base)


def document(about: About, suffix: str, part: Mapping[str, Yaml], *, fields: list[str], full: bool = True) -> dict[str, Yaml]:
    """One document: metadata around ``part`` (log source and detection, or a correlation). ``suffix`` tells the rules of one file apart.
    ``full=False``: a rule that only feeds a correlation, which carries the rest."""
    metadata = about.metadata
    title = f"{about.title[: _MAX_TITLE - len(suffix) - 3]} ({suffix})" if suffix else about.title
    made: dict[str, Yaml] = {"title": title, "id": str(uuid5(_IDS, f"{about.base}/{suffix}"))}
    own = _own_keys(metadata) if full else {}
    if name := part.get("name") or own.get("name"):
        made["name"] = name
    if metadata.taxonomy and metadata.origin == "sigma":
        made["taxonomy"] = metadata.taxonomy
    if full and (related := _related(metadata)):
        made["related"] = related
    made["status"] = metadata.status if metadata.status in _STATUS else "experimental"
    if metadata.description.strip():
        made["description"] = metadata.description.strip()
    if full:
        if references := list(dict.fromkeys(each for each in metadata.references if each.strip())):
            made["references"] = references
        if metadata.author.strip():
            made["author"] = metadata.author.strip()
        for name, value in (("date", metadata.date), ("modified", metadata.modified)):
            if (day := _day(value)) is not None:
                made[name] = day
        if tags := _tags(metadata.tags):
            made["tags"] = tags
    made.update(part)
    if full:
        if shown := fields or list(dict.fromkeys(metadata.fields)):
            made["fields"] = shown
        if positives := list(metadata.falsepositives):
            made["falsepositives"] = positives
        if metadata.license.strip():
            made["license"] = metadata.license.strip()
        if metadata.level in _LEVELS:
            made["level"] = metadata.level
    return made | {key: value for key, value in own.items() if key not in made}


def _own_keys(metadata: Metadata) -> dict[str, Yaml]:
    """Keys of a Sigma rule that Sigma does not ask for, as they were read: another Sigma rule keeps them."""
    if metadata.origin != "sigma":
        return {}
    return {key: value for key, value in metadata.extra.items() if key not in _OF_THE_FILE}  # type: ignore[misc]  # plain values out of YAML


def _related(metadata: Metadata) -> list[Yaml]:
    """The rules that this one came from, the translated one first."""
    pairs = [(metadata.id, "derived"), *((each.id, each.type) for each in metadata.related)]
    made: dict[str, str] = {}
    for id_, kind in pairs:
        if _is_uuid(id_) and kind in _RELATED:
            made.setdefault(str(UUID(id_)), kind)
    return [{"id": id_, "type": kind} for id_, kind in made.items()]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _tags(tags: tuple[str, ...]) -> list[str]:
    """Those that Sigma knows the namespace of, in its spelling, each once."""
    spelt = (tag.strip().lower().replace(" ", "-") for tag in tags)
    # The specification's spelling; collections of before 2024 write attack.defense_evasion.
    spelt = (tag.replace("_", "-") if tag.startswith("attack.") else tag for tag in spelt)
    return list(dict.fromkeys(tag for tag in spelt if _TAG.fullmatch(tag) and tag.split(".")[0] in _NAMESPACES and _is_whole(tag)))


def _is_whole(tag: str) -> bool:
    """CVEs are a year and a number."""
    return not tag.startswith("cve.") or re.fullmatch(r"cve\.\d+-\d+", tag) is not None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _comment(text: str) -> str:
    """The first line of a comment that leads the query and says something."""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("//"):
            return ""
        said = _one_line(stripped.strip("/#*-= "))
        if len(said) > 3 and not said.lower().startswith(("http:", "https:", "author", "date", "version")):
            return re.sub(r"^(?:title|name|rule|query|description|objective)\s*:\s*", "", said, flags=re.IGNORECASE).rstrip(".: ") or said
    return ""


def is_name(text: str) -> bool:
    """Whether conditions of correlations can call a rule so."""
    return re.fullmatch(r"[A-Za-z_][\w-]*", text) is not None and text.casefold() not in ("and", "or", "not")


def digest(base: str) -> str:
    """Eight digits that tell the rules made of one rule from those made of another."""
    return uuid5(_IDS, base).hex[:8]


def slug(text: str) -> str:
    """A name by which a correlation refers to a rule."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60] or "events"
