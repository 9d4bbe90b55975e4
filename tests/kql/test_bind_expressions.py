"""What expressions become: one node for every flavour of a comparison, conversions where Kusto converts, constants folded."""

import pytest

from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Comparison, How, Nulls, Quantifier
from ruleconv.ir.query import Filter, LetRef, Project
from ruleconv.ir.types import Type
from tests.kql.binding import constant, predicate, query, refused, value

S = ir.ColumnRef("s", Type.STRING)
D = ir.ColumnRef("d", Type.DYNAMIC)
L = ir.ColumnRef("l", Type.LONG)


def text(value: str) -> ir.Literal:
    return ir.Literal(value, Type.STRING)


def long(value: int) -> ir.Literal:
    return ir.Literal(value, Type.LONG)


TEXT_OPERATORS = {
    "s == 'x'": (How.EQUALS, False, False),
    "s != 'x'": (How.EQUALS, False, True),
    "s =~ 'x'": (How.EQUALS, True, False),
    "s !~ 'x'": (How.EQUALS, True, True),
    "s has 'x'": (How.TERM, True, False),
    "s !has_cs 'x'": (How.TERM, False, True),
    "s contains 'x'": (How.CONTAINS, True, False),
    "s !contains_cs 'x'": (How.CONTAINS, False, True),
    "s startswith 'x'": (How.PREFIX, True, False),
    "s endswith_cs 'x'": (How.SUFFIX, False, False),
    "s hasprefix 'x'": (How.TERM_PREFIX, True, False),
    "s !hassuffix 'x'": (How.TERM_SUFFIX, True, True),
    "s matches regex 'x'": (How.REGEX, False, False),
}


@pytest.mark.parametrize(("written", "expected"), TEXT_OPERATORS.items())
def test_operators_of_texts_are_one_node(written: str, expected: tuple[How, bool, bool]) -> None:
    how, fold, negated = expected
    assert predicate(written) == ir.Match(S, (text("x"),), how, fold, negated=negated)


def test_the_constant_may_stand_left() -> None:
    assert predicate("'x' == s") == predicate("s == 'x'")
    assert predicate("1 < l") == ir.Compare(Comparison.LT, long(1), L)


def test_lists() -> None:
    assert predicate("s in~ ('a', 'b')") == ir.Match(S, (text("a"), text("b")), How.EQUALS, True)
    assert predicate("s has_all ('a', 'b')") == ir.Match(S, (text("a"), text("b")), How.TERM, True, Quantifier.ALL)
    assert predicate("l !in (1, 2)") == ir.Match(L, (long(1), long(2)), How.EQUALS, False, nulls=Nulls.UNKNOWN, negated=True)


def test_lists_of_constant_arrays_are_flattened() -> None:
    body = query("let x = dynamic(['a', 'b']); T | where s in (x, 'c')").body
    assert isinstance(body, Filter)
    assert body.predicate == ir.Match(S, (text("a"), text("b"), text("c")), How.EQUALS, False)


def test_a_computed_array_stands_for_its_elements() -> None:
    found = predicate("s in (d)")
    assert isinstance(found, ir.Match)
    assert found.patterns == (D,)


@pytest.mark.parametrize("written", ["s in (Users | project Name)", "s in ((Users | project Name))", "s in (Users)"])
def test_lists_of_tables(written: str) -> None:
    found = predicate(written)
    assert isinstance(found, ir.MatchQuery)
    assert found.query.columns[0].name == "Name"


UNLIKE = {
    "s == 0": ir.Match(S, (text("0"),), How.EQUALS, False),
    "s == true": ir.Match(S, (text("true"),), How.EQUALS, False),
    "l == '4625'": ir.Compare(Comparison.EQ, L, long(4625)),
    "l != 'x'": ir.Compare(Comparison.NE, L, ir.Literal(None, Type.LONG)),
    "s == l": ir.Match(S, (ir.Call("tostring", (L,), Type.STRING),), How.EQUALS, False),
    "s in (1, 2)": ir.Match(S, (text("1"), text("2")), How.EQUALS, False),
    "d == 'x'": ir.Match(ir.Call("tostring", (D,), Type.STRING), (text("x"),), How.EQUALS, False),
    "d > 5": ir.Compare(Comparison.GT, ir.Cast(D, Type.REAL), long(5)),
    "d has 'x'": ir.Match(ir.Call("tostring", (D,), Type.STRING), (text("x"),), How.TERM, True),
    "g == '0D2A3C4B-0000-0000-0000-000000000000'": ir.Compare(
        Comparison.EQ, ir.ColumnRef("g", Type.GUID), ir.Literal("0d2a3c4b-0000-0000-0000-000000000000", Type.GUID)
    ),
}


