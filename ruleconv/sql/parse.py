"""SQL text to statements, each with its tokens and, where sqlglot can read it, its tree. The linter's door to sqlglot.

Untrusted text: depth and work have limits below which sqlglot neither recurses too deeply nor tries too many ways (``array[array[..``
takes it exponential time); beyond them a statement has no tree, and ``given_up`` is set. Nothing is raised.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ruleconv.sql.limits import MOST_TOKENS, within_limits
from ruleconv.sql.looks import OTHER, POSTGRES, STYLES, looks_like
from ruleconv.sql.stand_ins import for_sqlglot
from ruleconv.sql.tokens import Style, Token, TokenKind, tokens
from ruleconv.sql.tree import Node
from ruleconv.text import Span

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.dialects.dialect import Dialect

_NODES_PER_TOKEN = 30
_CLASSES = {"postgres": "Postgres", "duckdb": "DuckDB", "sqlite": "SQLite", "bigquery": "BigQuery", "snowflake": "Snowflake"} | {
    "mysql": "MySQL",
    "tsql": "TSQL",
    "spark": "Spark",
}


_MISSING = re.compile(r"Required (?:keyword|argument)\b.*? missing for <class '[\w.]*?(\w+)'>")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no tree."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """``given_up``: too deep or too long to be parsed, or a kind of statement that sqlglot does not know. ``templated``: parts of it are
    put in later."""

    tokens: tuple[Token, ...]
    span: Span
    tree: Node | None = None
    problem: Problem | None = None
    given_up: bool = False
    templated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SqlText:
    """``dialect``: sqlglot's name; "" when it is none of those that are known."""

    text: str
    dialect: str
    statements: tuple[Statement, ...]

    @property
    def is_postgres(self) -> bool:
        return self.dialect == POSTGRES


def read(text: str, dialect: str = "auto") -> SqlText:
    """The statements of a file. ``dialect``: sqlglot's name, or "auto": PostgreSQL unless the file looks otherwise."""
    found = tokens(text)
    if dialect == "auto":
        dialect, found = _by_looks(text, found)
    if dialect in STYLES:
        found = tokens(text, STYLES[dialect])
    reader = _Reader(text, dialect)
    statements = []
    for part, templated in _split(found):
        made = reader.statement(part)
        statements.append(replace(made, templated=True) if templated else made)
    return SqlText(text, dialect, tuple(statements))


def _by_looks(text: str, found: list[Token]) -> tuple[str, list[Token]]:
    """The dialect. A text that only closes where backslashes escape, and is full of them, is none of PostgreSQL's."""
    dialect = looks_like(found)
    if dialect == POSTGRES and "\\\\" in text and any(token.kind is TokenKind.BROKEN for token in found):
        escaped = tokens(text, Style(backslashes=True))
        if not any(token.kind is TokenKind.BROKEN for token in escaped):
            dialect = looks_like(escaped)
            return (OTHER if dialect == POSTGRES else dialect), escaped
    return dialect, found


def _split(found: list[Token]) -> list[tuple[tuple[Token, ...], bool]]:
    """The statements, and whether templates stand in each."""
    parts: list[tuple[tuple[Token, ...], bool]] = []
    part: list[Token] = []
    templated = False
    for token in [*found, None]:
        if token is None or token.word == ";":
            if part:
                parts.append((tuple(part), templated))
            part, templated = [], False
            continue
        templated = templated or token.kind in (TokenKind.BLANK, TokenKind.TEMPLATE)
        if token.kind is not TokenKind.BLANK:
            part.append(token)
    return parts


@cache
def _dialect(name: str) -> Dialect:
    # What sqlglot does not know it says on its logger; here the statement simply has no tree.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    if name not in _CLASSES:
        module: Any = import_module("sqlglot.dialects.dialect")
        plain: Dialect = module.Dialect()
        return plain
    made: Dialect = getattr(import_module(f"sqlglot.dialects.{name}"), _CLASSES[name])()
    return made


