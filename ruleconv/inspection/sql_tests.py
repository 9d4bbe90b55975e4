"""Conditions of SQL as tests of fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruleconv.inspection.model import Indicator, Known, Role, Test, Value
from ruleconv.inspection.places import one_line, place
from ruleconv.inspection.sql_text import Tokens
from ruleconv.sql.scope import FromItem, with_query
from ruleconv.sql.tree import QUERIES, Node
from ruleconv.text import Source, Span

_COMPARED = {"eq": Test.EQ, "neq": Test.EQ, "gt": Test.GT, "gte": Test.GE, "lt": Test.LT, "lte": Test.LE}
_FLIPPED = {Test.GT: Test.LT, Test.GE: Test.LE, Test.LT: Test.GT, Test.LE: Test.GE}
_NETWORKS = {"<<": Test.CIDR, "<<=": Test.CIDR}
_REGEXES = frozenset(("regexplike", "regexpilike", "similarto"))
_LIKES = frozenset(("like", "ilike"))
_JSON = frozenset(("jsonextract", "jsonextractscalar", "jsonbextract", "jsonbextractscalar"))
_FOLDS = {"lower": str.lower, "upper": str.upper}
_NOW = frozenset(("currenttimestamp", "currentdate", "currenttime", "localtimestamp", "now"))
_CONSTANTS = frozenset(("literal", "boolean", "null", "interval"))
_LIKE_PART = re.compile(r"\\(.)|([%_])|([^\\%_]+)|(\\)", re.DOTALL)


@dataclass(slots=True)
class SqlTests:
    """``end``: of the statement. ``items``: what the SELECT at hand reads."""

    source: Source
    tokens: Tokens
    end: int
    items: list[FromItem] = field(default_factory=list)

    def indicators(self, node: Node, stage: str, role: Role, *, negated: bool = False, required: bool = True) -> Iterator[Indicator]:
        """Every test in a condition, from left to right."""
        stack = [(node, negated, required)]
        while stack:
            at, neg, must = stack.pop()
            if at.kind in ("paren", "where", "having"):
                stack += [(child, neg, must) for child in at.all("this")]
            elif at.kind == "not":
                stack += [(child, not neg, must) for child in at.all("this")]
            elif at.kind in ("and", "or"):
                must = must and at.kind == ("or" if neg else "and")
                stack += [(child, neg, must) for child in reversed(at.children)]
            else:
                made = self._test(at, neg, stage, role, must)
                if made is not None:
                    yield made

    def _test(self, node: Node, negated: bool, stage: str, role: Role, required: bool) -> Indicator | None:
        span = self.tokens.condition(node.span.start, self.end) if node.placed else node.span
        negated ^= ("negate" in node.flags) ^ (node.kind == "neq")
        subject, kind, values, cased = self._parts(node, span)
        if kind in (Test.IS_NULL, Test.IS_NOT_NULL):
            kind, negated = (Test.IS_NOT_NULL if negated else Test.IS_NULL), False
        inner, through = _unwrapped(subject)
        if cased and through and through[0] in _FOLDS:
            cased = not all(_FOLDS[through[0]](value.text) == value.text for value in values)
        if role is Role.MATCH and values and any(value.known is Known.TIME or value.type == "datetime" for value in values):
            role = Role.TIME
        words = [token.text.lower() for token in self.tokens.operators(span)]
        where = place(self.source, span) if node.placed else None
        return Indicator(
            field=self.field_of(inner),
            kind=kind,
            values=values,
            operator=" ".join(words) if kind is not Test.FUNCTION else node.name or node.kind,
            case_sensitive=cased,
            negated=negated,
            role=role,
            required=required,
            through=through,
            sources=self.sources(inner),
            stages=(stage,) if stage else (),
            places=(where,) if where is not None else (),
        )

    def _parts(self, node: Node, span: Span) -> tuple[Node, Test, tuple[Value, ...], bool | None]:
        """Subject, kind, values, and whether case counts (None: no texts)."""
        left, right = node.get("this"), node.get("expression")
        if node.kind in _COMPARED and left is not None and right is not None:
            symbol = next((token.text for token in self.tokens.operators(span) if token.text in _NETWORKS), "")
            kind = _NETWORKS.get(symbol, _COMPARED[node.kind])
            if right.kind == "all" and node.kind == "neq" and any(each.kind in QUERIES for each in right.walk()):
                return left, Test.IN, (self.of_query(right),), None  # NOT IN, as some dialects are read
            if right.kind == "any":
                values = tuple(self.value(each) for each in _elements(right))
                return left, Test.IN, values, _textual(values)
            if _is_value(left) and not _is_value(right):
                left, right, kind = right, left, _FLIPPED.get(kind, kind)
            values = (self.value(right),)
            if kind is Test.EQ and right.kind == "literal" and right.name == "" and "is_string" in right.flags:
                return left, Test.EQ, values, True
            return left, kind, values, _textual(values) if kind is Test.EQ else None
        if node.kind == "in" and left is not None:
            query = node.get("query") or next((each for each in node.all("expressions") if each.kind in ("subquery", *QUERIES)), None)
            if query is not None:
                return left, Test.IN, (self.of_query(query),), None
            values = tuple(self.value(each) for each in node.all("expressions"))
            return left, Test.IN if len(values) != 1 else Test.EQ, values, _textual(values)
        if node.kind in _LIKES and left is not None and right is not None:
            cased = node.kind == "like"
            if right.kind in ("any", "all"):
                return left, Test.GLOB, tuple(Value(_glob(each.name)) for each in _elements(right)), cased
            if right.kind != "literal":
                return left, Test.CONTAINS, (self.value(right),), cased
            kind, text = like(right.name)
            return left, kind, (Value(text),), cased
        if node.kind in _REGEXES and left is not None and right is not None:
            return left, Test.REGEX, (self.value(right),), node.kind != "regexpilike"
        if node.kind == "between" and left is not None:
            return left, Test.RANGE, tuple(self.value(each) for each in (node.get("low"), node.get("high")) if each is not None), None
        if node.kind == "is" and left is not None and right is not None:
            if right.kind == "null":
                return left, Test.IS_NULL, (), None
            return left, Test.EQ, (self.value(right),), None
        if node.kind in ("column", "cast"):
            return node, Test.EQ, (Value("true", "bool"),), None
        if node.kind == "exists":
            return node, Test.FUNCTION, (self.of_query(left),) if left is not None else (), None
        return node, Test.FUNCTION, (), None

    # ------------------------------------------------------------ fields and values
    def field_of(self, node: Node) -> str:
        """A column's name, with the path into its JSON; anything else as written."""
        path = _path(node)
        return path if path is not None else self.text(node)

    def sources(self, node: Node) -> tuple[str, ...]:
        """``table.column``, where the table is sure."""
        path = _path(node)
        column = next((each for each in node.walk() if each.kind == "column"), None)
        if path is None or column is None:
            return ()
        items = [item for item in self.items if not column.qualifier or item.name == column.qualifier]
        if items and (column.qualifier or len(items) == 1) and items[0].table and items[0].query is None:
            return (f"{items[0].table}.{path}",)
        return ()

    def text(self, node: Node) -> str:
        if not node.placed:
            return node.name or node.kind
        span = self.tokens.condition(node.span.start, self.end)
        if node.parent is not None and node.parent.kind in (*_COMPARED, *_LIKES, *_REGEXES, "in", "between", "is") and node.role == "this":
            cut = [token.span.start for token in self.tokens.operators(span) if token.span.start >= node.span.end]
            span = Span(span.start, min(cut)) if cut else span
        return one_line(self.source.text[span.start : span.end])

    def value(self, node: Node) -> Value:
        node = _bare(node)
        if node.kind == "literal":
            string = "is_string" in node.flags
            number = "real" if "." in node.name else "long"
            return Value(node.name, "string" if string else number)
        if node.kind == "boolean":
            return Value(node.flags.get("this", "false").lower(), "bool")
        if node.kind == "null":
            return Value("null", "unknown")
        if node.kind == "neg":
            return Value(f"-{node.children[0].name}", "long") if node.children else Value("", "long")
        parts = list(node.walk())
        if any(each.kind in QUERIES for each in parts):
            return self.of_query(node)
        if any(each.kind in _NOW or each.name in _NOW for each in parts):
            return Value(self.text(node), "datetime", Known.TIME)
        if any(each.kind == "column" for each in parts):
            return Value(self.text(node), "unknown", Known.FIELD, _path(_unwrapped(node)[0]) or "")
        if node.kind == "cast" and (inner := node.get("this")) is not None and inner.kind == "literal":
            return Value(inner.name, "string")
        if node.kind in ("parameter", "placeholder"):
            return Value(self.text(node), "unknown", Known.EXPRESSION)
        return Value(self.text(node), "unknown", Known.EXPRESSION)

    def of_query(self, node: Node) -> Value:
        """A subquery, by the table or WITH query that it reads first."""
        table = next((each for each in node.walk() if each.kind == "table" and each.name), None)
        if table is None:
            return Value("…", "dynamic", Known.QUERY)
        known = Known.LET if with_query(table, table.name) is not None else Known.QUERY
        return Value(table.name, "dynamic", known, table.name)


