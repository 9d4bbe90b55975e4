"""Files with several rules: a broken one does not take the others with it."""

import json

import pytest

import ruleconv
from ruleconv.diagnostic import ParseError, RuleconvError
from ruleconv.ir.fidelity import Translation
from ruleconv.rulefile.reader import read_each, read_rules
from ruleconv.text import Source
from ruleconv.translation import Options, translate_each

YAML = "name: a\nquery: |\n  SigninLogs\n  | where ResultType == '1'\n---\nname: b\nquery: |\n  {}\n---\nname: c\nquery: SigninLogs\n"
GOOD = "SigninLogs | where ResultType == '2'"
SIGMA = "title: {}\nlogsource: {{category: process_creation, product: windows}}\ndetection:\n  s:\n    Image{}: a\n  condition: s\n"


def each(file, **options):
    return list(translate_each(file, **{"to": "sql", "options": Options()} | options))


def words(found):
    return [one.place if isinstance(one, RuleconvError) else "SigninLogs" in one.text for one in found]


def test_documents_of_a_yaml_file_are_rules():
    rules = read_rules(Source(YAML.format(GOOD), "r.yaml"))
    assert [rule.metadata["name"] for rule in rules] == ["a", "b", "c"]
    assert [rule.source.position(0) for rule in rules] == [(3, 3), (8, 3), (11, 8)]
    assert words(each(Source(YAML.format(GOOD), "r.yaml"))) == [True, True, True]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SigninLogs | where Nope == 1", "r.yaml:8:22"),
        ("SigninLogs | where (", "r.yaml:8:22"),
        ("SigninLogs | evaluate basket()", "r.yaml:8:16"),
    ],
)
def test_a_broken_rule_does_not_take_the_others_with_it(query, place):
    assert words(each(Source(YAML.format(query), "r.yaml"))) == [True, place, True]
    with pytest.raises(RuleconvError) as caught:
        ruleconv.translate(YAML.format(query), to="sql", filename="r.yaml")
    assert caught.value.place == place


def test_a_rule_without_a_query_does_not_take_the_others_with_it():
    found = read_each(Source("name: a\nquery: T\n---\nname: b\n---\n- c\n", "r.yaml"))
    assert [one.place if isinstance(one, ParseError) else one.source.text for one in found] == ["T", "r.yaml:4:1", "r.yaml:6:1"]


def test_what_a_document_says_twice_is_told_of_that_document():
    first, second = read_rules(Source("name: a\nquery: T\n---\nname: b\nname: c\nquery: U\n", "r.yaml"))
    assert first.problems == ()
    assert [problem.line for problem in second.problems] == [5]


def test_exported_rules():
    def rule(query):
        return {"kind": "Scheduled", "type": "Microsoft.SecurityInsights/alertRules", "properties": {"displayName": "n", "query": query}}

    text = json.dumps({"resources": [rule(GOOD), rule(None), rule("SigninLogs | where ResultTyp == 1"), rule(GOOD)]}, indent=1)
    made = words(each(Source(text, "arm.json")))
    assert made[0] is made[3] is True
    assert [text.split("\n")[int(place.split(":")[1]) - 1].strip() for place in made[1:3]] == [
        "{",
        '"query": "SigninLogs | where ResultTyp == 1"',
    ]


def test_sigma_rules_that_stand_side_by_side():
    text = "---\n".join((SIGMA.format("a", ""), SIGMA.format("b", "|nonsense"), SIGMA.format("c", "|endswith")))
    first, second, third = each(Source(text, "r.yml"))
    assert isinstance(first, Translation)
    assert isinstance(third, Translation)
    assert second.place.startswith("r.yml:12:")


def test_what_is_written_of_several_rules_is_read_again():
    made = ruleconv.translate(YAML.format(GOOD), to="sentinel", filename="r.yaml").text
    assert (
        ruleconv.translate(made, to="kql", filename="again.yaml").text
        == ruleconv.translate(YAML.format(GOOD), to="kql", filename="r.yaml").text
    )