class _Reader:
    def __init__(self, text: str, dialect: str) -> None:
        self.text, self.dialect = text, dialect

    def statement(self, part: tuple[Token, ...]) -> Statement:
        span = Span(part[0].span.start, part[-1].span.end)
        broken = next((token for token in part if token.kind is TokenKind.BROKEN), None)
        if broken is not None:
            return Statement(part, span, problem=Problem(_broken(broken), Span(broken.span.start, broken.span.start + 1)))
        if not within_limits(part):
            return Statement(part[:MOST_TOKENS], span, given_up=True)
        from sqlglot.errors import ErrorLevel, ParseError, SqlglotError

        sql = for_sqlglot(self.text, part, span, postgres=self.dialect == POSTGRES)
        dialect = _dialect(self.dialect)
        try:
            theirs = dialect.tokenize(sql)
            budget = 2_000 + _NODES_PER_TOKEN * len(part)
            trees = dialect.parser(error_level=ErrorLevel.IMMEDIATE, max_nodes=budget).parse(theirs, sql)
        except ParseError as error:
            if "Maximum number of AST nodes" in str(error) or _only_arguments(str(error)):
                return Statement(part, span, given_up=True)
            problem = self._problem(error, theirs, part, span)
            return Statement(part, span, problem=problem, given_up=problem is None)
        except (SqlglotError, RecursionError):
            return Statement(part, span, given_up=True)
        except Exception:  # noqa: BLE001 - a fault of sqlglot's over a strange text is no finding about the text
            return Statement(part, span, given_up=True)
        tree = trees[0] if len(trees) == 1 else None
        if tree is None or tree.key == "command":
            return Statement(part, span, given_up=True)
        return Statement(part, span, _Converter(self.text, span.start, part).convert(tree))

    def _problem(self, error: Any, theirs: list[Any], part: tuple[Token, ...], span: Span) -> Problem | None:
        """At our token for the line and column that sqlglot names, which are those of a token's last character; None where PostgreSQL may
        read what sqlglot does not."""
        detail = error.errors[0] if error.errors else {}
        line, column = detail.get("line"), detail.get("col")
        at = next((span.start + token.start for token in theirs if token.line == line and token.col == column), part[-1].span.start)
        place = next((place for place, token in enumerate(part) if token.span.end > at), len(part) - 1)
        token = part[place]
        if _beyond(part, place):
            return None
        near = token.text if len(token.text) <= 40 else token.text[:37] + "..."
        if token is part[-1] and not str(detail.get("description", "")).startswith("Invalid expression"):
            return Problem(f"the statement ends too early, after {near}", token.span)
        return Problem(f"syntax error at {near}", token.span)


def _beyond(part: tuple[Token, ...], at: int) -> bool:
    """sqlglot takes a word here for another dialect's keyword, or does not know what PostgreSQL has."""
    around = {part[at].word, part[at - 1].word if at else ""}
    sorting = part[at].word == "USING" and at + 1 < len(part) and part[at + 1].kind is TokenKind.OPERATOR and part[at + 1].word != "("
    return sorting or not around.isdisjoint(_BEYOND)


_BEYOND = frozenset(
    (
        *("ALTER", "DROP", "GLOB", "IF", "INSERT", "PARTITIONED_BY", "QUALIFY", "REGEXP", "REVOKE", "RLIKE", "ROLLBACK", "UNCACHE", "XOR"),
        *("DESCRIBE", "LOCK", "COLLATION", "NORMALIZED", "SIMILAR"),
    )
)


def _only_arguments(message: str) -> bool:
    """The number of arguments is not that of the function that sqlglot knows: no question of syntax."""
    from sqlglot import exp

    found = _MISSING.search(message)
    kind = getattr(exp, found.group(1), None) if found is not None else None
    missing = isinstance(kind, type) and issubclass(kind, exp.Func) and not issubclass(kind, exp.Connector | exp.Case | exp.Cast)
    return missing or "number of provided arguments" in message


