"""Which indicator each test becomes: field, kind, values, case, negation, role."""

import pytest

import ruleconv
from ruleconv.inspection.model import Known, Role


def of(predicate, lets="", table="SigninLogs"):
    return ruleconv.inspect(f"{lets}{table} | where {predicate}", source="kql")


def only(predicate, lets=""):
    (found,) = of(predicate, lets).indicators
    return found


@pytest.mark.parametrize(
    ("predicate", "kind", "values", "cased"),
    [
        ('UserAgent == "a"', "eq", ["a"], True),
        ('UserAgent =~ "a"', "eq", ["a"], False),
        ('UserAgent in ("a", "b")', "in", ["a", "b"], True),
        ('UserAgent in~ ("a", "b")', "in", ["a", "b"], False),
        ('UserAgent in ("a")', "eq", ["a"], True),
        ('UserAgent has "a"', "term", ["a"], False),
        ('UserAgent has_cs "a"', "term", ["a"], True),
        ('UserAgent hasprefix "a"', "term_prefix", ["a"], False),
        ('UserAgent hassuffix_cs "a"', "term_suffix", ["a"], True),
        ('UserAgent contains "a"', "contains", ["a"], False),
        ('UserAgent contains_cs "a"', "contains", ["a"], True),
        ('UserAgent startswith "a"', "prefix", ["a"], False),
        ('UserAgent endswith_cs "a"', "suffix", ["a"], True),
        ('UserAgent matches regex "^a"', "regex", ["^a"], True),
        ('UserAgent matches regex "(?i)^a"', "regex", ["(?i)^a"], False),
        ('tolower(UserAgent) == "a"', "eq", ["a"], False),
        ('tolower(UserAgent) == "A"', "eq", ["A"], True),
        ("isempty(UserAgent)", "is_null", [], None),
        ("not(isempty(UserAgent))", "is_not_null", [], None),
        ('UserAgent != ""', "is_not_null", [], None),
        ("isnull(DurationMs)", "is_null", [], None),
        ("DurationMs > 5", "gt", ["5"], None),
        ("5 > DurationMs", "lt", ["5"], None),
        ("DurationMs >= 5", "ge", ["5"], None),
        ("DurationMs <= 5", "le", ["5"], None),
        ("DurationMs between (1 .. 5)", "range", ["1", "5"], None),
        ('ipv4_is_in_range(IPAddress, "10.0.0.0/8")', "cidr", ["10.0.0.0/8"], None),
        ("ipv4_is_private(IPAddress)", "function", [], None),
    ],
)
def test_the_kind_is_exact(predicate, kind, values, cased):
    found = only(predicate)
    assert (found.kind.value, [value.text for value in found.values], found.case_sensitive) == (kind, values, cased)
    assert (found.negated, found.required, found.role) == (False, True, Role.MATCH)


def test_has_all_asks_for_each_value():
    assert only('UserAgent has_all ("a", "b")').all_values
    assert not only('UserAgent has_any ("a", "b")').all_values


def test_values_come_through_lets_and_arrays():
    found = only("UserAgent has_any (names)", 'let one = "a"; let names = dynamic(["x", "y"]); ')
    assert [value.text for value in found.values] == ["x", "y"]
    assert {value.known for value in found.values} == {Known.CONSTANT}


@pytest.mark.parametrize(
    ("predicate", "lets", "known", "name"),
    [
        ("IPAddress in (bad)", "let bad = SigninLogs | distinct IPAddress; ", Known.LET, "bad"),
        ("IPAddress in ((_GetWatchlist('Bad') | project SearchKey))", "", Known.WATCHLIST, "Bad"),
        ("IPAddress in (bad)", "let bad = _GetWatchlist('Bad') | project SearchKey; ", Known.WATCHLIST, "Bad"),
        ("IPAddress in (bad)", "let bad = externaldata(a:string)['https://x.example/l']; ", Known.EXTERNAL, "https://x.example/l"),
        ("DurationMs > usual", "let usual = toscalar(SigninLogs | summarize avg(DurationMs)); ", Known.LET, "usual"),
        ("IPAddress == Location", "", Known.FIELD, "Location"),
    ],
)
def test_a_value_that_only_a_run_tells_says_what_it_is(predicate, lets, known, name):
    found = [each for each in of(predicate, lets).indicators if each.role is Role.MATCH]
    (value,) = found[0].values
    assert (value.known, value.name) == (known, name)


