"""Sigma's two-valued tests in KQL: a missing field fails each, and its negation holds (S35)."""

from __future__ import annotations

import pytest
from hypothesis import given

import ruleconv
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv_backends.kql import KqlBackend
from tests.kql_backend.two_valued import Predicate, column, predicates, rows
from tests.properties.running import COLUMNS, ENGINES, examples, rows_on

ABSENT = ir.Nulls.ABSENT


def kql(predicate: ir.Expr) -> str:
    """The lines of the filter."""
    query = q.Query((), q.Filter(q.Source("A", COLUMNS), predicate))
    return KqlBackend().translate(query).text.removeprefix("A\n| ")


@given(predicates(), rows())
@examples(200)
def test_random_predicates(predicate: Predicate, found: list[dict[str, object]]) -> None:
    text = f"A | {kql(predicate.node)} | project Id"
    wanted = [(row["Id"],) for row in found if predicate.holds(row)]
    for engine in ENGINES:
        assert sorted(rows_on(engine, text, {"A": found})) == wanted, f"{engine}: {text}"


def match(how: ir.How, *patterns: str, fold: bool = True, all_of: bool = False, name: str = "S") -> ir.Match:
    literals = tuple(ir.Literal(pattern, Type.STRING) for pattern in patterns)
    return ir.Match(column(name), literals, how, fold, ir.Quantifier.ALL if all_of else ir.Quantifier.ANY, ABSENT)


def number(op: ir.Comparison, value: int = 10) -> ir.Compare:
    return ir.Compare(op, column("N"), ir.Literal(value, Type.LONG), ABSENT)


@pytest.mark.parametrize(
    ("predicate", "text"),
    [
        (match(ir.How.GLOB, "cmd*"), 'where S startswith "cmd"'),
        (match(ir.How.GLOB, r"*\\cmd.exe"), r'where S endswith @"\cmd.exe"'),
        (match(ir.How.GLOB, "a*b"), 'where S matches regex "(?is)^a.*b$"'),
        (match(ir.How.GLOB, r"*1\*2.?", fold=False), r'where S matches regex @"(?s)1\*2\..$"'),
        (match(ir.How.GLOB, "*"), "where isnotempty(S)"),
        (match(ir.How.GLOB, "a", "*b*", "c"), 'where S in~ ("a", "c") or S contains "b"'),
        (match(ir.How.EQUALS, "a", "b"), 'where S in~ ("a", "b")'),
        (match(ir.How.EQUALS, "4624"), 'where S == "4624"'),
        (match(ir.How.EQUALS, "a", fold=False), 'where S == "a"'),
        (match(ir.How.EQUALS, ""), "where isempty(S)"),
        (match(ir.How.EQUALS, "", name="D"), "where isempty(tostring(D))"),
        (ir.Not(match(ir.How.EQUALS, "", name="D")), "where isnotempty(tostring(D))"),
        (match(ir.How.CONTAINS, "a", "b", all_of=True), 'where S contains "a" and S contains "b"'),
        (match(ir.How.TERM, "a", "b"), 'where S has_any ("a", "b")'),
        (match(ir.How.TERM, "a", "b", all_of=True), 'where S has_all ("a", "b")'),
        (match(ir.How.REGEX, "^a.b$"), 'where S matches regex "(?i)^a.b$"'),
        (match(ir.How.REGEX, "(?m)^a"), 'where S matches regex "(?im)^a"'),
        (match(ir.How.REGEX, "a*", fold=False), 'where isnotempty(S) and S matches regex "a*"'),
        (match(ir.How.CIDR, "10.0.0.0/8"), 'where ipv4_is_in_range(S, "10.0.0.0/8")'),
        (match(ir.How.CIDR, "10.0.0.0/8", "127.0.0.0/8"), 'where ipv4_is_in_any_range(S, "10.0.0.0/8", "127.0.0.0/8")'),
        (match(ir.How.CIDR, "fe80::/10"), 'where ipv6_is_in_range(S, "fe80::/10")'),
        (match(ir.How.PREFIX, "4", name="N"), 'where tostring(N) startswith "4"'),
        (ir.Not(match(ir.How.CONTAINS, "a")), 'where S !contains "a"'),
        (ir.Not(match(ir.How.EQUALS, "a", "b")), 'where S !in~ ("a", "b")'),
        (ir.Not(match(ir.How.CONTAINS, "a", "b")), 'where not(S contains "a" or S contains "b")'),
        (ir.Not(match(ir.How.REGEX, "^a")), 'where not(S matches regex "(?i)^a")'),
        (ir.Not(match(ir.How.CIDR, "10.0.0.0/8")), 'where not(coalesce(ipv4_is_in_range(S, "10.0.0.0/8"), false))'),
        (ir.Not(number(ir.Comparison.GE)), "where isnull(N) or N < 10"),
        (ir.Not(number(ir.Comparison.EQ)), "where N != 10"),
        (number(ir.Comparison.NE), "where isnotnull(N) and N != 10"),
        (ir.Not(ir.And((number(ir.Comparison.GT), match(ir.How.EQUALS, "a")))), 'where not(coalesce(N > 10, false) and S =~ "a")'),
        (ir.Missing(column("S")), "where isempty(S)"),
        (ir.Not(ir.Missing(column("N"))), "where isnotnull(N)"),
        (ir.Match(ir.AnyField(), (ir.Literal("evil", Type.STRING),), ir.How.CONTAINS, True, nulls=ABSENT), 'where * contains "evil"'),
    ],
    ids=str,
)
def test_text(predicate: ir.Expr, text: str) -> None:
    assert kql(predicate) == text


def test_a_keyword_that_an_empty_text_matches() -> None:
    with pytest.raises(ruleconv.Unsupported, match="a keyword's regular expression that an empty text matches"):
        kql(ir.Match(ir.AnyField(), (ir.Literal("a*", Type.STRING),), ir.How.REGEX, False, nulls=ABSENT))


def test_selections_stand_on_lines_of_their_own() -> None:
    selection = match(ir.How.SUFFIX, r"\cmd.exe")
    filter_ = ir.Not(ir.Or((match(ir.How.CONTAINS, "a"), match(ir.How.EQUALS, "b", name="U"))))
    assert kql(ir.And((selection, filter_))) == 'where S endswith @"\\cmd.exe"\n| where not(S contains "a" or U =~ "b")'
