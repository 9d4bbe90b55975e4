"""ATT&CK as rules name it: the tactics in Sigma's and in Sentinel's spelling, and which tactics a technique serves.

Facts: ``data/tactics.txt``, ``data/attack.txt`` and ``data/attack_names.txt``, with their provenance beside them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_FOLDER = os.path.join(os.path.dirname(__file__), "data")
DATA = os.path.join(_FOLDER, "attack.txt")
NAMES = os.path.join(_FOLDER, "attack_names.txt")
_TACTICS = os.path.join(_FOLDER, "tactics.txt")

TECHNIQUE = re.compile(r"T\d{4}(?:\.\d{3})?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Technique:
    """``tactics``: today's, as ATT&CK spells them (``initial-access``). ``former``: those that it has lost since ATT&CK 18, which is what
    products may still show. ``successor``: of a revoked one, else empty. ``matrix``: enterprise, ics or mobile."""

    tactics: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    successor: str = ""
    matrix: str = "enterprise"
    deprecated: bool = False


@cache
def techniques() -> dict[str, Technique]:
    """By id, ``T1059.001``."""
    found = {}
    for line in _lines(DATA):
        name, now, before, marks, *_ = f"{line}\t\t\t".split("\t")
        matrix = next((mark for mark in marks.split() if mark != "deprecated"), "enterprise")
        successor = now[1:] if now.startswith("=") else ""
        found[name] = Technique(
            () if successor else tuple(now.split()), tuple(before.split()), successor, matrix, marks.endswith("deprecated")
        )
    return found


@cache
def _names() -> dict[str, tuple[str, ...]]:
    return {key: tuple(rest.split("\t")) for key, _, rest in (line.partition("\t") for line in _lines(NAMES))}


def name_of(technique: str) -> str:
    """``Valid Accounts: Cloud Accounts``; empty for one that is not known."""
    own = _names().get(technique, ("",))[0]
    parent = technique.partition(".")[0]
    return f"{_names()[parent][0]}: {own}" if own and parent != technique and parent in _names() else own


_ENTERPRISE_BEFORE_19 = {"defense-evasion": ("TA0005", "Defense Evasion")}
"""ATT&CK 19 calls TA0005 Stealth. The name is the mobile matrix' alone today (TA0030), which rules of Windows do not mean."""


def tactic_name(tactic: str, matrix: str = "enterprise") -> tuple[str, str]:
    """Id and name of a tactic in ATT&CK's spelling (``initial-access``): of one that it has no more, its name alone. ``matrix``: of the
    techniques that it stands above."""
    if matrix == "enterprise" and tactic in _ENTERPRISE_BEFORE_19:
        return _ENTERPRISE_BEFORE_19[tactic]
    found = _names().get(tactic, ())
    return (found[0], found[1]) if len(found) > 1 else ("", tactic.replace("-", " ").title().replace(" And ", " and "))


@cache
def _sentinel() -> dict[str, tuple[str, ...]]:
    """Sentinel's tactics, each with ATT&CK's names of it."""
    return {name: tuple(tactics.split()) for name, _, tactics in (line.partition("\t") for line in _lines(_TACTICS))}


@cache
def _to_sentinel() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, tactics in _sentinel().items():
        for tactic in tactics:
            found.setdefault(_folded(tactic), name)
    return found


def sentinel_tactics() -> tuple[str, ...]:
    """Every tactic that a Sentinel rule may name, in the order of the kill chain."""
    return tuple(_sentinel())


def to_sentinel(tactic: str) -> str:
    """Sentinel's name of a tactic in any spelling (``defense_evasion``, ``Stealth``); empty when it has none."""
    return _to_sentinel().get(_folded(tactic), "")


def from_sentinel(tactic: str, of_rule: Iterable[str] = ()) -> tuple[str, ...]:
    """ATT&CK's names of Sentinel's tactic. Where there are several (``DefenseEvasion`` is split today), those that a technique of
    the rule serves, else the first. Empty for what is no tactic."""
    names = next((names for name, names in _sentinel().items() if _folded(name) == _folded(tactic)), ())
    if not names:
        ours = to_sentinel(tactic)
        names = _sentinel()[ours] if ours else ()
    if len(names) < 2:
        return names
    served = {each for technique in of_rule for each in tactics(technique)}
    return tuple(name for name in names if name in served) or names[:1]


def names_of(tactic: str) -> tuple[str, ...]:
    """Every ATT&CK name that Sentinel's tactic stands for; none of what is no tactic."""
    ours = to_sentinel(tactic)
    return _sentinel()[ours] if ours else _sentinel().get(tactic, ())


def tactics(technique: str) -> tuple[str, ...]:
    """The tactics that a technique serves, or its successor does; none of an unknown one."""
    known = techniques()
    entry = known.get(technique, Technique())
    for _ in range(4):
        if not entry.successor:
            break
        entry = known.get(entry.successor, Technique())
    return entry.tactics


def current(technique: str) -> str:
    """The technique, or its successor where it was gone before ATT&CK 18 already (``T1086`` is ``T1059.001``)."""
    known = techniques()
    for _ in range(4):
        entry = known.get(technique)
        if entry is None or not entry.successor or entry.former:
            break
        technique = entry.successor
    return technique


def latest(technique: str) -> str:
    """The technique that stands for it in today's ATT&CK."""
    known = techniques()
    for _ in range(4):
        entry = known.get(technique)
        if entry is None or not entry.successor:
            break
        technique = entry.successor
    return technique


@cache
def version() -> str:
    """Of the enterprise matrix, ``19.2``."""
    with open(DATA, encoding="utf-8") as file:
        found = re.search(r"Enterprise (\d+\.\d+)", file.read(1000))
    return found[1] if found else ""


def _folded(tactic: str) -> str:
    return re.sub(r"[\W_]+", "", tactic).casefold()


def _lines(path: str) -> list[str]:
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]
