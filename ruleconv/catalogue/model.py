"""The record that describes one KQL function or aggregate, once, for the binder, the writers, the tests and the documentation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Column, Type


class Naming(StrEnum):
    """The name of a column whose expression is a call of this function and has no name of its own."""

    NONE = "none"
    """``Column1``, ``Column2`` ... as for any expression."""
    ARGUMENT = "argument"
    """The name of the first argument: ``bin(t, 1h)`` is ``t``."""
    PREFIX = "prefix"
    """``prefix_argument``: ``strlen(s)`` is ``strlen_s``, ``sum(x)`` is ``sum_x``, ``sum(x + 1)`` is ``sum_``."""


class NullRule(StrEnum):
    """When the result is null (for a string result: empty)."""

    STRICT = "strict"
    """Null when an argument is null; otherwise not."""
    NEVER = "never"
    SOMETIMES = "sometimes"
    """Null also for arguments that are not (a failed conversion, a missing key)."""


ReturnRule: TypeAlias = Type | Callable[[tuple[Type, ...]], Type]
"""The result's type, or how it follows from the argument types (as the official parser has it)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """``types`` empty: any type. ``optional``: may be left out (so may all after it). ``repeated``: the last one, any number of times.
    ``constant``: must be a literal after binding. ``text``: a value of another type counts by its text, as ``tostring`` gives it, and
    comes to the template or the lowering function as that text."""

    name: str
    types: tuple[Type, ...] = ()
    optional: bool = False
    repeated: bool = False
    constant: bool = False
    text: bool = False


@dataclass(frozen=True, slots=True)
class Sql:
    """SQL templates in which ``_name`` stands for the argument of the parameter ``name``: ``SUBSTRING(_text FROM _start)``.

    A dialect of its own wins over ``both``. A template is parsed once by sqlglot, and argument *nodes* are put in: user text never
    meets string formatting. Optional parameters need a lowering function instead (``ruleconv_backends/sql/functions``)
    or a default: ``defaults=(("length", "1"),)`` (SQL text of a constant).
    """

    both: str = ""
    postgres: str = ""
    duckdb: str = ""
    defaults: tuple[tuple[str, str], ...] = ()

    def template(self, dialect: str) -> str:
        """The template for "postgres" or "duckdb"; empty when there is none."""
        return getattr(self, dialect, "") or self.both


@dataclass(frozen=True, slots=True)
class Deviation:
    """What every use of the function in SQL should be told: the translation differs from Kusto in this way."""

    effect: Effect
    message: str
    dialects: tuple[str, ...] = ("postgres", "duckdb")


@dataclass(frozen=True, slots=True)
class Example:
    """An expression without columns and the value that Kusto gives (as ``Result.rows`` would hold it; timespans as timedelta)."""

    kql: str
    value: object


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table that Kusto brings along and SQL must be given: its name and columns, the first of which is what it is searched by."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A scalar function.

    ``sql`` None: a lowering function of the backend, registered under ``name``, makes the SQL; where there is none, a use is refused
    with ``refusal`` as hint.
    String arguments come to templates and lowering functions never NULL (coalesced where the schema does not exclude it), except when
    ``empty_in_empty_out``: then NULL may flow through, since the result for "" is "" (``tolower``, ``trim``, ``substring``).
    ``window``: needs a serialized input (``prev``, ``row_number``). ``volatile``: two evaluations differ (``rand``).
    ``reads``: the table that the SQL looks its answers up in (S47).
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: ReturnRule
    doc: str
    nulls: NullRule = NullRule.STRICT
    aliases: tuple[str, ...] = ()
    naming: Naming = Naming.NONE
    prefix: str = ""
    empty_in_empty_out: bool = False
    window: bool = False
    volatile: bool = False
    sql: Sql | None = None
    deviation: Deviation | None = None
    refusal: str = ""
    examples: tuple[Example, ...] = ()
    reads: Lookup | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate function. ``default``: SQL text of the value for no (non-null) input, "" for NULL; ``prefix`` as in ``sum_x``,
    ``set_x``.

    ``conditional``: the last argument is a predicate, and only rows for which it is true count (``sumif``, ``make_set_if``): ``base`` names
    the plain aggregate. ``spreads``: gives several columns (``arg_max``, ``take_any``, ``percentiles``), which the binder takes apart.
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: ReturnRule
    doc: str
    aliases: tuple[str, ...] = ()
    naming: Naming = Naming.PREFIX
    prefix: str = ""
    default: str = ""
    conditional: bool = False
    base: str = ""
    spreads: bool = False
    nulls: NullRule = NullRule.SOMETIMES
    sql: Sql | None = None
    refusal: str = ""
    examples: tuple[Example, ...] = ()
    """``kql`` is a whole query that gives one row; ``value`` its first column."""


def first(types: tuple[Type, ...]) -> Type:
    """The result has the first argument's type."""
    return types[0]


def widest(types: tuple[Type, ...]) -> Type:
    """The widest of the arguments' numeric types (int < long < decimal < real); of other types, the first that is known."""
    order = [Type.INT, Type.LONG, Type.DECIMAL, Type.REAL]
    numeric = [t for t in types if t in order]
    if numeric and len(numeric) == len([t for t in types if t is not Type.UNKNOWN]):
        return max(numeric, key=order.index)
    return next((t for t in types if t is not Type.UNKNOWN), Type.UNKNOWN)
