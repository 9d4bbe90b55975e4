"""An ``Inspection``: everything that can be said of one rule at a glance, as plain frozen data.

``as_json.py`` writes it as it stands here, and ``inspection.schema.json`` publishes that form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

FORMAT = 1
"""Of the JSON form; it grows when a reader of an older one could stumble."""


class Test(StrEnum):
    """How a field is compared with values."""

    EQ = "eq"
    IN = "in"
    CONTAINS = "contains"
    TERM = "term"
    """Between non-alphanumeric characters (``has``)."""
    TERM_PREFIX = "term_prefix"
    TERM_SUFFIX = "term_suffix"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    GLOB = "glob"
    REGEX = "regex"
    CIDR = "cidr"
    IS_NULL = "is_null"
    IS_NOT_NULL = "is_not_null"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"
    RANGE = "range"
    """Two values, both inclusive."""
    FUNCTION = "function"
    """A function that says yes or no, named in ``operator``; ``values`` are its other arguments."""


class Role(StrEnum):
    """What a test is there for."""

    MATCH = "match"
    """Events must pass it (or one of several that are joined by or)."""
    EXCLUSION = "exclusion"
    """Events that pass it are left out."""
    TIME = "time"
    """It bounds the time that the rule looks at."""
    CONDITION = "condition"
    """A value is computed by it (``iff``, ``countif``, a bool column); no event is left out."""
    LOOKUP = "lookup"
    """It chooses the rows of a set with which events are compared (``in (T | where ..)``, ``toscalar``)."""


class Known(StrEnum):
    """Where a value comes from."""

    CONSTANT = "constant"
    LET = "let"
    """A let whose value only a run tells; ``name`` is the let's."""
    QUERY = "query"
    """A subquery or ``toscalar``."""
    WATCHLIST = "watchlist"
    EXTERNAL = "external"
    TABLE = "table"
    FIELD = "field"
    """Another field of the same event."""
    TIME = "time"
    """A time that counts from the run (``ago(1d)``)."""
    EXPRESSION = "expression"


@dataclass(frozen=True, slots=True)
class Place:
    """In the file, from 1; ``start`` and ``end`` count its characters from 0."""

    line: int
    column: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Value:
    """``text``: of a constant its value (no quotes), else what was written. ``type``: Kusto's name of its type."""

    text: str
    type: str = "string"
    known: Known = Known.CONSTANT
    name: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A field, how it is tested, and the values: ``CommandLine has_all ("a", "b")``.

    ``field``: as the rule names it (a path: ``InitiatedBy.user.id``; ``*``: any field; a computed value: what was written); ``of``: what
    a computed column is made of; ``through``: functions around the field, outermost first. ``operator``: of the rule's language.
    ``all_values``: each of them must match, else one. ``case_sensitive``: None where case says nothing. ``negated``: the test must fail.
    ``required``: within its stage no other test can stand in for it (legs of a union can for each other). ``sources``: the columns of
    tables (or paths in them) that the field is, by whatever names it has on the way (``AuditLogs.InitiatedBy.user.id``); none of a value
    that is computed. ``stages``: the numbers of those that have it.
    """

    field: str
    kind: Test
    values: tuple[Value, ...] = ()
    operator: str = ""
    all_values: bool = False
    case_sensitive: bool | None = None
    negated: bool = False
    role: Role = Role.MATCH
    required: bool = True
    of: str = ""
    through: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What is left out: events for which all ``conditions`` hold. ``form``: ``not``, an operator (``!in``), ``leftanti``, or the name of a
    Sigma search (``filter_main``). ``text``: as written."""

    form: str
    conditions: tuple[Indicator, ...]
    text: str
    stage: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Predicate:
    """One of the tests of a stage that all must hold, as written."""

    text: str
    excludes: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Branch:
    """Stages within a stage: a leg of a union, the other table of a join, a subquery, the body of ``mv-apply``."""

    kind: str
    label: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """``number``: ``4``, of folded ones ``5-7``, in a branch ``1a.2``, in a let ``name.2``. ``texts``: one for each operator that is folded
    here; of a union or join, without its branches. ``lets``: those that it refers to."""

    number: str
    kind: str
    texts: tuple[str, ...]
    place: Place
    lets: tuple[str, ...] = ()
    predicates: tuple[Predicate, ...] = ()
    branches: tuple[Branch, ...] = ()

    def walk(self) -> Iterator[Stage]:
        """The stage, then those of its branches."""
        yield self
        for branch in self.branches:
            for stage in branch.stages:
                yield from stage.walk()


