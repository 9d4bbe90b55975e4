"""A rule's tags as Sentinel's ``tactics`` and ``relevantTechniques``, and what stays a tag.

Sentinel knows its own list of tactics and ATT&CK's techniques, and shows a technique only below a tactic that the rule names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ruleconv.ir.fidelity import Effect, Note
from ruleconv.rulefile import attack


@dataclass(frozen=True, slots=True)
class AttackKeys:
    """``tags``: those that the two other lists do not give back."""

    tactics: tuple[str, ...]
    techniques: tuple[str, ...]
    tags: tuple[str, ...]
    notes: tuple[Note, ...]


def attack_keys(tags: Iterable[str]) -> AttackKeys:
    """The keys for a rule's tags (``attack.t1059.001``, ``attack.defense_evasion``, ``cve.2021-44228``)."""
    tactics: dict[str, list[str]] = {}
    techniques: dict[str, str] = {}
    rest: dict[str, str] = {}
    notes: list[Note] = []
    for tag in tags:
        name = tag.lower().removeprefix("attack.")
        if not tag.lower().startswith("attack."):
            rest[tag] = tag
        elif attack.TECHNIQUE.fullmatch(name):
            technique = attack.current(name.upper())
            if _tactics(technique):
                techniques[technique] = tag
            else:
                rest[tag] = tag
                notes.append(Note("SEW006", Effect.EXACT, f"{name.upper()} is no technique of ATT&CK; it stays a tag"))
        elif tactic := attack.to_sentinel(name):
            tactics.setdefault(tactic, []).append(name.replace("_", "-"))
        else:
            rest[tag] = tag
    for tactic, names in tactics.items():
        # The tags of a tactic that Sentinel's does not bring back (Stealth is DefenseEvasion to it).
        if set(attack.from_sentinel(tactic, techniques)) != set(names):
            rest.update({f"attack.{name}": name for name in names})
    notes.extend(_complete(tactics, techniques))
    return AttackKeys(tuple(tactics), tuple(techniques), tuple(rest), tuple(notes))


def _complete(tactics: dict[str, list[str]], techniques: Iterable[str]) -> Iterable[Note]:
    """Adds the tactics of a technique none of whose tactics the rule names."""
    named = frozenset(tactics)
    for technique in techniques:
        known = attack.techniques()[technique]
        if named.isdisjoint(filter(None, map(attack.to_sentinel, (*known.tactics, *known.former, *attack.tactics(technique))))):
            new = [each for each in _tactics(technique) if each not in tactics]
            tactics.update({each: [] for each in new})
            if new and named:
                message = f"{', '.join(new)} added to the tactics: {technique} is shown below a tactic only"
                yield Note("SEW007", Effect.EXACT, message)


def _tactics(technique: str) -> tuple[str, ...]:
    """In Sentinel's spelling, today's (of a revoked technique, its successor's)."""
    found = (attack.to_sentinel(each) for each in attack.tactics(technique))
    return tuple(dict.fromkeys(each for each in found if each))
