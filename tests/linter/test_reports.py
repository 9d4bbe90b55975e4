"""Findings as other programs read them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest

from ruleconv.diagnostic import Diagnostic, Severity
from ruleconv.linter.engine import lint
from ruleconv.linter.report import FORMATS, writer
from ruleconv.linter.rule import all_rules
from ruleconv.text import Source, Span

SARIF = json.loads(Path(__file__).with_name("data").joinpath("sarif-schema-2.1.0.json").read_text("utf-8"))
NAME = "rules/a b,c:d%é.yaml"
ODD = Diagnostic.at(Source("x\ny", NAME), Span(2, 3), "KQL003", "100 % of\nlines, «é» \x01\x1b[31m ::error", hint="a: b")


TEXTS = {NAME: "x\ny"}


def everything():
    """A finding of every rule's examples, in one file each, and an odd one; the files' texts go into ``TEXTS``."""
    found = [ODD]
    for rule in all_rules():
        for at, example in enumerate(rule.bad):
            name = f"rules/{rule.code}-{at}.txt"
            made = lint(example.file(), source=example.kind.value, filename=name, select=[rule.code], ignore=[])
            if made:
                TEXTS[name] = example.file()
            found += made
    return found


ALL = everything()
TEXTS["clean.yaml"] = ""


def test_sarif_is_valid_by_the_schema_of_oasis():
    log = json.loads(writer("sarif")(ALL, TEXTS))
    jsonschema.validators.validator_for(SARIF)(SARIF, format_checker=jsonschema.FormatChecker()).validate(log)
    (run,) = log["runs"]
    assert len(run["results"]) == len(ALL)
    rules = run["tool"]["driver"]["rules"]
    assert {each["id"] for each in rules} == {rule.code for rule in all_rules() if not rule.across and rule.code != "XRF011"}
    for result, finding in zip(run["results"], ALL, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"]) == (finding.line, finding.column)
        lines = TEXTS[finding.name].split("\n")
        within = lines[region["startLine"] - 1 : region["endLine"]]
        within[-1] = within[-1][: region["endColumn"] - 1]
        within[0] = within[0][region["startColumn"] - 1 :]
        assert "\n".join(within) == TEXTS[finding.name][finding.span.start : finding.span.end]
        assert (region["charOffset"], region["charLength"]) == (finding.span.start, finding.span.end - finding.span.start)
        assert ("fixes" in result) == (finding.fix is not None)
    assert any("fixes" in result for result in run["results"])


def test_sarif_counts_no_byte_order_mark():
    text = "\ufeffSigninLogs\n| where ResultTyp == 1\n| mvexpand LocationDetails"
    found = lint(text, filename="a.kql", select=["KQL003", "KQL036"])
    (run,) = json.loads(writer("sarif")(found, {"a.kql": text}))["runs"]
    regions = [each["locations"][0]["physicalLocation"]["region"] for each in run["results"]]
    assert [text[1:][each["charOffset"] :][: each["charLength"]] for each in regions] == ["ResultTyp", "mvexpand"]
    deleted = run["results"][1]["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"]
    assert deleted["charOffset"] == regions[1]["charOffset"]


def test_sarif_of_nothing():
    jsonschema.validate(json.loads(writer("sarif")([], {})), SARIF)


def test_sarif_names_files_as_uris_and_tells_equal_findings_apart():
    (run,) = json.loads(writer("sarif")([ODD, ODD], {NAME: "x\ny", "/abs/x.kql": ""}))["runs"]
    assert [each["location"]["uri"] for each in run["artifacts"]] == ["rules/a%20b%2Cc%3Ad%25%C3%A9.yaml", "file:///abs/x.kql"]
    one, other = (each["partialFingerprints"]["ruleconv/v1"] for each in run["results"])
    assert one != other


def test_json():
    found = lint("SigninLogs\n| where ResultTyp == 1", filename="a.kql", select=["KQL003"])
    (made,) = json.loads(writer("json")(found, {"a.kql": ""}))
    assert (made["file"], made["line"], made["column"], made["span"]) == ("a.kql", 2, 9, [19, 28])
    assert (made["code"], made["severity"], made["hint"]) == ("KQL003", "warning", "did you mean ResultType?")
    assert writer("json")([], {}) == "[]"


def test_github_escapes_what_would_be_a_command():
    assert writer("github")([ODD], {NAME: ""}) == (
        "::error file=rules/a b%2Cc%3Ad%25é.yaml,line=2,col=1,title=ruleconv KQL003::100 %25 of%0Alines, «é» \x01\x1b[31m ::error (a: b)"
    )


@pytest.mark.parametrize(("severity", "word"), [(Severity.ERROR, "major"), (Severity.WARNING, "minor"), (Severity.INFO, "info")])
def test_gitlab(severity, word):
    finding = Diagnostic.at(Source("x", "a.kql"), Span(0, 1), "KQL003", "m", severity=severity)
    moved = Diagnostic.at(Source("\n\nx", "a.kql"), Span(2, 3), "KQL003", "m", severity=severity)
    (before, second), (after,) = (json.loads(writer("gitlab")(each, {"a.kql": ""})) for each in ([finding, finding], [moved]))
    assert before["severity"] == word
    assert before["location"] == {"path": "a.kql", "lines": {"begin": 1}}
    assert before["fingerprint"] == after["fingerprint"] != second["fingerprint"]


def test_junit():
    root = ET.fromstring(writer("junit")(ALL, TEXTS))
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == list(TEXTS)
    assert suites["clean.yaml"].get("failures") == "0"
    assert [case.get("name") for case in suites["clean.yaml"]] == ["clean.yaml"]
    failures = sum(int(suite.get("failures")) for suite in root)
    assert failures == len(root.findall(".//failure")) == sum(each.severity is not Severity.INFO for each in ALL)
    (odd,) = suites[NAME]
    assert odd.find("failure").text.endswith("100 % of\nlines, «é» ��[31m ::error (a: b)")


@pytest.mark.parametrize("form", FORMATS)
def test_file_names_that_are_no_text_do_not_stop_a_report(form):
    name = b"a\xff.kql".decode("utf-8", "surrogateescape")
    writer(form)([Diagnostic.at(Source("x", name), Span(0, 1), "KQL003", "m")], {name: "x"})
