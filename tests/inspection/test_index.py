"""The index of a folder: who else looks for the same, rules that detect the same, coverage."""

import json
import os
import subprocess
import sys

import pytest

from ruleconv.inspection.index import as_html, as_json, as_markdown, build, entries, keys, navigator

SIGMA = """title: Loader in temp
logsource: {category: process_creation, product: windows}
tags: [attack.execution, attack.t1059.001, attack.t1086]
detection:
  selection:
    Image|endswith: '\\powershell.exe'
    CommandLine|contains: '-enc'
    ParentImage|endswith: ['\\winword.exe', '\\excel.exe']
  condition: selection
"""
OTHER_SIGMA = SIGMA.replace("Loader in temp", "Another title").replace("selection", "other")
KQL = """DeviceProcessEvents
| where FileName =~ "powershell.exe"
| where ProcessCommandLine contains "-ENC"
| where InitiatingProcessFileName in~ ("winword.exe", "excel.exe")
"""
SAME_KQL = """DeviceProcessEvents
| where InitiatingProcessFileName in~ ("excel.exe", "winword.exe") and FileName =~ "powershell.exe" and ProcessCommandLine contains "-ENC"
| project Timestamp, DeviceName
"""
UNLIKE = 'SigninLogs | where UserAgent has "curl" and UserPrincipalName !in ("a", "b")'


def index_of(*texts):
    names = (f"{at}.{'yml' if 'title:' in text else 'kql'}" for at, text in enumerate(texts))
    jobs = [entries.Job(name, text.encode()) for name, text in zip(names, texts, strict=True)]
    return build.build(entry for some in entries.read_all(jobs) for entry in some)


def seen_of(row):
    return {
        (each.field, value.value): value.by_language for each, some in zip(row.entry.indicators, row.seen, strict=True) for value in some
    }


def test_a_sigma_field_and_the_column_that_carries_it_count_together():
    found = index_of(SIGMA, KQL, OTHER_SIGMA, UNLIKE)
    assert seen_of(found.rows[1]) == {
        ("FileName", "powershell.exe"): {"sigma": 2},
        ("ProcessCommandLine", "-ENC"): {"sigma": 2},
        ("InitiatingProcessFileName", "winword.exe"): {"sigma": 2},
        ("InitiatingProcessFileName", "excel.exe"): {"sigma": 2},
    }
    assert seen_of(found.rows[0])["CommandLine", "-enc"] == {"kql": 1, "sigma": 1}
    assert seen_of(found.rows[3]) == {("UserAgent", "curl"): {}}


def test_the_kind_of_the_test_counts():
    found = index_of(KQL, KQL.replace("contains", "has"))
    assert seen_of(found.rows[0])["ProcessCommandLine", "-ENC"] == {}


def test_rules_that_detect_the_same_find_each_other():
    found = index_of(SIGMA, KQL, UNLIKE)
    assert [each.rule for each in found.rows[0].same_action] == [1]
    assert [each.rule for each in found.rows[1].same_action] == [0]
    assert found.rows[2].same_action == ()


def test_near_duplicates_are_the_same_whatever_their_order_and_layout():
    found = index_of(KQL, SAME_KQL, SIGMA, UNLIKE)
    assert (found.rows[0].duplicates[0].rule, found.rows[0].duplicates[0].score) == (1, 1.0)
    assert found.rows[3].duplicates == ()


def test_a_rule_with_one_more_exclusion_is_no_twin():
    found = index_of(UNLIKE, UNLIKE.replace('"b"', '"c"'))
    assert found.rows[0].entry.fingerprint != found.rows[1].entry.fingerprint


def test_a_broken_rule_is_listed_and_the_others_go_on():
    found = index_of(KQL, "not a query (", "title: x\ndetection: 3\n", UNLIKE)
    assert len(found.rows) == 2
    assert [(each.file, each.problems[0].line) for each in found.broken] == [("1.kql", 1), ("2.yml", 1)]


def test_a_file_that_is_no_text_is_broken():
    (found,) = entries.read(entries.Job("x.kql", b"\xff\xfe\xff"))
    assert found.broken


