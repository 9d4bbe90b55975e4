"""How faithful a translation is: its notes, each with a direction."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ruleconv.text import NOWHERE, Source, Span


class Effect(StrEnum):
    """What a deviation does to the rows that are found, from harmless to worst."""

    EXACT = "exact"
    WIDENS = "widens"
    """More rows than the rule asks for: noise."""
    NARROWS = "narrows"
    """Fewer rows: missed attacks."""
    CHANGES = "changes"
    """Other values or other rows, in a way that has no single direction."""
    REFUSED = "refused"

    @property
    def rank(self) -> int:
        return _RANK[self]


_RANK = {effect: at for at, effect in enumerate(Effect)}


@dataclass(frozen=True, slots=True)
class Note:
    """One thing a reader of the translation should know; ``code`` is stable (``SQW011``)."""

    code: str
    effect: Effect
    message: str
    span: Span = NOWHERE

    def __str__(self) -> str:
        return f"{self.code} ({self.effect.value}): {self.message}"


@dataclass(frozen=True, slots=True)
class Translation:
    """The text in the target language, with its notes; ``effect`` is the worst of theirs."""

    text: str
    notes: tuple[Note, ...] = ()
    source: Source | None = field(default=None, compare=False)

    @property
    def effect(self) -> Effect:
        return max((note.effect for note in self.notes), key=lambda effect: effect.rank, default=Effect.EXACT)
