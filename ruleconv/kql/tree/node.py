"""The base of all nodes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from ruleconv.text import NOWHERE, Span


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Node:
    """Base of all nodes. Equality leaves spans out. It and the text form stand here once: to generate both for seventy classes
    takes time at every start."""

    span: Span = field(default=NOWHERE, compare=False, kw_only=True)

    def _compared(self) -> tuple[object, ...]:
        return tuple(getattr(self, f.name) for f in fields(self) if f.compare)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and type(self) is type(other) and self._compared() == other._compared()

    def __hash__(self) -> int:
        try:
            return hash((type(self).__name__, self._compared()))
        except TypeError:  # the value of a dynamic literal may be a list
            return hash(type(self).__name__)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{f.name}={getattr(self, f.name)!r}' for f in fields(self))})"
