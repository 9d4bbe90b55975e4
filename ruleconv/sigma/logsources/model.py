"""What the files say, checked: a ``Carrier`` (a table with the log sources that it serves) and the forms of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Type

Scalar: TypeAlias = "str | int | bool"
Filter: TypeAlias = "tuple[tuple[str, tuple[Scalar, ...]], ...]"
"""A column (or path) and the values that it may have, for each condition."""


@dataclass(frozen=True, slots=True)
class At:
    """A column, or a path into a dynamic column; ``type`` of the value at the end of a path."""

    path: tuple[str | int, ...]
    type: Type = Type.STRING
    parsed: bool = False
    """The column is a text that holds JSON."""


@dataclass(frozen=True, slots=True)
class Same:
    """A constant of these events."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Join:
    """Two texts with a separator between, which is left out where the second is empty, unless ``empty`` stands in for it."""

    first: Form
    second: Form
    separator: str
    empty: str = ""
    split: bool = True
    """The second never has the separator in it, so that a test can be put to the two apart."""


@dataclass(frozen=True, slots=True)
class First:
    """The first that is not empty."""

    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """A test holds when it holds for one of them."""

    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Hashes:
    """Sysmon's ``Hashes``: the column of each algorithm."""

    columns: tuple[tuple[str, Form], ...]


@dataclass(frozen=True, slots=True)
class Stripped:
    """A text without the front that it has here, in whatever case."""

    form: Form
    front: str


@dataclass(frozen=True, slots=True)
class Switch:
    """The form of the first condition that holds, else ``otherwise``."""

    cases: tuple[tuple[Filter, Form], ...]
    otherwise: Form


Form: TypeAlias = At | Same | Join | First | Either | Hashes | Stripped | Switch


@dataclass(frozen=True, slots=True)
class Field:
    """Where a Sigma field is, and how its values are spelt there (see README.md)."""

    form: Form
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    prefixes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    inside: tuple[tuple[str, tuple[str, ...]], ...] = ()
    only_name: bool = False
    json_text: bool = False
    missing: str = ""
    """What the column has where the field is missing (``-`` in W3C's logs)."""
    tagged: str = ""
    registry_type: At | None = None
    """The column that names the registry type: values are then spelt as Sysmon's ``Details`` in the rule and plainly here."""
    note: str = ""
    effect: Effect = Effect.EXACT


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which log sources: a part that is None fits any."""

    product: tuple[str, ...] | None = None
    category: tuple[str, ...] | None = None
    service: tuple[str, ...] | None = None

    @property
    def parts(self) -> tuple[tuple[str, ...] | None, ...]:
        return (self.product, self.category, self.service)


@dataclass(frozen=True, slots=True)
class Carrier:
    """One ``[[table]]``."""

    name: str
    platform: str
    logsources: tuple[Pattern, ...]
    fields: Mapping[str, Field]
    filter: Filter = ()
    rank: int = 10
    time: str = ""
    rest: str = ""
    rest_fields: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()
    requires: tuple[str, ...] = ()
    notes: tuple[tuple[Effect, str], ...] = ()
    keywords: tuple[At, ...] = ()
    alternative: bool = False
    file: str = ""
    arrays: frozenset[str] = frozenset()
    """Keys whose values are lists: no path leads through them."""
    fronts: tuple[tuple[str, At], ...] = ()
    """``front.`` -> the path that stands for it, longest first."""
    folded: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The names of ``fields`` and ``rest_fields`` by their case-folded form."""

    @property
    def is_wide(self) -> bool:
        return self.rest not in ("", ".")
