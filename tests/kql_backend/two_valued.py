"""Random predicates of Sigma's kind as IR, with what they mean as a function of a row: the reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import translate as glob_regex
from ipaddress import ip_address, ip_network

from hypothesis import strategies as st

from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type

Row = Mapping[str, object]
WORDS = ["a", "Ab", "x%y", "back\\slash", 'say "hi"', "10.1.2.3", "fe80::1", "no address", "Ärger", "B_b"]
NUMBERS = [-1, 0, 3, 10]
STRINGS = ("S", "U")
WHOLE = ("N", "M")


@dataclass(frozen=True)
class Predicate:
    node: ir.Expr
    holds: Callable[[Row], bool]

    def __repr__(self) -> str:
        return repr(self.node)


def column(name: str) -> ir.ColumnRef:
    return ir.ColumnRef(name, Type.STRING if name in STRINGS else Type.LONG)


def text_of(row: Row, name: str) -> str | None:
    """A KQL string that is empty is missing (S35)."""
    value = row[name]
    return None if value in (None, "") else str(value)


TESTS: dict[ir.How, Callable[[str, str], bool]] = {
    ir.How.EQUALS: lambda text, pattern: text == pattern,
    ir.How.CONTAINS: lambda text, pattern: pattern in text,
    ir.How.PREFIX: lambda text, pattern: text.startswith(pattern),
    ir.How.SUFFIX: lambda text, pattern: text.endswith(pattern),
    ir.How.GLOB: lambda text, pattern: re.match(glob_regex(pattern), text) is not None,
    ir.How.REGEX: lambda text, pattern: re.search(pattern, text) is not None,
}
PATTERNS = {ir.How.GLOB: ["a*", "*b", "*%*", "*", "a?", "?*", "A*b*", "10.1.2.3"], ir.How.REGEX: ["^a", "b$", ".*", "[xy]%", r"\d+\.\d"]}


@st.composite
def matches(draw: st.DrawFn) -> Predicate:
    name = draw(st.sampled_from(STRINGS))
    how = draw(st.sampled_from(list(TESTS)))
    fold = draw(st.booleans())
    patterns = draw(st.lists(st.sampled_from(PATTERNS.get(how, WORDS)), min_size=1, max_size=3))
    quantifier = draw(st.sampled_from(ir.Quantifier))
    literals = tuple(ir.Literal(pattern, Type.STRING) for pattern in patterns)
    test, some = TESTS[how], any if quantifier is ir.Quantifier.ANY else all

    def cased(text: str) -> str:
        return text.casefold() if fold and how is not ir.How.REGEX else text

    def holds(row: Row) -> bool:
        text = text_of(row, name)
        return text is not None and some(test(cased(text), cased(p) if how is not ir.How.REGEX else ("(?i)" * fold) + p) for p in patterns)

    return Predicate(ir.Match(column(name), literals, how, fold, quantifier, ir.Nulls.ABSENT), holds)


@st.composite
def networks(draw: st.DrawFn) -> Predicate:
    name = draw(st.sampled_from(STRINGS))
    ranges = draw(st.lists(st.sampled_from(["10.0.0.0/8", "10.1.2.0/24", "192.168.0.0/16"]), min_size=1, max_size=2, unique=True))

    def holds(row: Row) -> bool:
        try:
            address = ip_address(text_of(row, name) or "")
        except ValueError:
            return False
        return any(address in ip_network(network) for network in ranges)

    literals = tuple(ir.Literal(network, Type.STRING) for network in ranges)
    return Predicate(ir.Match(column(name), literals, ir.How.CIDR, False, nulls=ir.Nulls.ABSENT), holds)


OPERATIONS: dict[ir.Comparison, Callable[[int, int], bool]] = {
    ir.Comparison.EQ: lambda a, b: a == b,
    ir.Comparison.NE: lambda a, b: a != b,
    ir.Comparison.LT: lambda a, b: a < b,
    ir.Comparison.LE: lambda a, b: a <= b,
    ir.Comparison.GT: lambda a, b: a > b,
    ir.Comparison.GE: lambda a, b: a >= b,
}


@st.composite
def comparisons(draw: st.DrawFn) -> Predicate:
    op = draw(st.sampled_from(ir.Comparison))
    other = draw(st.sampled_from([*NUMBERS, "M"]))
    right = column(other) if isinstance(other, str) else ir.Literal(other, Type.LONG)

    def holds(row: Row) -> bool:
        left, against = row["N"], row[other] if isinstance(other, str) else other
        return left is not None and against is not None and OPERATIONS[op](left, against)  # type: ignore[arg-type]

    return Predicate(ir.Compare(op, column("N"), right, ir.Nulls.ABSENT), holds)


@st.composite
def numbers(draw: st.DrawFn) -> Predicate:
    wanted = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3))
    literals = tuple(ir.Literal(number, Type.LONG) for number in wanted)
    node = ir.Match(column("N"), literals, ir.How.EQUALS, False, nulls=ir.Nulls.ABSENT)
    return Predicate(node, lambda row: row["N"] in wanted)


@st.composite
def references(draw: st.DrawFn) -> Predicate:
    how = draw(st.sampled_from([ir.How.EQUALS, ir.How.CONTAINS, ir.How.PREFIX, ir.How.SUFFIX]))

    def holds(row: Row) -> bool:
        text, other = text_of(row, "S"), text_of(row, "U")
        return text is not None and other is not None and TESTS[how](text.casefold(), other.casefold())

    return Predicate(ir.Match(column("S"), (column("U"),), how, True, nulls=ir.Nulls.ABSENT), holds)


@st.composite
def missing(draw: st.DrawFn) -> Predicate:
    name = draw(st.sampled_from([*STRINGS, *WHOLE]))
    return Predicate(ir.Missing(column(name)), lambda row: (text_of(row, name) if name in STRINGS else row[name]) is None)


def _all(parts: list[Predicate]) -> Predicate:
    return Predicate(ir.And(tuple(p.node for p in parts)), lambda row: all(p.holds(row) for p in parts))


def _any(parts: list[Predicate]) -> Predicate:
    return Predicate(ir.Or(tuple(p.node for p in parts)), lambda row: any(p.holds(row) for p in parts))


def _not(part: Predicate) -> Predicate:
    return Predicate(ir.Not(part.node), lambda row: not part.holds(row))


def predicates() -> st.SearchStrategy[Predicate]:
    leaves = st.one_of(matches(), networks(), comparisons(), numbers(), references(), missing())

    def wider(inner: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
        lists = st.lists(inner, min_size=2, max_size=3)
        return st.one_of(lists.map(_all), lists.map(_any), inner.map(_not))

    return st.recursive(leaves, wider, max_leaves=6)


def rows() -> st.SearchStrategy[list[dict[str, object]]]:
    texts = st.one_of(st.none(), st.sampled_from(["", *WORDS]))
    whole = st.one_of(st.none(), st.sampled_from(NUMBERS))
    row = st.fixed_dictionaries({"S": texts, "U": texts, "N": whole, "M": whole})
    return st.lists(row, min_size=1, max_size=6).map(lambda found: [{"Id": number, **each} for number, each in enumerate(found)])
