"""Random syntax trees, as a program builds them: without spans and Parenthesized nodes. ``bare`` makes what was read comparable to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from random import Random
from typing import Any

from hypothesis import strategies as st

from ruleconv.ir.types import Type
from ruleconv.kql import spell
from ruleconv.kql.tree import (
    Between,
    Binary,
    Call,
    Count,
    Expr,
    ExpressionStatement,
    Extend,
    Index,
    InList,
    Join,
    Literal,
    Name,
    NamedExpr,
    Node,
    Parameter,
    Parenthesized,
    Path,
    Pipeline,
    Print,
    Project,
    QueryTree,
    Summarize,
    TabularOperator,
    Unary,
    Union,
    Where,
)

OPERATORS = [
    *("or", "and", "==", "!=", "<", ">=", "+", "-", "*", "/", "%"),
    *("has", "!contains_cs", "=~", "!~", "startswith", "hasprefix_cs", "matches regex"),
]

NAMES = [spell.name(text) for text in ("a", "B", "c_1", "count", "by", "a b", "it's", "where", "long", "Über")]
LITERALS = [
    *(spell.literal(text, Type.STRING) for text in ("", "a", "it's", 'say "b"', "C:\\d", "\n\\\"'", "é\u2028")),
    *(spell.literal(number, Type.LONG) for number in (0, 7, -7, None)),
    *(spell.literal(number, Type.REAL) for number in (1.5, 1e300)),
    spell.literal(True, Type.BOOL),
    spell.literal(36_000_000_000, Type.TIMESPAN),
    spell.literal([1, "a", {"b c": None}], Type.DYNAMIC),
]


class Trees:
    """Trees from a source of chance. ``depth`` is how much deeper they may grow."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def query(self) -> QueryTree:
        return QueryTree((ExpressionStatement(self.pipeline(4)),))

    def several(self, make: Callable[[int], Expr], depth: int, least: int = 1) -> tuple[Expr, ...]:
        return tuple(make(depth) for _ in range(self.chance.randint(least, 3)))

    def name(self) -> Name:
        return self.chance.choice(NAMES)

    def item(self, depth: int) -> Expr:
        return NamedExpr((self.name(),), self.expression(depth)) if self.chance.random() < 0.4 else self.expression(depth)

    def expression(self, depth: int) -> Expr:
        if depth <= 0 or self.chance.random() < 0.2:
            return self.chance.choice([*NAMES, *LITERALS])
        depth -= 1
        pick, inner = self.chance.choice, self.expression
        made: Callable[[], Expr] = pick(
            [
                *[lambda: Binary(pick(OPERATORS), inner(depth), inner(depth))] * 4,
                lambda: Unary(pick("-+"), inner(depth)),
                lambda: InList(pick(["in", "!in~", "has_any"]), inner(depth), self.several(inner, depth)),
                lambda: Between(pick([True, False]), inner(depth), inner(depth), inner(depth)),
                lambda: Call(pick(["f", "case", "tolower"]), self.several(self.item, depth, 0)),
                lambda: Path(inner(depth), self.name()),
                lambda: Index(inner(depth), inner(depth)),
                lambda: Call("toscalar", (self.pipeline(depth),)),
                lambda: InList("in", Name("a"), (self.pipeline(depth),)),
            ]
        )
        return made()

    def pipeline(self, depth: int) -> Pipeline:
        pick = self.chance.choice
        heads: list[Expr] = [self.name(), Print(self.several(self.item, depth - 1)), Union((), self.several(lambda _: self.name(), 0))]
        return Pipeline(pick(heads), tuple(self.operator(depth - 1) for _ in range(self.chance.randint(1, 3))))

    def leg(self, depth: int) -> Expr:
        return self.pipeline(depth) if depth > 0 and self.chance.random() < 0.5 else self.name()

    def operator(self, depth: int) -> TabularOperator:
        items = self.several(self.item, depth)
        made: list[TabularOperator] = [
            Where(self.expression(depth + 2)),
            Extend(items),
            Project("project", items),
            Summarize((), items, self.several(self.item, depth), True),
            Join("join", (Parameter("kind", Name("inner")),), self.leg(depth), (self.name(),)),
            Union((), self.several(self.leg, depth)),
            Count(),
        ]
        return self.chance.choice(made)


queries: st.SearchStrategy[QueryTree] = st.integers(0, 1 << 32).map(lambda seed: Trees(Random(seed)).query())


def bare(node: Any) -> Any:
    """The tree without parentheses, and with each run of ``and`` or ``or`` leaning to the left: what is the same to a reader."""
    if isinstance(node, tuple):
        return tuple(bare(each) for each in node)
    if isinstance(node, Parenthesized):
        return bare(node.inner)
    if not isinstance(node, Node):
        return node
    if isinstance(node, Binary) and node.op in ("and", "or"):
        first, *rest = (bare(each) for each in _run(node, node.op))
        for each in rest:
            first = Binary(node.op, first, each)
        return first
    if isinstance(node, Literal) and node.type is Type.DYNAMIC:
        return replace(node, text="")
    if isinstance(node, Literal) and node.text.startswith("-") and isinstance(node.value, int | float):
        return Unary("-", spell.literal(-node.value, node.type))
    return replace(node, **{f.name: bare(getattr(node, f.name)) for f in fields(node) if f.compare and f.init})


def _run(node: Expr, op: str) -> list[Expr]:
    while isinstance(node, Parenthesized):
        node = node.inner
    if isinstance(node, Binary) and node.op == op:
        return [*_run(node.left, op), *_run(node.right, op)]
    return [node]
