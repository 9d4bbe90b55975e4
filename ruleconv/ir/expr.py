"""Scalar expressions of the IR: frozen, typed, with the span of the text that they came from.

Every axis on which the languages differ is a field and not a spelling: ``has_any``, ``in~``, ``!startswith_cs`` and
Sigma's ``|contains|all`` are all one ``Match``. Predicates are two-valued where the reader's language says so; how SQL's
third value is kept away is the lowering's business.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from ruleconv.ir.types import Type
from ruleconv.text import NOWHERE, Span

if TYPE_CHECKING:
    from ruleconv.ir.query import Rel

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"


class How(StrEnum):
    """How a pattern is compared with the subject."""

    EQUALS = "equals"
    CONTAINS = "contains"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    TERM = "term"
    """``has``: the pattern, bordered by non-alphanumerics or the string's ends."""
    TERM_PREFIX = "term_prefix"
    TERM_SUFFIX = "term_suffix"
    GLOB = "glob"
    """Sigma's ``*`` and ``?``."""
    REGEX = "regex"
    """An unanchored RE2 search."""
    CIDR = "cidr"


class Quantifier(StrEnum):
    ANY = "any"
    ALL = "all"


class Nulls(StrEnum):
    """What a missing subject means."""

    EMPTY = "empty"
    """KQL: a string has no null, missing is the empty string."""
    ABSENT = "absent"
    """Sigma: a missing field never matches (and its negation always does)."""
    UNKNOWN = "unknown"
    """SQL, and KQL for the types that have a null: neither true nor false."""


class Comparison(StrEnum):
    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="

    @property
    def mirrored(self) -> Comparison:
        """That of the sides in the other order: ``5 < x`` is ``x > 5``."""
        return Comparison(self.value.translate(_MIRROR))

    @property
    def opposite(self) -> Comparison:
        """What holds of two values (neither null) where this does not."""
        return _OPPOSITE[self]


_MIRROR = str.maketrans("<>", "><")
_OPPOSITE = {
    one: other
    for pair in ((Comparison.EQ, Comparison.NE), (Comparison.LT, Comparison.GE), (Comparison.GT, Comparison.LE))
    for one, other in (pair, pair[::-1])
}


class Operator(StrEnum):
    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    MOD = "%"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant. ``value`` by type: bool; int; float; Decimal; str; DATETIME an int of ticks (100 ns) since 0001-01-01; TIMESPAN an
    int of ticks; GUID its lower-case text; DYNAMIC any JSON value. None is the null of the type (never for STRING).
    """

    value: object
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A column of the stage's input. ``nullable`` as in ``Column``."""

    name: str
    type: Type
    nullable: bool = True
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A scalar function of the catalogue, by its canonical name there; aliases (``iif``, ``todynamic``) are resolved."""

    function: str
    args: tuple[Expr, ...]
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AggregateCall:
    """An aggregate of the catalogue, legal only in ``Aggregate`` and ``MakeSeries``.

    ``arg_max``/``arg_min``/``take_any`` over several columns become one call each: ``arg_max(by, what)``.
    """

    function: str
    args: tuple[Expr, ...]
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class WindowCall:
    """``row_number``, ``prev``, ``next``, ``row_cumsum``, ``row_rank_dense``, ``row_rank_min``, ``row_window_session``: over the
    order of the serialized input."""

    function: str
    args: tuple[Expr, ...]
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    terms: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False)
    type: Type = Type.BOOL


@dataclass(frozen=True, slots=True)
class Or:
    terms: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False)
    type: Type = Type.BOOL


@dataclass(frozen=True, slots=True)
class Not:
    """Kusto: ``not(null)`` is null."""

    term: Expr
    span: Span = field(default=NOWHERE, compare=False)
    type: Type = Type.BOOL


@dataclass(frozen=True, slots=True)
class Missing:
    """The event has no such field, or a null in it (Sigma's ``null`` and ``exists: false``). Never null itself; the empty string is not
    missing, though a language that has no null strings (KQL) cannot tell the two apart."""

    subject: Expr
    span: Span = field(default=NOWHERE, compare=False)
    type: Type = Type.BOOL


@dataclass(frozen=True, slots=True)
class AnyField:
    """The text of each field of the row (Sigma's keywords, KQL's ``*``): only as the subject of a ``Match``, of which each pattern
    is true when some field of the row matches it. ``of``: not of the row but of this dynamic value, at any depth."""

    span: Span = field(default=NOWHERE, compare=False)
    type: Type = Type.STRING
    of: Expr | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two values of comparable types. EQ and NE of strings are a ``Match``; of other types they follow
    Kusto's rule: null when both are null, otherwise false (EQ) or true (NE) when one is. The others give null for null.
    With ``nulls=ABSENT`` (Sigma) every comparison with a null is false, and its negation true."""

    op: Comparison
    left: Expr
    right: Expr
    nulls: Nulls = Nulls.UNKNOWN
    span: Span = field(default=NOWHERE, compare=False)
    type: Type = Type.BOOL


@dataclass(frozen=True, slots=True)
class Match:
    """The subject against one or more patterns. A pattern of type DYNAMIC stands for the elements of that array.

    ``negated`` is KQL's ``!`` form (``!in``, ``!has``): true where the plain form is false *or null*.
    The subject is a string, or (``EQUALS`` only: ``x in (1, 2)``) any type, or DYNAMIC (compared by its text, EQUALS by its value).
    """

    subject: Expr
    patterns: tuple[Expr, ...]
    how: How
    fold_case: bool
    quantifier: Quantifier = Quantifier.ANY
    nulls: Nulls = Nulls.EMPTY
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)
    type: Type = Type.BOOL


@dataclass(frozen=True, slots=True)
class MatchQuery:
    """As ``Match``, against the first column of a query's rows (``x in (T | project y)``, ``has_any ((T))``)."""

    subject: Expr
    query: Rel
    how: How
    fold_case: bool
    quantifier: Quantifier = Quantifier.ANY
    nulls: Nulls = Nulls.EMPTY
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)
    type: Type = Type.BOOL


@dataclass(frozen=True, slots=True)
class Between:
    """Inclusive at both ends; the binder has turned a timespan end into ``low + span``."""

    subject: Expr
    low: Expr
    high: Expr
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)
    type: Type = Type.BOOL


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left op right`` with Kusto's meaning: integer division truncates, ``%`` is never negative, datetime and timespan mix."""

    op: Operator
    left: Expr
    right: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Negate:
    operand: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Access:
    """One step into a dynamic value: a key (STRING expression) or an index (INT or LONG; negative from the end). DYNAMIC."""

    base: Expr
    key: Expr
    span: Span = field(default=NOWHERE, compare=False)
    type: Type = Type.DYNAMIC


@dataclass(frozen=True, slots=True)
class Case:
    """``case``/``iff``: the first branch whose condition is true (not null), else ``default``; all of type ``type``."""

    branches: tuple[tuple[Expr, Expr], ...]
    default: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Cast:
    """A conversion that the binder put in (int to real, a dynamic to a column's type), never one the user wrote: those are
    ``Call("tolong", ..)``. A value that does not fit gives null."""

    operand: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ScalarQuery:
    """``toscalar(T)``: first column of the first row, null if there is none. Not correlated."""

    query: Rel
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


Expr: TypeAlias = (
    Literal
    | ColumnRef
    | Call
    | AggregateCall
    | WindowCall
    | And
    | Or
    | Not
    | Missing
    | AnyField
    | Compare
    | Match
    | MatchQuery
    | Between
    | Arithmetic
    | Negate
    | Access
    | Case
    | Cast
    | ScalarQuery
)
