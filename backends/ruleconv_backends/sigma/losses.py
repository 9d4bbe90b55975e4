"""What a Sigma rule does not say of the query: notes, and refusals, which in a partial translation become notes as well.

Codes: SIW001 output only, SIW002 time filters, SIW003 limits, SIW004 groups for display, SIW005 windows, SIW006 dynamic values as text,
SIW007 comparisons of fields, SIW008 the trigger of a rule of Sentinel, SIW009 parts left out of a partial translation.
"""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.text import NOWHERE, Span


class AllLost(Unsupported):
    """None of the terms of a conjunction or disjunction can be said. ``parts``: the refusal of each."""

    def __init__(self, parts: list[Unsupported]) -> None:
        first = parts[0]
        super().__init__(first.construct, first.span, first.hint)
        self.parts = tuple(parts)


class Losses:
    """Collects the notes of one translation. ``lossy``: what is refused is left out, with a note that says which way the rule errs."""

    def __init__(self, lossy: bool = False) -> None:
        self.lossy = lossy
        self._notes: dict[Note, bool] = {}

    @property
    def notes(self) -> tuple[Note, ...]:
        return tuple(self._notes)

    def note(self, code: str, effect: Effect, message: str, span: Span = NOWHERE, *, of_groups: bool = False) -> None:
        """Each note once. ``effect``: on the events that are found; ``of_groups``: on the groups that a correlation finds of them."""
        self._notes.setdefault(Note(code, effect, message, span), of_groups)

    def extend(self, other: Losses) -> None:
        """Takes over what another one has collected."""
        self._notes.update(other._notes)

    def counted(self) -> None:
        """The events are counted, and more of them may be too many (``< 5``, ``== 5``, an average): what widens or narrows the events
        finds some groups more and some fewer."""
        one_way = (Effect.WIDENS, Effect.NARROWS)
        self._notes = {
            note if of_groups or note.effect not in one_way else replace(note, effect=Effect.CHANGES): of_groups
            for note, of_groups in self._notes.items()
        }

    def lose(self, error: Unsupported, effect: Effect, *, of_groups: bool = False) -> None:
        """A part that cannot be said: raises, or (``lossy``) notes that it was left out."""
        if not self.lossy:
            raise error
        for part in error.parts if isinstance(error, AllLost) else (error,):
            hint = f"; {part.hint}" if part.hint else ""
            self.note("SIW009", effect, f"left out: {part.construct} cannot be said in Sigma{hint}", part.span, of_groups=of_groups)
