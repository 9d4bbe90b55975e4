"""ATT&CK: what a rule says that it detects, with names."""

from __future__ import annotations

from collections.abc import Iterable

from ruleconv.inspection.model import Coverage, Tactic, Technique
from ruleconv.rulefile import attack


def of(tags: Iterable[str]) -> Coverage:
    """From tags as Sigma writes them: ``attack.initial-access``, ``attack.t1078.004``. A technique stands below the tactics of the rule
    that it serves, or below all of its own where the rule names none."""
    slugs: dict[str, None] = {}
    techniques: dict[str, Technique] = {}
    for tag in tags:
        written = tag.partition("attack.")[2] if tag.lower().startswith("attack.") else ""
        if attack.TECHNIQUE.fullmatch(written):
            techniques[written.upper()] = _technique(written.upper())
        elif written and not written[:1].isdigit() and (slug := _slug(written)):
            slugs[slug] = None
    if not slugs:
        slugs = dict.fromkeys(each for id_ in techniques for each in attack.tactics(id_))
    made = []
    for slug in slugs:
        serving = tuple(each for each in techniques.values() if _serves(each.id, slug))
        matrices = {attack.techniques()[each.id].matrix for each in serving}
        id_, name = attack.tactic_name(slug, *(matrices if len(matrices) == 1 else ()))
        made.append(Tactic(id_, name, slug, serving))
    return Coverage(tuple(made), tuple(techniques.values()))


def _slug(written: str) -> str:
    """ATT&CK's spelling of a tactic; empty for groups, software and other tags (``attack.g0007``)."""
    found = written.replace("_", "-").lower()
    return found if attack.to_sentinel(found) else ""


def _serves(technique: str, slug: str) -> bool:
    entry = attack.techniques().get(technique)
    return entry is not None and (slug in attack.tactics(technique) or slug in entry.former)


def _technique(id_: str) -> Technique:
    entry = attack.techniques().get(id_)
    name = attack.name_of(id_)
    if entry is None:
        return Technique(id_, name, "not known")
    if entry.successor:
        return Technique(id_, name or attack.name_of(entry.successor), f"revoked: now {entry.successor}")
    return Technique(id_, name, "deprecated" if entry.deprecated else "")