def test_coverage_and_the_navigator_s_layer():
    found = index_of(SIGMA, KQL)
    assert [(tactic.slug, count) for tactic, count in found.tactics] == [("execution", 1)]
    assert [each.technique.id for each in found.techniques] == ["T1059.001", "T1086"]
    assert found.without_technique == 1
    layer = json.loads(navigator.layer(found))
    assert layer["domain"] == "enterprise-attack"
    assert layer["versions"]["layer"] == "4.5"
    (technique,) = layer["techniques"]  # T1086 was revoked in favour of T1059.001: one rule, counted once
    assert (technique["techniqueID"], technique["score"], technique["comment"]) == ("T1059.001", 1, "Loader in temp")


def test_json_holds_cards_counts_and_relations():
    made = json.loads("".join(as_json.render(index_of(SIGMA, KQL, "broken ("))))
    assert made["languages"] == {"kql": 1, "sigma": 1}
    assert [each["file"] for each in made["broken"]] == ["2.kql"]
    first = made["rules"][0]
    assert first["card"]["title"] == "Loader in temp"
    assert first["indicators"][0]["seen"] == [{"value": "\\powershell.exe", "corpus": 1, "by_language": {"kql": 1}}]
    assert first["same_action"][0]["rule"] == 1


def test_an_empty_index_is_valid_json():
    made = json.loads("".join(as_json.render(build.build([]))))
    assert made["rules"] == []


def test_markdown_says_who_else_looks_for_a_value():
    page = "".join(as_markdown.render(index_of(SIGMA, KQL, OTHER_SIGMA)))
    assert '`ProcessCommandLine contains "-ENC" [any case]` corpus 2 (sigma 2)' in page


def test_no_text_of_a_rule_is_active_in_html_or_markdown():
    wicked = SIGMA.replace("Loader in temp", '"<script>alert(1)</script> [x](javascript:a) `"').replace("-enc", "<img src=x>|`")
    found = index_of(wicked)
    page = "".join(as_html.render(found))
    assert page.count("<script") == 1
    assert "<img" not in page
    assert "&lt;script&gt;alert" in page
    text = "".join(as_markdown.render(found))
    assert "[x](" not in text
    assert "<script" not in text


def test_several_processes_give_the_same(monkeypatch):
    monkeypatch.setattr(entries, "PARALLEL_FROM", 2)
    jobs = [entries.Job("a.kql", KQL.encode()), entries.Job("b.kql", b"("), entries.Job("c.yml", SIGMA.encode())]
    alone, several = (list(entries.read_all(jobs, processes=number)) for number in (1, 2))
    assert alone == several


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("DeviceProcessEvents.ProcessCommandLine", ("commandline",)),
        ("SigninLogs.NoSuchColumn", ("nosuchcolumn",)),
        ("SecurityEvent.CommandLine", ("commandline",)),
    ],
)
def test_columns_have_the_fields_names(source, names):
    from ruleconv.inspection.model import Indicator, Test

    assert set(names) <= set(keys.fields(Indicator("x", Test.EQ, sources=(source,))))


def test_a_column_of_the_same_name_counts_in_every_table():
    texts = [
        f'{table}\n| where InitiatingProcessFileName == "x.exe"'
        for table in ("DeviceProcessEvents", "DeviceNetworkEvents", "DeviceFileEvents")
    ]
    assert [[seen.corpus for seen in row.seen[0]] for row in index_of(*texts).rows] == [[2], [2], [2]]


def test_a_fingerprint_is_the_same_in_every_process():
    """Sets of names have another order in each; here those that the body of mv-apply makes."""
    code = (
        "from ruleconv.inspection.engine import inspect_all; from ruleconv.text import Source; "
        "print(inspect_all(Source('T_CL | mv-apply x = a, y = b on (extend p = x, q = y | where p > 1) | where q > 2'))[0].fingerprint)"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in "1234"
    }
    assert len(made) == 1
    assert made != {"\n"}
