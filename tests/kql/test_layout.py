"""The printer of trees: it gives back what was read, and what it writes for a tree that was made reads as that tree."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruleconv.ir.types import Type
from ruleconv.kql import spell, tree
from ruleconv.kql.layout import format_query, print_tree
from ruleconv.kql.tree import Binary, Call, ExpressionStatement, InList, Join, Name, NamedExpr, Pipeline, Print, QueryTree, Unary, Where
from ruleconv.text import Source
from tests.kql.layout_samples import ONE_LINE
from tests.kql.random_trees import bare, queries
from tests.kql.reading import read

WIDE = 10_000
SPELLED_OTHERWISE = {
    "T | extend a = b.c.['d e'][0][\"f\"].[1], g = h(i, j = k)": "T | extend a = b.c.['d e'][0][\"f\"][1], g = h(i, j = k)",
    'T | invoke database("d").f(1)': "T | invoke f(1)",
    "T | join kind=leftanti hint.remote=left (U | where a) on a and $left.b == $right.c, d": (
        "T | join kind=leftanti hint.remote=left (U | where a) on a, $left.b == $right.c, d"
    ),
    'T | render timechart kind=stacked title="x"': 'T | render timechart with (kind=stacked, title="x")',
    'find "a"': 'find where "a"',
}
"""What a tree does not tell (an optional word, a separator) is written in one way."""


def one_line(text: str) -> str:
    return re.sub(r"\( | (?=\))", lambda match: match.group().strip(), re.sub(r"\s*\n\s*", " ", text.strip()))


@pytest.mark.parametrize("query", ONE_LINE)
def test_a_sample_is_given_back(query: str) -> None:
    assert one_line(format_query(Source(query), WIDE)) == query
    assert one_line(print_tree(read(query), WIDE)) == SPELLED_OTHERWISE.get(query, query)


@pytest.mark.parametrize("width", [1, 30, 60])
@pytest.mark.parametrize("query", ONE_LINE)
def test_a_sample_means_the_same_at_any_width(query: str, width: int) -> None:
    before = read(query)
    assert bare(read(print_tree(before, width))) == bare(before)
    narrow = format_query(Source(query), width)
    assert bare(read(narrow)) == bare(before)
    assert format_query(Source(narrow), width) == narrow


def test_the_samples_hold_every_node() -> None:
    found: set[type] = set()

    def visit(node: object) -> None:
        if isinstance(node, tuple):
            for each in node:
                visit(each)
        elif isinstance(node, tree.Node):
            found.add(type(node))
            for name in node.__dataclass_fields__:
                visit(getattr(node, name))

    for query in ONE_LINE:
        visit(read(query))
    wanted = {*get_args(tree.Expr), *get_args(tree.TabularOperator), *get_args(tree.Statement)}
    assert wanted - found == set()


@given(queries)
@settings(max_examples=300, deadline=None)
def test_a_made_tree_reads_as_itself(made: QueryTree) -> None:
    assert bare(read(print_tree(made))) == bare(made)
    narrow = print_tree(made, 30)
    assert bare(read(narrow)) == bare(made)
    assert format_query(Source(narrow), 30) == narrow + "\n"


# ---------------------------------------------------------------- parentheses
def printed(value: tree.Expr) -> str:
    return print_tree(QueryTree((ExpressionStatement(Print((value,))),))).removeprefix("print ")


A, B, C = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Binary("and", A, Binary("or", B, C)), "a and (b or c)"),
        (Binary("or", A, Binary("and", B, C)), "a or b and c"),
        (Binary("and", A, Binary("and", B, C)), "a and b and c"),
        (Binary("-", A, Binary("-", B, C)), "a - (b - c)"),
        (Binary("-", Binary("-", A, B), C), "a - b - c"),
        (Binary("*", Binary("+", A, B), C), "(a + b) * c"),
        (Binary("==", Binary("==", A, B), C), "(a == b) == c"),
        (Binary("has", Binary("+", A, B), C), "(a + b) has c"),
        (Binary("+", A, Binary("has", B, C)), "a + b has c"),
        (Binary("==", InList("in", A, (B,)), C), "(a in (b)) == c"),
        (Binary("<", A, InList("in", B, (C,))), "a < (b in (c))"),
        (InList("in", Binary("==", A, B), (C,)), "(a == b) in (c)"),
        (InList("in", Binary("<", A, B), (C,)), "a < b in (c)"),
        (Unary("-", Unary("-", A)), "-(-a)"),
        (Unary("-", Binary("+", A, B)), "-(a + b)"),
        (Binary("-", A, Unary("-", B)), "a - -b"),
        (tree.Path(Unary("-", A), B), "(-a).b"),
        (tree.Index(Binary("+", A, B), C), "(a + b)[c]"),
        (Unary("-", spell.literal(-5, Type.LONG)), "-(-5)"),
        (Call("f", (Pipeline(A, (Where(B),)), C)), "f(a | where b, c)"),
    ],
)
def test_parentheses_stand_where_precedence_needs_them(value: tree.Expr, text: str) -> None:
    assert printed(value) == text
    assert bare(read("print " + text)) == bare(read("print " + printed(value)))


def test_parentheses_of_the_tree_are_not_doubled() -> None:
    inner = Binary("or", B, C)
    assert printed(Binary("and", A, tree.Parenthesized(inner))) == printed(Binary("and", A, inner)) == "a and (b or c)"
    nested = Pipeline(B, (Where(C),))
    for right in (nested, tree.Parenthesized(nested)):
        join = Join("join", (), right, (C,))
        assert print_tree(QueryTree((ExpressionStatement(Pipeline(A, (join,))),))) == "a\n| join (b | where c) on c"


def test_a_table_as_a_leg_or_a_head_gets_parentheses() -> None:
    nested = Pipeline(B, (Where(C),))
    union = tree.Union((), (A, nested, Print((NamedExpr((A,), spell.literal(1, Type.LONG)),))))
    assert print_tree(QueryTree((ExpressionStatement(union),))) == "union a, (b | where c), (print a = 1)"
    assert print_tree(QueryTree((ExpressionStatement(Pipeline(nested, (Where(A),))),))) == "(b | where c)\n| where a"


def test_a_column_of_no_known_type_cannot_be_written() -> None:
    table = tree.DataTable((tree.ColumnDeclaration(A, Type.UNKNOWN),), ())
    with pytest.raises(ValueError, match="type"):
        print_tree(QueryTree((ExpressionStatement(table),)))


def test_a_constant_without_a_text_is_spelled() -> None:
    assert printed(tree.Literal("x", Type.STRING, "")) == '"x"'


@given(st.integers(1, 200))
@settings(max_examples=20, deadline=None)
def test_lines_end_before_the_width_where_they_can(width: int) -> None:
    query = "T | where " + " and ".join(f"c{i} == {i}" for i in range(20)) + " | project " + ", ".join(f"c{i}" for i in range(20))
    longest = max(map(len, print_tree(read(query), width).splitlines()))
    assert longest <= max(width, len("    and c10 == 10"))