@pytest.mark.parametrize(("written", "expected"), UNLIKE.items())
def test_sides_of_different_types(written: str, expected: ir.Expr) -> None:
    assert predicate(written) == expected


def test_the_end_of_between_counts_from_its_start() -> None:
    found = predicate("t between (datetime(2024-01-01) .. 2d)")
    assert isinstance(found, ir.Between)
    assert isinstance(found.high, ir.Arithmetic)
    assert found.high.left == found.low
    assert found.high.type is Type.DATETIME


def test_and_is_flat() -> None:
    found = predicate("b and (l > 1 and (s == 'x' and i < 2))")
    assert isinstance(found, ir.And)
    assert len(found.terms) == 4


def test_a_chain_of_ten_thousand_terms() -> None:
    found = predicate(" or ".join(f"s == '{n}'" for n in range(10_000)))
    assert isinstance(found, ir.Or)
    assert len(found.terms) == 10_000


def test_constants() -> None:
    assert constant("-5") == long(-5)
    assert constant("dynamic({'a': [1, 2]}).a[1]") == ir.Literal(2, Type.DYNAMIC)
    assert constant("+1.5") == ir.Literal(1.5, Type.REAL)


def test_an_int_computes_as_a_long() -> None:
    found = value("i + i")
    assert isinstance(found, ir.Arithmetic)
    assert found.left == ir.Cast(ir.ColumnRef("i", Type.INT), Type.LONG)


def test_branches_get_one_type() -> None:
    found = value("iff(b, i, r)")
    assert found == ir.Case(
        ((ir.ColumnRef("b", Type.BOOL), ir.Cast(ir.ColumnRef("i", Type.INT), Type.REAL)),), ir.ColumnRef("r", Type.REAL), Type.REAL
    )


def test_aliases_are_resolved() -> None:
    assert value("todynamic(s)") == value("parse_json(s)")


def test_bags_of_columns_are_written_out() -> None:
    name = ir.ColumnRef("Name", Type.STRING)
    body = query("Users | project Name | project z = pack_all(), y = bag_pack_columns(Name)").body
    assert isinstance(body, Project)
    assert body.values[0].value == body.values[1].value == ir.Call("bag_pack", (text("Name"), name), Type.DYNAMIC)


def test_around_is_between() -> None:
    found = predicate("around(l, 5, 2)")
    assert isinstance(found, ir.Between)
    assert found.subject == L


def test_an_access_for_every_step() -> None:
    inner = ir.Access(ir.Access(D, text("a")), long(0))
    assert value("d.a[0]['b c']") == ir.Access(inner, text("b c"))


def test_a_scalar_of_a_table_is_put_in_at_each_use() -> None:
    body = query("let newest = toscalar(Users | summarize max(Since)); T | where t > newest | project newest").body
    assert isinstance(body, Project)
    assert isinstance(body.values[0].value, ir.ScalarQuery)
    assert not query("let newest = toscalar(Users | summarize max(Since)); T | where t > newest").lets


def test_spans_are_those_of_the_text() -> None:
    written = "T | where s has 'x' and l in (1)"
    body = query(written).body
    assert isinstance(body, Filter)
    assert isinstance(body.predicate, ir.And)
    assert [written[t.span.start : t.span.end] for t in body.predicate.terms] == ["s has 'x'", "l in (1)"]


@pytest.mark.parametrize("written", ["d == d", "d.a == dynamic([1])"])
def test_what_kusto_cannot_compare(written: str) -> None:
    assert refused(f"T | where {written}").construct == "a comparison of two dynamic values"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1", False),
        ("strcat(s, 'a')", False),
        ("l", True),
        ("l + 1", True),
        ("iff(b, 1, 2)", False),
        ("tolong(s)", True),
        ("s has 'a'", False),
    ],
)
def test_what_may_be_null(written: str, expected: bool) -> None:
    (column,) = query(f"T | project z = {written}").columns
    assert column.nullable is expected


def test_the_rows_of_a_match_are_a_let() -> None:
    bound = query("let vips = Users | where Id > 1 | project Name; T | where s in (vips) | where s !in (vips)")
    assert [let.name for let in bound.lets] == ["vips"]
    body = bound.body
    assert isinstance(body, Filter)
    assert isinstance(body.predicate, ir.MatchQuery)
    assert isinstance(body.predicate.query, LetRef)
