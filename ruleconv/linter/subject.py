"""A rule file as the lint rules see it: everything is made when it is first asked for and kept; what goes wrong is kept too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from ruleconv.diagnostic import Diagnostic, ParseError, RuleconvError, SchemaError, Unsupported
from ruleconv.linter.config import DEFAULT, Config
from ruleconv.linter.rule import Finding
from ruleconv.rulefile.model import Kind
from ruleconv.text import Source, Span

if TYPE_CHECKING:
    from ruleconv.ir.query import Query
    from ruleconv.ir.types import Column
    from ruleconv.kql.bind import Checked
    from ruleconv.kql.tree import Node as TreeNode
    from ruleconv.kql.tree import QueryTree
    from ruleconv.linter.sigma_view import SigmaFile, SigmaView
    from ruleconv.rulefile.yaml_nodes import Node
    from ruleconv.sql.parse import SqlText, Statement

T = TypeVar("T")
_ANALYTICS_KEYS = ("kind", "queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold")


class Subject:
    """One rule. ``file`` is the whole file, ``root`` the rule's mapping in it (None for a bare query), ``siblings`` the rules of the
    same file (one tuple for all of them), ``first`` whether this is the first of them, ``exported`` whether a portal wrote the file (as
    JSON)."""

    def __init__(self, file: Source, kind: Kind, root: Node | None = None, config: Config = DEFAULT) -> None:
        self.file, self.kind, self.root, self.config = file, kind, root, config
        self.siblings: tuple[Subject, ...] = (self,)
        self.first = True
        self.exported = False

    # ------------------------------------------------------------ the YAML
    def get(self, *path: str) -> Node | None:
        """The node at a path of keys, None where there is none or something on the way is no mapping."""
        node = self.root
        for key in path:
            if node is None or node.kind != "mapping":
                return None
            node = node.get(key)
        return node

    def text(self, *path: str) -> str:
        """The text of a scalar, empty where there is none."""
        node = self.get(*path)
        return node.text if node is not None and node.kind == "scalar" and not node.is_null else ""

    def items(self, *path: str) -> list[Node]:
        """The scalars of a list with a text (nulls, lists and mappings in it are left out); a lone scalar counts as a list of one."""
        node = self.get(*path)
        if node is None:
            return []
        return [item for item in (node.items if node.kind == "sequence" else [node]) if item.kind == "scalar" and not item.is_null]

    def entries(self, *path: str) -> list[Node]:
        """The mappings of a list."""
        return Subject.mappings(self.get(*path))

    def key(self, *path: str) -> Node | None:
        """The node of the last key itself, for findings about it."""
        parent = self.get(*path[:-1]) if len(path) > 1 else self.root
        if parent is None or parent.kind != "mapping":
            return None
        return next((name for name, _ in parent.pairs if name.kind == "scalar" and name.text == path[-1]), None)

    @cached_property
    def mapped_columns(self) -> tuple[Node, ...]:
        """The ``columnName`` of every field mapping of every entity mapping."""
        found = (
            field.get("columnName")
            for mapping in self.entries("entityMappings")
            for field in Subject.mappings(mapping.get("fieldMappings"))
        )
        return tuple(node for node in found if node is not None and node.kind == "scalar" and not node.is_null)

    @cached_property
    def detail_columns(self) -> tuple[Node, ...]:
        """The columns that ``customDetails`` names."""
        node = self.get("customDetails")
        pairs = node.pairs if node is not None and node.kind == "mapping" else []
        return tuple(value for _, value in pairs if value.kind == "scalar" and not value.is_null)

    @staticmethod
    def mappings(node: Node | None) -> list[Node]:
        """The mappings of a list node."""
        return [item for item in node.items if item.kind == "mapping"] if node is not None and node.kind == "sequence" else []

    @property
    def is_analytics(self) -> bool:
        """An analytics rule, and not a hunting query or a parser, which have no schedule."""
        return self.kind is Kind.SENTINEL and any(self.get(key) is not None for key in _ANALYTICS_KEYS)

    @property
    def start(self) -> Span:
        """Where to point for what is missing: the rule's first key, or the file's first character."""
        if self.root is not None and self.root.pairs:
            return self.root.pairs[0][0].span
        return Span(0, min(1, len(self.file.text)))

    # ------------------------------------------------------------ the Sigma rule
    @cached_property
    def sigma_file(self) -> SigmaFile:
        """What the Sigma rules of the file have to do with each other; made once for all of them."""
        from ruleconv.linter.sigma_view import SigmaFile

        head = self.siblings[0]
        return SigmaFile(self.file, self.siblings) if head is self else head.sigma_file

    @cached_property
    def sigma(self) -> SigmaView | None:
        """Searches, conditions and what else a Sigma rule is made of; None for other files, and for a document that is no rule itself."""
        if self.kind is not Kind.SIGMA or self.root is None:
            return None
        from ruleconv.linter.sigma_view import view

        return view(self)

    # ------------------------------------------------------------ the query
    @cached_property
    def query(self) -> Source | None:
        """The KQL, whose places are those of the file; None when there is none."""
        if self.kind is Kind.KQL:
            from ruleconv.rulefile import plain

            return plain.read(self.file).source
        if self.kind is not Kind.SENTINEL:
            return None
        node = self.get("query")
        if node is None or node.kind != "scalar" or node.is_null or not node.text.strip():
            return None
        from ruleconv.rulefile.scalar import embedding

        return Source(node.text, self.file.name, embedding(self.file, node))

    @cached_property
    def is_blank(self) -> bool:
        """There is a query, and nothing in it but blanks and comments."""
        return self.query is not None and not re.sub(r"//[^\n]*", "", self.query.text).strip()

    def in_query(self, span: Span) -> Span:
        """The span in the file for one in the query."""
        return self.query.file_span(span) if self.query is not None else span

    @cached_property
    def _parsed(self) -> tuple[QueryTree | None, ParseError | None]:
        if self.query is None:
            return None, None
        from ruleconv.kql.parse import parse

        try:
            return parse(self.query), None
        except ParseError as error:
            return None, error

    @property
    def tree(self) -> QueryTree | None:
        """The query's syntax tree, None when it does not parse."""
        return self._parsed[0]

    @cached_property
    def _nodes(self) -> list[TreeNode]:
        from ruleconv.linter.query_nodes import walk

        return list(walk(self.tree)) if self.tree is not None else []

    def nodes(self, kind: type[T]) -> list[T]:
        """The nodes of the syntax tree that are of this class, from the top down; none when the query does not parse."""
        return [node for node in self._nodes if isinstance(node, kind)]

    @cached_property
    def checked(self) -> Checked | None:
        """What the binder makes of the query, None when it does not parse."""
        if self.tree is None or self.query is None:
            return None
        from ruleconv.kql.bind import Checked, check

        try:
            return check(self.tree, self.config.tables, self.query)
        except RuleconvError as error:
            return Checked(None, error)

    @property
    def ir(self) -> Query | None:
        """The bound query, None when it has an error or could not be bound."""
        checked = self.checked
        return checked.query if checked is not None and checked.error is None else None

    @property
    def refusal(self) -> Unsupported | None:
        """What the binder cannot say, if that is why there is no ``ir``."""
        error = self.checked.error if self.checked is not None else None
        return error if isinstance(error, Unsupported) else None

    @property
    def columns(self) -> tuple[Column, ...] | None:
        """The query's output columns; None when they are not all known, for whatever reason."""
        ir = self.ir
        return None if ir is None or ir.open else ir.columns

    # ------------------------------------------------------------ the SQL
    @cached_property
    def sql(self) -> SqlText:
        """The statements of a SQL file and the dialect that they are in; none for other files."""
        from ruleconv.sql.parse import SqlText, read

        return read(self.file.text, self.config.sql_dialect) if self.kind is Kind.SQL else SqlText("", "", ())

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements, for rules that hold in every dialect."""
        return self.sql.statements

    @property
    def postgres(self) -> tuple[Statement, ...]:
        """The statements if they are PostgreSQL's."""
        return self.sql.statements if self.sql.is_postgres else ()

    def findings_of(self, code: str) -> Iterator[Finding]:
        """Those of ``query_findings`` that have the code."""
        return (Finding(found.span, found.message, found.hint) for found in self.query_findings if found.code == code)

    @cached_property
    def query_findings(self) -> tuple[Diagnostic, ...]:
        """What the parser and the binder object to, or Microsoft's would, with the linter's codes and places in the file."""
        error: RuleconvError | None = self._parsed[1]
        if error is not None:
            return error.diagnostics
        checked = self.checked
        if checked is None:
            return ()
        return (*(checked.error.diagnostics if isinstance(checked.error, SchemaError) else ()), *checked.doubts)


def walk(node: Node) -> Iterator[Node]:
    """All nodes of a YAML value, keys too."""
    stack = [node]
    while stack:
        at = stack.pop()
        yield at
        if at.kind == "sequence":
            stack.extend(reversed(at.items))
        elif at.kind == "mapping":
            for key, value in reversed(at.pairs):
                stack += (value, key)
