"""SQL hunts: clauses as stages, WITH queries as lets, conditions as indicators and exclusions."""

import pytest

import ruleconv
from ruleconv.inspection.model import Known, Role


def of(condition):
    return ruleconv.inspect(f"SELECT a FROM t WHERE {condition}", source="sql")


def kinds(found):
    return [(each.field, each.kind.value, [value.text for value in each.values], each.case_sensitive) for each in found]


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("a = 'x'", ("a", "eq", ["x"], True)),
        ("'x' = a", ("a", "eq", ["x"], True)),
        ("lower(a) = 'x'", ("a", "eq", ["x"], False)),
        ("a IN ('x', 'y')", ("a", "in", ["x", "y"], True)),
        ("a = ANY(ARRAY['x', 'y'])", ("a", "in", ["x", "y"], True)),
        ("a LIKE '%x%'", ("a", "contains", ["x"], True)),
        ("a ILIKE 'x%'", ("a", "prefix", ["x"], False)),
        (r"a LIKE '%\_x'", ("a", "suffix", ["_x"], True)),
        ("a LIKE 'x'", ("a", "eq", ["x"], True)),
        ("a LIKE 'x_y%z'", ("a", "glob", ["x?y*z"], True)),
        ("a ~ '^x'", ("a", "regex", ["^x"], True)),
        ("a ~* '^x'", ("a", "regex", ["^x"], False)),
        ("a IS NULL", ("a", "is_null", [], None)),
        ("a IS NOT NULL", ("a", "is_not_null", [], None)),
        ("a > 5", ("a", "gt", ["5"], None)),
        ("5 >= a", ("a", "le", ["5"], None)),
        ("a BETWEEN 1 AND 5", ("a", "range", ["1", "5"], None)),
        ("a <<= inet '10.0.0.0/8'", ("a", "cidr", ["10.0.0.0/8"], None)),
        ("a->'b'->>'c' = 'x'", ("a.b.c", "eq", ["x"], True)),
        ("a::text = 'x'", ("a", "eq", ["x"], True)),
    ],
)
def test_the_kind_is_exact(condition, wanted):
    assert kinds(of(condition).indicators) == [wanted]


@pytest.mark.parametrize(
    ("condition", "forms"),
    [
        ("a <> 'x'", ["<>"]),
        ("a NOT IN ('x')", ["not in"]),
        ("a NOT LIKE '%x%'", ["not like"]),
        ("NOT (a = 'x' AND b = 'y')", ["not"]),
        ("NOT (a = 'x' OR b = 'y')", ["not", "not"]),
        ("a IS NOT NULL", []),
    ],
)
def test_what_is_excluded(condition, forms):
    found = of(condition).exclusions
    assert [each.form for each in found] == forms
    assert not any(one.negated for each in found for one in each.conditions)


def test_stages_are_in_the_order_in_which_they_take_effect():
    found = ruleconv.inspect("SELECT a, count(*) n FROM t JOIN u ON t.x = u.x WHERE b = 1 GROUP BY a HAVING max(c) > 2 ORDER BY n LIMIT 5")
    assert [stage.kind for stage in found.stages] == ["source", "join", "where", "group by", "having", "select", "order by", "limit"]
    assert found.card.tables == ("t", "u")


def test_a_with_query_is_a_let_and_a_subquery_a_branch():
    found = ruleconv.inspect(
        "WITH k AS (SELECT x FROM t WHERE c = 1) SELECT y FROM u WHERE y NOT IN (SELECT x FROM k) AND z = 1", source="sql"
    )
    (let,) = found.lets
    assert (let.name, [stage.number for stage in let.stages], let.used_by) == ("k", ["k.1", "k.2", "k.3"], ("2", "2a.1"))
    ((condition,),) = [each.conditions for each in found.exclusions]
    assert (condition.values[0].known, condition.values[0].name) == (Known.LET, "k")
    assert set(found.card.tables) == {"t", "u"}


def test_a_union_has_legs():
    found = ruleconv.inspect("SELECT a FROM t WHERE b = 1 UNION ALL (SELECT a FROM u WHERE c = 2) UNION SELECT a FROM v", source="sql")
    (stage,) = found.stages
    assert [[inner.kind for inner in branch.stages] for branch in stage.branches] == [
        ["source", "where", "select"],
        ["source", "where", "select"],
        ["source", "select"],
    ]


def test_the_time_window():
    found = of("ts > now() - interval '36 hours' AND a = 'x'")
    assert found.window.period == "36h"
    assert [each.role for each in found.indicators] == [Role.TIME, Role.MATCH]


def test_sources_are_tables_where_they_are_sure():
    found = ruleconv.inspect("SELECT 1 FROM t x, u y WHERE x.a = 'v' AND b = 'w'", source="sql").indicators
    assert [each.sources for each in found] == [("t.a",), ()]


def test_places_are_those_of_the_text():
    text = "SELECT a\nFROM t\nWHERE b = 'x' AND c LIKE '%y%'"
    found = ruleconv.inspect(text, source="sql").indicators
    assert [text[place.start : place.end] for each in found for place in each.places] == ["b = 'x'", "c LIKE '%y%'"]


@pytest.mark.parametrize("text", ["SELECT FROM WHERE", "SELECT (", "-- nothing"])
def test_what_cannot_be_read_is_an_error(text):
    with pytest.raises(ruleconv.RuleconvError):
        ruleconv.inspect(text, source="sql")


@pytest.mark.parametrize(
    ("query", "functions"),
    [
        ("SELECT strftime('%s', 'now'), max(a, b) FROM t", ("strftime", "max")),
        ("SELECT COUNTIF(a IS NULL) FROM `p.d.t`", ("countif",)),
        ("SELECT a FROM t WHERE a ~ 'x' AND b > now() AND c > CURRENT_TIMESTAMP", ("now", "current_timestamp")),
    ],
)
def test_functions_have_the_names_that_the_statement_gives_them(query, functions):
    assert ruleconv.inspect(query, source="sql").card.functions == functions


def test_rows_of_a_query_are_a_set_however_a_dialect_is_read():
    for text in ("a NOT IN (SELECT x FROM u)", "a <> ALL (SELECT x FROM u)"):
        (excluded,) = of(text).exclusions
        assert kinds(excluded.conditions) == [("a", "in", ["u"], None)]


def test_each_line_of_a_comment_loses_its_dashes():
    card = ruleconv.inspect("-- title\n--\n-- more:\n--   * x\nSELECT 1", source="sql").card
    assert (card.title, card.description) == ("title", "more:\n* x")
