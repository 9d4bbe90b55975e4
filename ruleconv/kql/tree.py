"""The syntax tree of KQL: what was written, with spans. It keeps spelling (for round trips, format and lint); meaning is the IR's.

Names follow Kusto's documentation. Every node has ``span``, in characters of the query.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TypeAlias

from ruleconv.ir.types import Type
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
        return hash((type(self).__name__, self._compared()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{f.name}={getattr(self, f.name)!r}' for f in fields(self))})"


# ---------------------------------------------------------------- expressions
@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Literal(Node):
    """A constant; ``value`` as in ``ir.expr.Literal``, ``text`` as written. A bare ``null`` inside dynamic is part of the dynamic."""

    value: object
    type: Type
    text: str


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Name(Node):
    """A column, table, let, function without parentheses, ``$left``, ``$right``; ``quoted``: ``['my name']``."""

    name: str
    quoted: bool = False


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Wildcard(Node):
    """``*`` alone, or a name with ``*`` in it, where a list takes them."""

    pattern: str


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Path(Node):
    """``base.name``, also ``base.['name']``, ``cluster('c').database('d').T`` (with a Call in its base), ``database('d').T*``."""

    base: Expr
    member: Name | Call | Wildcard


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Index(Node):
    """``base[key]``."""

    base: Expr
    key: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Call(Node):
    """``name(args)``. An argument may be a NamedExpr (``b=1``), a Wildcard, a Pipeline."""

    name: str
    args: tuple[Expr, ...]
    name_span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class NamedExpr(Node):
    """``name = value`` or ``(a, b) = value``."""

    names: tuple[Name, ...]
    value: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Unary(Node):
    """``-x``, ``+x``."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Binary(Node):
    """Arithmetic, comparison, ``and``/``or``, string operators with one right side (``has``, ``!contains_cs``, ``matches regex``, ``:``).

    A run of more than 64 ``and`` or ``or`` is a balanced tree (they are associative), so that no walk recurses deep.
    """

    op: str
    left: Expr
    right: Expr
    op_span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class InList(Node):
    """``in``, ``!in``, ``in~``, ``!in~``, ``has_any``, ``has_all`` with what stands in the parentheses."""

    op: str
    subject: Expr
    items: tuple[Expr, ...]
    op_span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Between(Node):
    """``subject between (low .. high)``, ``!between``."""

    negated: bool
    subject: Expr
    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Parenthesized(Node):
    """``(inner)``; a Pipeline inside makes it a table."""

    inner: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class TypeOf(Node):
    """``typeof(long)``, ``typeof(a:long, *)``: one type, or a schema (``columns``; ``open`` when it has a ``*``)."""

    type: Type | None
    columns: tuple[ColumnDeclaration, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ColumnDeclaration(Node):
    """``name:type`` of a datatable, an externaldata, a parse pattern, a function's tabular parameter."""

    name: Name
    type: Type


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Parameter(Node):
    """An option: ``kind=inner``, ``hint.strategy=shuffle``, ``withsource=T``, ``with_itemindex=i``, ``bin=legacy``."""

    name: str
    value: Expr


# ---------------------------------------------------------------- tables
@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Pipeline(Node):
    """``source | operator | operator``. A source alone is just itself, except in ``partition by key { T }``: there, no operators."""

    source: Expr
    operators: tuple[TabularOperator, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class DataTable(Node):
    columns: tuple[ColumnDeclaration, ...]
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ExternalData(Node):
    columns: tuple[ColumnDeclaration, ...]
    uris: tuple[Expr, ...]
    properties: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Print(Node):
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Range(Node):
    name: Name
    start: Expr
    stop: Expr
    step: Expr


# ---------------------------------------------------------------- tabular operators
@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Where(Node):
    predicate: Expr
    keyword: str = "where"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Extend(Node):
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Project(Node):
    """``project``, ``project-away``, ``project-keep``, ``project-rename``."""

    keyword: str
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ReorderItem(Node):
    value: Expr
    order: str = ""
    """``asc``, ``desc``, ``granny-asc``, ``granny-desc`` or nothing."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ProjectReorder(Node):
    items: tuple[ReorderItem, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Summarize(Node):
    parameters: tuple[Parameter, ...]
    aggregates: tuple[Expr, ...]
    keys: tuple[Expr, ...]
    has_by: bool = False


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Distinct(Node):
    parameters: tuple[Parameter, ...]
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Count(Node):
    as_name: Name | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Take(Node):
    keyword: str
    count: Expr
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Sample(Node):
    count: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SampleDistinct(Node):
    count: Expr
    value: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Ordered(Node):
    """``value asc nulls first``; ``order`` and ``nulls`` are empty when not written."""

    value: Expr
    order: str = ""
    nulls: str = ""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Sort(Node):
    keyword: str
    keys: tuple[Ordered, ...]
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Top(Node):
    count: Expr
    keys: tuple[Ordered, ...]
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class TopNestedLevel(Node):
    count: Expr | None
    value: Expr
    others: Expr | None
    by: Ordered


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class TopNested(Node):
    levels: tuple[TopNestedLevel, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class TopHitters(Node):
    count: Expr
    value: Expr
    by: Expr | None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Join(Node):
    """``join`` and ``lookup`` (``keyword``). ``on`` holds names and ``$left.a == $right.b`` comparisons (``and`` split up)."""

    keyword: str
    parameters: tuple[Parameter, ...]
    right: Expr
    on: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Union(Node):
    """As source or as operator (then the input is the first leg)."""

    parameters: tuple[Parameter, ...]
    legs: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class MvExpandItem(Node):
    """``name = value to typeof(type)``."""

    name: Name | None
    value: Expr
    to: TypeOf | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class MvExpand(Node):
    keyword: str
    parameters: tuple[Parameter, ...]
    items: tuple[MvExpandItem, ...]
    limit: Expr | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class MvApply(Node):
    parameters: tuple[Parameter, ...]
    items: tuple[MvExpandItem, ...]
    limit: Expr | None
    body: SubPipeline


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SubPipeline(Node):
    """Operators without a source: the body of ``mv-apply``, ``partition``, ``fork``, ``facet``. ``statements``: lets before it."""

    operators: tuple[TabularOperator, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Parse(Node):
    """``parse``, ``parse-where``. ``pattern``: Wildcard ``*``, Literal strings, Names and ColumnDeclarations."""

    keyword: str
    parameters: tuple[Parameter, ...]
    subject: Expr
    pattern: tuple[Wildcard | Literal | Name | ColumnDeclaration | Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ParseKv(Node):
    subject: Expr
    keys: tuple[ColumnDeclaration, ...]
    properties: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SeriesItem(Node):
    value: Expr
    default: Expr | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class MakeSeries(Node):
    parameters: tuple[Parameter, ...]
    items: tuple[SeriesItem, ...]
    axis: Expr
    start: Expr | None
    stop: Expr | None
    step: Expr
    keys: tuple[Expr, ...]
    in_range: bool = False
    """The old form ``on t in range(start, stop, step)``, whose stop is inclusive."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Search(Node):
    """As source or as operator. ``tables``: the ``in (..)`` list."""

    parameters: tuple[Parameter, ...]
    tables: tuple[Expr, ...]
    predicate: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Find(Node):
    parameters: tuple[Parameter, ...]
    tables: tuple[Expr, ...]
    predicate: Expr
    project: tuple[Expr, ...] = ()
    """Names and ColumnDeclarations; ``pack(*)`` is a Call."""
    project_smart: bool = False
    project_away: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Evaluate(Node):
    parameters: tuple[Parameter, ...]
    call: Call
    schema: TypeOf | None = None
    """``: (a:long, *)`` after the call."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Invoke(Node):
    call: Call


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Serialize(Node):
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ScanStep(Node):
    name: Name
    optional: bool
    output: str
    condition: Expr
    assignments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ScanDeclaration(Node):
    column: ColumnDeclaration
    default: Expr | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Scan(Node):
    parameters: tuple[Parameter, ...]
    order: tuple[Ordered, ...]
    partition: tuple[Expr, ...]
    declared: tuple[ScanDeclaration, ...]
    steps: tuple[ScanStep, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Partition(Node):
    """``partition by key (body)`` or ``partition by key { query }``."""

    parameters: tuple[Parameter, ...]
    key: Expr
    body: SubPipeline | Pipeline


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class As(Node):
    name: Name
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class GetSchema(Node):
    keyword: str = "getschema"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Render(Node):
    chart: str
    properties: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Reduce(Node):
    parameters: tuple[Parameter, ...]
    value: Expr
    properties: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Consume(Node):
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Fork(Node):
    branches: tuple[tuple[Name | None, SubPipeline], ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Facet(Node):
    values: tuple[Expr, ...]
    body: SubPipeline | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class OtherOperator(Node):
    """An operator that is read but not modelled (``make-graph``, ``graph-match`` ...): its words, for a refusal by name."""

    keyword: str
    text: str


TabularOperator: TypeAlias = (
    Where
    | Extend
    | Project
    | ProjectReorder
    | Summarize
    | Distinct
    | Count
    | Take
    | Sample
    | SampleDistinct
    | Sort
    | Top
    | TopNested
    | TopHitters
    | Join
    | Union
    | MvExpand
    | MvApply
    | Parse
    | ParseKv
    | MakeSeries
    | Search
    | Find
    | Evaluate
    | Invoke
    | Serialize
    | Scan
    | Partition
    | As
    | GetSchema
    | Render
    | Reduce
    | Consume
    | Fork
    | Facet
    | OtherOperator
)


# ---------------------------------------------------------------- statements
@dataclass(frozen=True, slots=True, repr=False, eq=False)
class FunctionParameter(Node):
    """``name:type = default``, or tabular: ``T:(a:long, *)`` (``schema``)."""

    name: Name
    type: Type | None
    schema: TypeOf | None = None
    default: Expr | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class FunctionDeclaration(Node):
    """``(x:long) { statements; expression }``; ``view``: written with ``view``."""

    parameters: tuple[FunctionParameter, ...]
    statements: tuple[Statement, ...]
    body: Expr | None
    view: bool = False


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Let(Node):
    name: Name
    value: Expr


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SetOption(Node):
    name: Name
    value: Expr | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class DeclareParameters(Node):
    """``declare query_parameters(x:long = 1)``."""

    parameters: tuple[FunctionParameter, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class OtherStatement(Node):
    """``declare pattern``, ``alias database``, ``restrict access to``: read, and refused by name."""

    keyword: str
    text: str


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ExpressionStatement(Node):
    """A query (Pipeline) or a bare scalar expression."""

    value: Expr


Statement: TypeAlias = Let | SetOption | DeclareParameters | OtherStatement | ExpressionStatement

Expr: TypeAlias = (
    Literal
    | Name
    | Wildcard
    | Path
    | Index
    | Call
    | NamedExpr
    | Unary
    | Binary
    | InList
    | Between
    | Parenthesized
    | TypeOf
    | ColumnDeclaration
    | Pipeline
    | DataTable
    | ExternalData
    | Print
    | Range
    | Union
    | Search
    | Find
    | Evaluate
    | FunctionDeclaration
    | OtherOperator
)


@dataclass(frozen=True, slots=True)
class Comment:
    """``// text``, with its span; ``alone``: nothing but blanks stands before it on its line."""

    text: str
    span: Span
    alone: bool


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class QueryTree(Node):
    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False)