def _broken(token: Token) -> str:
    match token.text[0]:
        case "'":
            return "this text has no closing quote"
        case '"':
            return "this quoted name has no closing quote"
        case "/":
            return "this comment has no end"
        case char:
            return f"the character {char} has no meaning in SQL"


_WRAPPED = frozenset(("paren", "subquery", "tuple"))
_JSON = frozenset(("jsonextract", "jsonextractscalar", "jsonbextract", "jsonbextractscalar"))
_CLOSED_ALREADY = frozenset(("identifier", "literal", "and", "or", "union", "where", "having"))
"""Leaves, and nodes that open no parentheses besides those of their children: long chains of them are common."""


class _Converter:
    """sqlglot's tree to ours, without recursion; the places of the leaves are sqlglot's, those of the rest cover their children, and the
    parentheses that open in them."""

    def __init__(self, text: str, offset: int, part: tuple[Token, ...]) -> None:
        self.text, self.offset, self.part = text, offset, part
        self.variables = {token.span.start for token in part if token.kind in (TokenKind.PARAMETER, TokenKind.TEMPLATE)}
        self.pairs = _pairs(part)
        self.openers = sorted(self.pairs)
        self.starts = [token.span.start for token in part]

    def convert(self, root: exp.Expr) -> Node:
        made: list[Node] = []
        stack: list[tuple[Any, str, Node | None]] = [(root, "", None)]
        while stack:
            theirs, role, parent = stack.pop()
            node = self._node(theirs, role)
            node.parent = parent
            if parent is not None:
                parent.children.append(node)
            made.append(node)
            below: list[tuple[Any, str, Node | None]] = []
            for key, value in theirs.args.items():
                for each in value if isinstance(value, list) else (value,):
                    if hasattr(each, "args") and hasattr(each, "key"):
                        below.append((each, key, node))
                    elif each is not None and each is not False and each != "" and not isinstance(each, list):
                        node.flags[key] = str(each)
            stack.extend(reversed(below))
        for node in reversed(made):
            self._place(node)
        return made[0]

    def _node(self, theirs: Any, role: str) -> Node:
        from sqlglot import exp

        meta = theirs.meta
        start, end = meta.get("start"), meta.get("end")
        span = Span(-1, -1) if start is None or end is None else Span(self.offset + start, self.offset + end + 1)
        node = Node(theirs.key, role, span)
        match theirs:
            case exp.Identifier():
                node.name, node.quoted = _folded(theirs), bool(theirs.args.get("quoted"))
            case exp.Column() | exp.Table():
                parts = theirs.parts
                node.name = _folded(parts[-1]) if parts else ""
                node.qualifier = _folded(parts[-2]) if len(parts) > 1 else ""
                node.quoted = bool(parts and parts[-1].args.get("quoted"))
            case exp.Literal():
                node.name = str(theirs.this)
            case exp.Anonymous():
                node.name, node.function = str(theirs.name).lower(), True
                node.aggregate = node.name in _MORE_AGGREGATES
            case exp.Func():
                node.name, node.function = theirs.sql_name().lower(), not isinstance(theirs, exp.Connector | exp.Cast | exp.Case)
                # SQLite's min(a, b) is the smaller of the two.
                several = isinstance(theirs, exp.Min | exp.Max) and bool(theirs.expressions)
                node.aggregate = isinstance(theirs, exp.AggFunc) and theirs.key not in _NO_AGGREGATES and not several
            case _:
                pass
        return node

    def _place(self, node: Node) -> None:
        start, end = node.span.start, node.span.end
        for child in node.children:
            if child.placed:
                start = child.span.start if start < 0 else min(start, child.span.start)
                end = max(end, child.span.end)
        if start < 0:
            return
        if node.kind in _WRAPPED:
            start, end = self._wrapped(start, end)
        elif node.kind not in _CLOSED_ALREADY:
            if node.function and node.placed:
                end = max(end, self._call_end(node.span.end))
            end = self._closed(start, end)
            if node.kind == "select":
                start = self._select_start(start)
            elif node.kind in _JSON:
                end = self._after_path(end)
            elif node.kind in ("cast", "trycast"):
                start, end = self._of_cast(start, end)
        node.span = Span(start, end)
        if node.kind == "column" and start in self.variables:
            node.kind = "parameter"

    def _call_end(self, name_end: int) -> int:
        """The parenthesis that closes the call of the function whose name ends here."""
        return self.pairs.get(name_end, name_end)

    def _wrapped(self, start: int, end: int) -> tuple[int, int]:
        """With the parenthesis that opens before ``start`` (blanks and comments apart) and the one that closes it."""
        at = bisect_left(self.starts, start) - 1
        opener = self.starts[at] if at >= 0 else -1
        return (opener, self.pairs[opener]) if self.pairs.get(opener, 0) >= end else (start, self._closed(start, end))

    def _select_start(self, start: int) -> int:
        """The keyword, which stands not far before the first place in the SELECT: DISTINCT, parentheses and the like come between."""
        at = bisect_left(self.starts, start)
        for back in range(at, max(at - 8, -1), -1):
            if back < len(self.part) and self.part[back].word == "SELECT":
                return self.part[back].span.start
        return start

    def _after_path(self, end: int) -> int:
        """The end of ``-> 'key'`` behind a place: sqlglot keeps no place of the key."""
        at = bisect_left(self.starts, end)
        if at + 1 < len(self.part) and self.part[at].word in ("->", "->>", "#>", "#>>"):
            return self.part[at + 1].span.end
        return end

    def _of_cast(self, start: int, end: int) -> tuple[int, int]:
        """The span of a cast around its operand: to the end of the type behind ``::``, or all of ``cast(.. as ..)``."""
        at = bisect_left(self.starts, end)
        if at + 1 < len(self.part) and self.part[at].word == "::":
            after = at + 2
            end = self.part[at + 1].span.end
            while after < len(self.part) and self.part[after].word in ("(", "[") and self.part[after].span.start == end:
                end = self.pairs.get(end, end + 1)
                after = bisect_left(self.starts, end)
            return start, end
        before = bisect_left(self.starts, start) - 1
        if before >= 1 and self.part[before].word == "(" and self.part[before - 1].word in ("CAST", "TRY_CAST", "SAFE_CAST"):
            return self.part[before - 1].span.start, self.pairs.get(self.part[before].span.start, end)
        return start, end

    def _closed(self, start: int, end: int) -> int:
        """``end``, or the end of the parentheses that open between the two and are not closed there."""
        for opener in self.openers[bisect_left(self.openers, start) : bisect_left(self.openers, end)]:
            end = max(end, self.pairs[opener])
        return end


def _pairs(part: tuple[Token, ...]) -> dict[int, int]:
    """From the place of each opening parenthesis or bracket to just behind the one that closes it."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for token in part:
        if token.word in ("(", "["):
            stack.append(token.span.start)
        elif token.word in (")", "]") and stack:
            found[stack.pop()] = token.span.end
    return found


def _folded(identifier: Any) -> str:
    name = str(identifier.name)
    return name if identifier.args.get("quoted") else name.lower()


_MORE_AGGREGATES = frozenset(
    (
        *("bool_and", "bool_or", "every", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg", "range_agg", "xmlagg"),
        *("bit_and", "bit_or", "regr_slope", "regr_count", "regr_r2", "regr_intercept"),
    )
)
_NO_AGGREGATES = frozenset(("lag", "lead", "firstvalue", "lastvalue", "nthvalue", "rownumber", "rank", "denserank", "ntile", "percentrank"))
"""Window functions that sqlglot counts among the aggregates."""
