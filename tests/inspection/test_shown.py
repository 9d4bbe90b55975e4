"""What people see of an inspection, where it is easily wrong or unreadable."""

import re
from io import StringIO

import pytest
from rich.console import Console

import ruleconv
from ruleconv.cli import inspection_text
from ruleconv.inspection import as_markdown, phrases

SIGMA = "title: a\ntags: [{}]\nlogsource: {{category: process_creation, product: windows}}\ndetection: {{s: {{Image: a}}, condition: s}}\n"


def text(inspection, width):
    console = Console(file=StringIO(), width=width)
    inspection_text.show(inspection, console)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("tags", "tactics"),
    [
        ("attack.defense_evasion, attack.t1218.008", [("TA0005", "Defense Evasion")]),
        ("attack.defense-evasion", [("TA0005", "Defense Evasion")]),
        ("attack.defense-evasion, attack.t1628", [("TA0030", "Defense Evasion")]),
        ("attack.stealth, attack.t1218.008", [("TA0005", "Stealth")]),
        ("attack.initial-access", [("TA0001", "Initial Access")]),
    ],
)
def test_a_tactic_is_that_of_the_matrix_that_the_rule_means(tags, tactics):
    found = ruleconv.inspect(SIGMA.format(tags), filename="x.yml").coverage.tactics
    assert [(each.id, each.name) for each in found] == tactics


def test_what_is_unknown_in_many_places_is_told_once():
    made = ruleconv.inspect("SigninLogs\n| where Nope == 1 or Nope == 2\n| where Nope == 3 or Nope == 4 or Lost == 1", source="kql")
    assert list(phrases.problems(made.problems)) == [
        "2:9, 2:22, 3:9 and 1 more: there is no column Nope here",
        "3:35: there is no column Lost here",
    ]
    assert text(made, 100).count("no column Nope") == 1
    assert as_markdown.render(made).count("no column Nope") == 1


@pytest.mark.parametrize("width", [60, 120])
def test_every_stage_begins_where_the_others_do_and_nothing_else_does(width):
    query = "SigninLogs\n| extend a = strcat(AppDisplayName,\n'x'),\nb = 1\n| where " + " and ".join(
        f"UserAgent has 'x{at}'" for at in range(9)
    )
    lines = text(ruleconv.inspect(query, source="kql"), width).split("\n")
    stages = lines[lines.index("Stages (3)") + 1 : lines.index("Indicators")]
    assert [line.split()[0] for line in stages if re.match(r"  \w", line)] == ["1", "2", "3"]


def test_a_narrow_page_says_the_stages_too():
    made = text(ruleconv.inspect("SigninLogs | where ResultType == '1' | summarize n = count() by IPAddress", source="kql"), 60)
    assert 'ResultType eq "1" [exact case]  (stage 2)' in made
    assert "n long summarize 3" in made


def test_bars_and_backslashes_of_a_value_stay_in_its_cell():
    made = as_markdown.render(ruleconv.inspect(r'T_CL | where a matches regex @"x\|y|z`"', source="kql"))
    (row,) = [line for line in made.splitlines() if line.startswith("| `a`")]
    cells = re.split(r"(?<!\\)\|", row.replace("\\\\|", "\\_"))
    assert len(cells) == 7
    assert r"x\\|y\|z" in row