def like(pattern: str) -> tuple[Test, str]:
    """What a LIKE pattern asks for: ``%a%`` contains, ``a%`` is a prefix; others are globs, with ``*`` and ``?``."""
    parts = _LIKE_PART.findall(pattern)
    plain = "".join(escaped or text or lone for escaped, _, text, lone in parts)
    wild = [at for at, part in enumerate(parts) if part[1]]
    if not wild:
        return Test.EQ, plain
    many = all(parts[at][1] == "%" for at in wild)
    if many and wild == [len(parts) - 1]:
        return Test.PREFIX, plain
    if many and wild == [0]:
        return Test.SUFFIX, plain
    if many and wild == [0, len(parts) - 1] and plain:
        return Test.CONTAINS, plain
    return Test.GLOB, _glob(pattern)


def _glob(pattern: str) -> str:
    made = ""
    for escaped, wild, text, lone in _LIKE_PART.findall(pattern):
        plain = escaped or text or lone
        made += {"%": "*", "_": "?"}[wild] if wild else re.sub(r"([*?\\])", r"\\\1", plain)
    return made


def _elements(node: Node) -> list[Node]:
    """The members of ``any(array[..])``."""
    array = next((each for each in node.walk() if each.kind == "array"), None)
    return array.all("expressions") if array is not None else [child for child in node.children if child.kind != "paren"] or node.children