def test_a_computed_column_leads_to_its_table():
    found = ruleconv.inspect(
        "AuditLogs | extend Who = tostring(InitiatedBy.user.id) | project Actor = Who | where Actor endswith 'x'", source="kql"
    ).indicators[0]
    assert (found.field, found.of, found.sources) == ("Actor", "tostring(InitiatedBy.user.id)", ("AuditLogs.InitiatedBy.user.id",))


@pytest.mark.parametrize(
    ("predicate", "forms", "conditions"),
    [
        ('UserAgent != "a"', ["!="], [1]),
        ('UserAgent !in ("a", "b")', ["!in"], [1]),
        ('UserAgent !has "a"', ["!has"], [1]),
        ('not(UserAgent == "a" and IPAddress == "b")', ["not"], [2]),
        ('not(UserAgent == "a" or IPAddress == "b")', ["not", "not"], [1, 1]),
        ('UserAgent != "a" or IPAddress != "b"', ["not"], [2]),
        ('UserAgent == "a" and DurationMs !between (1 .. 2)', ["!between"], [1]),
    ],
)
def test_what_is_excluded(predicate, forms, conditions):
    found = of(predicate).exclusions
    assert [each.form for each in found] == forms
    assert [len(each.conditions) for each in found] == conditions
    assert not any(one.negated for each in found for one in each.conditions)


@pytest.mark.parametrize("predicate", ["isnotempty(UserAgent)", 'UserAgent != ""', 'UserAgent == "a" or IPAddress != "b"'])
def test_what_is_no_exclusion(predicate):
    assert of(predicate).exclusions == ()


def test_a_leftanti_join_excludes():
    (found,) = ruleconv.inspect("SigninLogs | join kind=leftanti (AADRiskyUsers) on UserPrincipalName", source="kql").exclusions
    assert (found.form, found.conditions[0].field, found.conditions[0].values[0].text) == ("leftanti", "UserPrincipalName", "AADRiskyUsers")


def test_or_makes_a_test_one_of_several():
    assert [each.required for each in of('UserAgent == "a" or IPAddress == "b"').indicators] == [False, False]


def test_a_word_that_is_searched_anywhere_is_one_indicator():
    found = ruleconv.inspect('search in (SigninLogs) "curl" and UserAgent has "x"', source="kql").indicators
    assert [(each.field, each.kind.value, [value.text for value in each.values]) for each in found] == [
        ("*", "term", ["curl"]),
        ("UserAgent", "term", ["x"]),
    ]
    twice = of("f(UserAgent) or f(IPAddress)", 'let f = (c:string) { c has "x" }; ').indicators
    assert [each.field for each in twice] == ["UserAgent", "IPAddress"]


def test_times_are_apart():
    found = of("TimeGenerated > ago(3d)")
    assert [each.role for each in found.indicators] == [Role.TIME]
    assert (found.window.period, found.window.origin) == ("3d", "predicate")


def test_places_are_those_of_the_file():
    text = "id: x\nname: y\nquery: |\n  SigninLogs\n  | where UserAgent has 'curl'\n"
    (found,) = ruleconv.inspect(text).indicators
    (place,) = found.places
    assert (place.line, text[place.start : place.end]) == (5, "UserAgent has 'curl'")


def test_one_filter_of_a_function_that_is_called_twice_is_one_indicator():
    text = "let f = (x:long) { SigninLogs | where DurationMs > x }; union f(1), f(2)"
    found = ruleconv.inspect(text, source="kql").indicators
    assert [[value.text for value in each.values] for each in found] == [["1"], ["2"]]
    assert {each.stages for each in found} == {("f.2",)}


def test_sigma_s_filters_have_their_names():
    found = ruleconv.inspect(
        "title: t\nlogsource: {category: process_creation}\ndetection:\n"
        "  sel: {Image|endswith: '\\a.exe'}\n  filter_one: {User: x, CommandLine|contains: y}\n  condition: sel and not 1 of filter_*\n"
    )
    assert [(each.form, [one.field for one in each.conditions]) for each in found.exclusions] == [("filter_one", ["User", "CommandLine"])]
    assert [(each.field, each.kind.value, each.operator) for each in found.indicators] == [("Image", "suffix", "endswith")]


@pytest.mark.parametrize("text", ["", "not a query at all (", "title: x\ndetection: 5\n"])
def test_what_is_no_rule_is_a_parse_error(text):
    with pytest.raises(ruleconv.ParseError):
        ruleconv.inspect(text)


def test_an_unknown_source_is_wrong_usage():
    with pytest.raises(ruleconv.UsageError):
        ruleconv.inspect("T", source="spl")
