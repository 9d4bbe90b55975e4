"""The ATT&CK techniques and tactics that a rule names: ``tactics`` and ``relevantTechniques`` of Sentinel, ``attack.*`` tags of Sigma."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ruleconv.linter.subject import Subject
from ruleconv.rulefile import attack
from ruleconv.rulefile.model import Kind

if TYPE_CHECKING:
    from ruleconv.rulefile.yaml_nodes import Node

PREFIX = "attack."
_ID = re.compile(r"[tT][-_ ]?\d[\w.]*")
_OTHER = re.compile(r"(?:[gsc]|ta|ds|da|det)\d+", re.IGNORECASE)
"""Groups, software, campaigns, tactics by number, data sources."""

_FEW = 4
"""Rules whose tags are remembered: a dozen lint rules ask for those of one rule, then for the next one's."""
TECHNIQUE_KEYS = ("relevantTechniques", "techniques", "subTechniques")


@dataclass(frozen=True, slots=True)
class Tag:
    """``text`` is what stands for the technique or tactic, without Sigma's ``attack.``; ``sigma``: whether it had that."""

    node: Node
    text: str
    sigma: bool

    def spelt(self, name: str) -> str:
        """The scalar's text with another technique or tactic."""
        return PREFIX + name.lower() if self.sigma else name


@lru_cache(maxsize=_FEW)
def techniques(subject: Subject) -> tuple[Tag, ...]:
    """As they are written, well or ill."""
    if subject.kind is Kind.SIGMA:
        return tuple(tag for tag in _sigma(subject) if _ID.match(tag.text))
    return tuple(Tag(node, node.text, False) for key in TECHNIQUE_KEYS for node in subject.items(key))


@lru_cache(maxsize=_FEW)
def tactics(subject: Subject) -> tuple[Tag, ...]:
    """As they are written, well or ill."""
    if subject.kind is Kind.SIGMA:
        return tuple(tag for tag in _sigma(subject) if not _ID.match(tag.text) and not _OTHER.fullmatch(tag.text))
    return tuple(Tag(node, node.text, False) for node in subject.items("tactics"))


def _sigma(subject: Subject) -> list[Tag]:
    return [Tag(node, node.text[len(PREFIX) :], True) for node in subject.items("tags") if node.text.lower().startswith(PREFIX)]


def known(tag: Tag) -> attack.Technique | None:
    """The technique that a tag names."""
    return attack.techniques().get(tag.text.upper())


@cache
def tactic_names() -> frozenset[str]:
    """Every tactic of every matrix, today's and those of ATT&CK 18."""
    found = {name for each in attack.techniques().values() for name in (*each.tactics, *each.former)}
    return frozenset(found | {"reconnaissance", "resource-development"})


def folded(text: str) -> str:
    """A tactic's name as ATT&CK spells names."""
    return text.lower().replace("_", "-").replace(" ", "-")


def named_tactics(subject: Subject) -> set[str]:
    """ATT&CK's names of the tactics that the rule lists; of Sentinel's ``DefenseEvasion`` all that it stands for."""
    found: set[str] = set()
    for tag in tactics(subject):
        if tag.sigma:
            found.add(folded(tag.text))
        else:
            found.update(attack.names_of(tag.text))
    return found


def served(tag: Tag, version: str) -> tuple[str, ...]:
    """The tactics of the technique in that version of ATT&CK; none of an unknown one."""
    technique = known(tag)
    if technique is None:
        return ()
    names = technique.tactics or attack.tactics(tag.text.upper())
    return (*names, *technique.former) if version == "18" or not tag.sigma else names