def _bare(node: Node) -> Node:
    while node.kind == "paren" and node.children:
        node = node.children[0]
    return node


def _is_value(node: Node) -> bool:
    return not any(each.kind in ("column", *QUERIES) or each.aggregate for each in node.walk())


def _textual(values: tuple[Value, ...]) -> bool | None:
    return True if values and all(each.type == "string" and each.known is Known.CONSTANT for each in values) else None


def _unwrapped(node: Node) -> tuple[Node, tuple[str, ...]]:
    """Without casts and functions of case, whose names go along."""
    names: list[str] = []
    while True:
        inner = node.get("this")
        if inner is None or node.kind not in ("paren", "cast", "trycast", "lower", "upper", "trim", "host"):
            return node, tuple(names)
        if node.kind in ("lower", "upper", "trim"):
            names.append(node.kind)
        node = inner


def _path(node: Node) -> str | None:
    steps: list[str] = []
    while True:
        node = _unwrapped(node)[0]
        if node.kind == "column":
            return ".".join((node.name, *reversed(steps)))
        path = node.get("expression")
        if node.kind not in _JSON or path is None:
            return None
        keys = [each.flags.get("this", "") for each in path.walk() if each.kind in ("jsonpathkey", "jsonpathsubscript")]
        steps += reversed(keys or ([path.name] if path.kind == "literal" else ["?"]))
        inner = node.get("this")
        if inner is None:
            return None
        node = inner
