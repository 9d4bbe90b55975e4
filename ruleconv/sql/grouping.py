"""Which columns a grouped SELECT may not put out: those that stand neither in GROUP BY nor in an aggregate."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from ruleconv.sql.parse import Statement
from ruleconv.sql.scope import from_items, outputs, own
from ruleconv.sql.tokens import Token, TokenKind
from ruleconv.sql.tree import Node, not_query


@dataclass(frozen=True, slots=True)
class Grouping:
    """``columns``: names that are grouped by. ``expressions``: the same as tokens. ``explicit``: there is a GROUP BY."""

    columns: frozenset[str]
    expressions: frozenset[tuple[str, ...]]
    explicit: bool

    @classmethod
    def of(cls, statement: Statement, select: Node) -> Grouping | None:
        """None where nothing is grouped, or GROUP BY may name a key, or a template stands in it."""
        group = select.get("group")
        aggregates = any(_is_aggregate(node) for node in own(select, "expressions", "having"))
        if statement.templated or (group is None and not aggregates) or (group is not None and not group.children):
            return None
        names: set[str] = set()
        spellings: set[tuple[str, ...]] = set()
        found = outputs(select)
        for item in group.children if group is not None else ():
            for node in _items(item):
                target = node
                if node.kind == "literal" and node.name.isdigit():
                    at = int(node.name) - 1
                    if not 0 <= at < len(found):
                        return None
                    target = found[at].expression
                elif node.kind == "column" and not node.qualifier:
                    names.add(node.name)
                    target = next((output.expression for output in found if output.alias is not None and output.name == node.name), node)
                if target.kind == "column":
                    names.add(target.name)
                if target.kind in ("star", "parameter") or any(each.kind == "parameter" for each in target.walk()):
                    return None
                spellings.add(spelling(statement, target))
        if any(_may_be_key(name) for name in names):
            return None
        return cls(frozenset(names), frozenset(spellings), group is not None)


def ungrouped(statement: Statement, select: Node, grouping: Grouping) -> Iterator[Node]:
    """The columns (or stars) of SELECT and HAVING that are not grouped."""
    if any(item.node.kind == "parameter" for item in from_items(select)):
        return
    having = select.get("having")
    told: set[str] = set()
    for root in [*(output.expression for output in outputs(select)), *([having] if having is not None else [])]:
        stack = [root]
        while stack:
            node = stack.pop()
            if node.is_query or _is_aggregate(node) or (node.placed and spelling(statement, node) in grouping.expressions):
                continue
            star = node.kind == "star" or (node.kind == "column" and node.name == "*")
            if star and len(grouping.columns) >= _MAY_BE_ALL:
                continue
            if star or (node.kind == "column" and node.name not in grouping.columns):
                if node.name not in told and node.placed:
                    told.add(node.name)
                    yield node
                continue
            if node.kind == "column":
                continue
            stack.extend(reversed([child for child in node.children if child.role not in _NO_VALUES]))


_MAY_BE_ALL = 3
"""Columns in GROUP BY from which on they may be all that the star stands for."""
_NO_VALUES = frozenset(("to", "alias", "unit"))


def _items(node: Node) -> Iterator[Node]:
    """The expressions of an item of GROUP BY; those of ROLLUP, CUBE, GROUPING SETS and tuples one by one."""
    stack = [node]
    while stack:
        at = stack.pop()
        if at.kind in ("rollup", "cube", "groupingsets", "tuple", "paren"):
            stack.extend(reversed(at.children))
        else:
            yield at


def _is_aggregate(node: Node) -> bool:
    """Over the rows of a group: not as a window function."""
    if not (node.aggregate or node.kind in ("withingroup", "filter", "grouping")):
        return False
    around = node.parent
    while around is not None and around.kind in ("filter", "withingroup", "ignorenulls", "respectnulls"):
        node, around = around, around.parent
    return not (around is not None and around.kind == "window" and node.role == "this")


def spelling(statement: Statement, node: Node) -> tuple[str, ...]:
    """The tokens of an expression, names folded and qualifiers left out, parentheses around it too."""
    found: list[str] = []
    first = bisect_left(statement.tokens, node.span.start, key=_start)
    last = bisect_left(statement.tokens, node.span.end, key=_start)
    tokens = statement.tokens[first:last]
    for at, token in enumerate(tokens):
        if (at + 1 < len(tokens) and tokens[at + 1].word == ".") or token.word == ".":
            continue
        found.append(token.name if token.kind in (TokenKind.WORD, TokenKind.QUOTED) else token.text)
    while len(found) > 2 and found[0] == "(" and found[-1] == ")":
        found = found[1:-1]
    return tuple(found)


def _start(token: Token) -> int:
    return token.span.start


def _may_be_key(name: str) -> bool:
    lower = name.lower()
    return (
        lower in ("id", "uuid", "guid", "key", "oid", "pk", "sid")
        or lower.endswith(("_id", "_key", "_uuid", "_pk"))
        or name.endswith(("Id", "ID"))
    )


def columns_of(node: Node) -> Iterator[Node]:
    """The columns in an expression, without those of queries inside it."""
    return (each for each in node.walk(not_query) if each.kind == "column")
