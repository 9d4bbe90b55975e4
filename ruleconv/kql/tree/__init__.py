"""The syntax tree of KQL: what was written, with spans. It keeps spelling (for round trips, format and lint); meaning is the IR's.

Names follow Kusto's documentation. Every node has ``span``, in characters of the query.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from ruleconv.kql.tree.expressions import (
    Between,
    Binary,
    Call,
    ColumnDeclaration,
    Index,
    InList,
    Literal,
    Name,
    NamedExpr,
    Parameter,
    Parenthesized,
    Path,
    TypeOf,
    Unary,
    Wildcard,
)
from ruleconv.kql.tree.node import Node
from ruleconv.kql.tree.operators import (
    Count,
    Distinct,
    Extend,
    Ordered,
    Project,
    ProjectReorder,
    ReorderItem,
    Sample,
    SampleDistinct,
    Sort,
    Summarize,
    Take,
    Top,
    TopHitters,
    TopNested,
    TopNestedLevel,
    Where,
)
from ruleconv.kql.tree.stages import (
    As,
    Consume,
    Evaluate,
    Facet,
    Find,
    Fork,
    GetSchema,
    Invoke,
    Join,
    MakeSeries,
    MvApply,
    MvExpand,
    MvExpandItem,
    OtherOperator,
    Parse,
    ParseKv,
    Partition,
    Reduce,
    Render,
    Scan,
    ScanDeclaration,
    ScanStep,
    Search,
    Serialize,
    SeriesItem,
    SubPipeline,
    Union,
)
from ruleconv.kql.tree.statements import (
    DeclareParameters,
    ExpressionStatement,
    FunctionDeclaration,
    FunctionParameter,
    Let,
    OtherStatement,
    SetOption,
)
from ruleconv.kql.tree.tables import (
    DataTable,
    ExternalData,
    Pipeline,
    Print,
    Range,
)
from ruleconv.text import Span

__all__ = [
    "As",
    "Between",
    "Binary",
    "Call",
    "ColumnDeclaration",
    "Comment",
    "Consume",
    "Count",
    "DataTable",
    "DeclareParameters",
    "Distinct",
    "Evaluate",
    "Expr",
    "ExpressionStatement",
    "Extend",
    "ExternalData",
    "Facet",
    "Find",
    "Fork",
    "FunctionDeclaration",
    "FunctionParameter",
    "GetSchema",
    "InList",
    "Index",
    "Invoke",
    "Join",
    "Let",
    "Literal",
    "MakeSeries",
    "MvApply",
    "MvExpand",
    "MvExpandItem",
    "Name",
    "NamedExpr",
    "Node",
    "Ordered",
    "OtherOperator",
    "OtherStatement",
    "Parameter",
    "Parenthesized",
    "Parse",
    "ParseKv",
    "Partition",
    "Path",
    "Pipeline",
    "Print",
    "Project",
    "ProjectReorder",
    "QueryTree",
    "Range",
    "Reduce",
    "Render",
    "ReorderItem",
    "Sample",
    "SampleDistinct",
    "Scan",
    "ScanDeclaration",
    "ScanStep",
    "Search",
    "Serialize",
    "SeriesItem",
    "SetOption",
    "Sort",
    "Statement",
    "SubPipeline",
    "Summarize",
    "TabularOperator",
    "Take",
    "Top",
    "TopHitters",
    "TopNested",
    "TopNestedLevel",
    "TypeOf",
    "Unary",
    "Union",
    "Where",
    "Wildcard",
]

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
