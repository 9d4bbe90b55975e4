"""Rules in the JSON that portals export: the same rules as in YAML, with places in the JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ruleconv
from ruleconv.diagnostic import ParseError
from ruleconv.rulefile import json_nodes
from ruleconv.rulefile.reader import read_rules
from ruleconv.rulefile.scalar import embedding
from ruleconv.text import Source

GUID = "5b2c3a9e-3f0d-4f51-9d4c-6b8f5a0c7d11"
QUERY = 'SigninLogs\n| where ResultType == "50126"\t// \U0001f600 \\ é\r\n| summarize by IPAddress'


def resource(query: str = QUERY, **properties: object) -> dict[str, object]:
    return {
        "name": f"[concat(parameters('workspace'),'/Microsoft.SecurityInsights/{GUID}')]",
        "type": "Microsoft.OperationalInsights/workspaces/providers/alertRules",
        "kind": "Scheduled",
        "properties": {
            "displayName": "Failures from one address",
            "description": "Finds an address from which many sign-ins fail.",
            "severity": "Medium",
            "enabled": True,
            "query": query,
            "queryFrequency": "PT1H",
            "queryPeriod": "PT1H",
            "triggerOperator": "GreaterThan",
            "triggerThreshold": 0,
            "tactics": ["CredentialAccess"],
            "techniques": ["T1110"],
            "customDetails": None,
            **properties,
        },
    }


def template(*resources: dict[str, object]) -> dict[str, object]:
    return {"$schema": "x", "parameters": {"workspace": {"type": "String"}}, "resources": list(resources)}


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_an_arm_template_of_several_rules(indent: int | str | None) -> None:
    text = json.dumps(template(resource(), resource("AuditLogs\n| count")), indent=indent)
    first, second = read_rules(Source(text, "rules.json"))
    assert first.source.text == QUERY
    assert second.source.text == "AuditLogs\n| count"
    assert first.metadata["name"] == "Failures from one address"
    assert first.metadata["id"] == GUID
    assert first.metadata["relevantTechniques"] == ["T1110"]
    assert "customDetails" not in first.metadata


def test_each_rule_is_translated() -> None:
    text = json.dumps(template(resource(), resource("AuditLogs\n| count")))
    made = ruleconv.translate(text, to="sql", filename="rules.json").text
    assert 'FROM "SigninLogs"' in made
    assert 'FROM "AuditLogs"' in made


def test_findings_point_into_the_json() -> None:
    rule = resource('SigninLogs\n| where Identty == "\\\\"', entityMappings=[])
    text = json.dumps(template(rule), indent=2)
    found = {each.code: each for each in ruleconv.lint(text, filename="rules.json")}
    assert text[found["KQL003"].span.start : found["KQL003"].span.end] == "Identty"
    mapped = [{"entityType": "IP", "fieldMappings": [{"identifier": "Address", "columnName": "IpAddress"}]}]
    text = json.dumps(template(resource(entityMappings=mapped)), indent=2)
    (finding,) = ruleconv.lint(text, filename="rules.json")
    assert finding.code == "ENT002"
    assert text[finding.span.start : finding.span.end] == '"IpAddress"'


def test_a_fix_keeps_the_json_quotes() -> None:
    from ruleconv.linter.fix import apply

    text = json.dumps(template(resource(severity="HIGH")))
    fixed = apply(text, ruleconv.lint(text, filename="rules.json"))
    assert json.loads(fixed)["resources"][0]["properties"]["severity"] == "High"


def test_a_custom_detection_of_defender() -> None:
    rule = {
        "id": "7506",
        "displayName": "Some process",
        "isEnabled": True,
        "queryCondition": {"queryText": "DeviceProcessEvents\n| where FileNam == 'x'"},
        "schedule": {"period": "1H"},
        "detectionAction": {"alertTemplate": {"severity": "medium", "category": "Execution", "mitreTechniques": ["T1059"]}},
    }
    text = json.dumps({"value": [rule]})
    (found,) = ruleconv.lint(text, filename="detections.json")
    assert found.code == "KQL003"
    assert text[found.span.start : found.span.end] == "FileNam"


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ('{"a": 1,}', "a ',' before '}'", 8),
        ('{"a" 1}', "expected ':'", 5),
        ('{"a": "x', "Unterminated string", 6),
        ('{"a": nul}', "Expecting value", 6),
        ('{"a": 1} x', "text after the end", 9),
        ('{"a": [1, 2}', "expected ',' or ']'", 11),
        ('{"resources": []}', "no rule with a query", 0),
        ("[" * 200, "nested more than", 33),
    ],
)
def test_what_is_no_rule_file(text: str, message: str, at: int) -> None:
    with pytest.raises(ParseError, match=message.replace("[", r"\[")) as error:
        read_rules(Source(text, "rules.json"))
    assert error.value.span.start == at


@given(st.text(st.characters(codec="utf-8") | st.sampled_from('\\"/\n\t\U0001f600é')), st.booleans())
def test_every_character_of_a_string_has_its_place(value: str, ascii_only: bool) -> None:
    text = json.dumps({"a": value}, ensure_ascii=ascii_only)
    node = json_nodes.parse(Source(text)).pairs[0][1]
    assert node.text == value
    where = embedding(Source(text), node)
    for at, char in enumerate(value):
        start = where.outer(at)
        assert json.loads('"' + text[start : where.outer(at + 1)] + '"') == char


def test_json_that_is_no_rule_is_left_out_of_folders(tmp_path: Path) -> None:
    from ruleconv.cli.files import expand

    (tmp_path / "package.json").write_text('{"name": "x"}', "utf-8")
    (tmp_path / "rules.json").write_text(json.dumps(template(resource())), "utf-8")
    assert [each.relative.name for each in expand([str(tmp_path)], (".json",), [])] == ["rules.json"]


@pytest.mark.parametrize(("category", "tactics"), [("Malware", None), ("SuspiciousActivity", None), ("Persistence", "Persistence")])
def test_what_a_custom_detection_says_of_its_alert(category: str, tactics: str | None) -> None:
    alert = {"severity": "high", "category": category, "description": "d"}
    rule = {"displayName": "n", "queryCondition": {"queryText": "DeviceEvents"}, "detectionAction": {"alertTemplate": alert}}
    (read,) = read_rules(Source(json.dumps(rule), "x.json"))
    assert (read.metadata["severity"], read.metadata.get("tactics")) == ("High", tactics)
    assert "severity: High" in ruleconv.translate(json.dumps(rule), to="sentinel", filename="x.json").text
    assert not {"ATT014", "SCH005"} & {each.code for each in ruleconv.lint(json.dumps(rule), filename="x.json")}