@dataclass(frozen=True, slots=True)
class Binding:
    """A ``let``, or a named search of a Sigma rule. ``kind``: value, table, function, search. ``value``: the constant(s) that it stands
    for. ``used_by``: numbers of stages, names of other lets."""

    name: str
    kind: str
    text: str
    values: tuple[Value, ...] = ()
    stages: tuple[Stage, ...] = ()
    used_by: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """``kind``: entity, detail, alert. ``name``: ``Account.FullName``, the detail's name, the part of the alert."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class OutputField:
    """A column of the result. ``made_by``: kinds, and ``stages`` the numbers, of the stages that name it last (a union has one for each
    leg); ``of``: what it is made of there. ``listed``: the rule names it, it does not just come along with its table."""

    name: str
    type: str
    made_by: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    listed: bool = True
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A column that the rule's alert uses, and that the result may not have (``found`` None: its columns are not all known)."""

    column: str
    use: Use
    found: bool | None


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """``period``: the longest time that the rule looks back, ``14d``; ``origin``: where that is said (queryPeriod, timespan, a predicate).
    ``frequency``: of its runs. ``bounds``: the tests of time in the query."""

    period: str = ""
    frequency: str = ""
    origin: str = ""
    bounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Technique:
    id: str
    name: str
    note: str = ""
    """That it is revoked (with its successor), deprecated, or not known."""


@dataclass(frozen=True, slots=True)
class Tactic:
    """``slug``: ATT&CK's (``privilege-escalation``); ``techniques``: those of the rule that serve it."""

    id: str
    name: str
    slug: str
    techniques: tuple[Technique, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """``techniques``: all of the rule, also those whose tactics it does not name."""

    tactics: tuple[Tactic, ...] = ()
    techniques: tuple[Technique, ...] = ()


@dataclass(frozen=True, slots=True)
class LogSource:
    product: str = ""
    category: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What a catalogue shows first. ``source``: of the rule's file (who gave it, as far as the file says). ``operators``, ``functions``: of
    the query, in the order of first sight. ``keywords``: words to find the rule by."""

    title: str = ""
    id: str = ""
    description: str = ""
    severity: str = ""
    status: str = ""
    author: str = ""
    source: str = ""
    date: str = ""
    modified: str = ""
    version: str = ""
    kind: str = ""
    trigger: str = ""
    references: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    connectors: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    logsources: tuple[LogSource, ...] = ()
    operators: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something is missing here: the query has an error, or says what the binder cannot."""

    code: str
    message: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """One rule. ``language``: kql, sentinel, sigma, sql. ``open``: not all columns of the result are known."""

    language: str
    card: Card
    window: TimeWindow
    coverage: Coverage
    stages: tuple[Stage, ...] = ()
    lets: tuple[Binding, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    output: tuple[OutputField, ...] = ()
    open: bool = False
    mappings: tuple[Mapping, ...] = ()
    problems: tuple[Problem, ...] = ()
    filename: str = ""
    fingerprint: str = ""
    """The same for two rules that select the same rows by the same tests, whatever their names, order and layout."""

    @property
    def stage_count(self) -> int:
        """Operators and sources, those of branches included, folded ones one by one; those of lets are not counted."""
        return sum(len(stage.texts) for top in self.stages for stage in top.walk())
