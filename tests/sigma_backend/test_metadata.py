"""What a rule says about itself, in Sigma's words; titles and identifiers where it says nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

import ruleconv
from ruleconv.rulefile.metadata import Metadata, Related
from tests.sigma_backend.writing import accepted, documents, translated

ID = "81e2de47-fd42-4738-a924-8a72a6fa4a13"
OTHER = "fd799643-0f69-4ef7-9393-e70c6308e2b8"
RULES = Path(__file__).parents[2] / "rules"
FULL = Metadata(
    title="Sign-ins of a dormant account",
    id=ID,
    description="Somebody signs in\nwho should not.",
    status="test",
    level="high",
    author="Somebody",
    date="2024-01-31",
    modified="2024-02-29",
    license="DRL-1.1",
    references=("https://example.org/a", "https://example.org/a"),
    tags=("attack.initial-access", "attack.t1078.004", "attack.T1078.004", "Office 365", "cve.2021-44228", "cve.x", "severity.high"),
    falsepositives=("Travelling people",),
    related=(Related(OTHER, "similar"), Related("none", "similar")),
)


def test_everything_is_carried_over() -> None:
    (rule,) = documents("T | where S =~ 'a' | project S, U", metadata=FULL)
    assert list(rule) == [
        "title", "id", "related", "status", "description", "references", "author", "date", "modified", "tags", "logsource", "detection",
        "fields", "falsepositives", "license", "level",
    ]  # fmt: skip
    assert rule["title"] == FULL.title
    assert rule["id"] != ID
    assert rule["related"] == [{"id": ID, "type": "derived"}, {"id": OTHER, "type": "similar"}]
    assert (rule["status"], rule["level"], rule["author"], rule["license"]) == ("test", "high", "Somebody", "DRL-1.1")
    assert (rule["date"], rule["modified"]) == (date(2024, 1, 31), date(2024, 2, 29))
    assert rule["references"] == ["https://example.org/a"]
    assert rule["tags"] == ["attack.initial-access", "attack.t1078.004", "cve.2021-44228"]
    assert rule["falsepositives"] == ["Travelling people"]
    assert rule["description"] == FULL.description


def test_a_correlation_carries_it_and_not_the_rules_that_feed_it() -> None:
    base, rule = documents("T | summarize n = count() by U, bin(TimeGenerated, 1h) | where n > 3", metadata=FULL)
    assert rule["title"] == FULL.title
    assert rule["level"] == "high"
    assert rule["related"][0] == {"id": ID, "type": "derived"}
    assert "level" not in base
    assert "related" not in base
    assert base["title"] == f"{FULL.title} (T)"


def test_identifiers_are_stable_and_distinct() -> None:
    kql = "union T, V | where S =~ 'a'"
    first, second = documents(kql), documents(kql)
    assert first == second
    assert len({rule["id"] for rule in first}) == 2
    assert documents("T | where S =~ 'b'")[0]["id"] != documents("T | where S =~ 'a'")[0]["id"]


def test_the_title_of_a_query_is_its_first_comment() -> None:
    title = lambda kql: documents(kql)[0]["title"]  # noqa: E731
    assert title("// Title: Odd sign-ins.\nT | where S =~ 'a'") == "Odd sign-ins"
    assert title("//////\n// https://example.org\n// Odd sign-ins\nT | where S =~ 'a'") == "Odd sign-ins"
    assert title("T | where S =~ 'a' // Not this one") == "Events of T"
    assert len(title(f"// {'long ' * 100}\nT | where S =~ 'a'")) <= 256


def test_metadata_that_sigma_does_not_take_is_left_out() -> None:
    odd = Metadata(title="  two\n lines ", id="no uuid", status="mature", level="urgent", date="soon", related=(Related(OTHER, "uncle"),))
    (rule,) = documents("T | where S =~ 'a'", metadata=odd)
    assert rule["title"] == "two lines"
    assert rule["status"] == "experimental"
    assert not {"level", "date", "related"} & set(rule)


def test_texts_that_yaml_would_misread() -> None:
    tricky = ["yes", "null", "1e3", "- a", "a: b", "#x", "'q'", '"', "2024-01-31", "a\\b", " ", "é", "~", "0x1F", "on", "!tag", "&a"]
    listed = ", ".join("'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'" for text in tricky)
    (rule,) = documents(f"T | where S in~ ({listed})")
    assert rule["detection"]["selection"] == {"S": tricky}


def test_a_sentinel_rule_as_a_file() -> None:
    text = (RULES / "sentinel" / "guest-invited-by-first-time-inviter.yaml").read_text()
    made = ruleconv.translate(text, to="sigma", lossy=True)
    accepted(made.text)
    rule = yaml.safe_load(made.text)
    source = yaml.safe_load(text)
    assert rule["title"] == source["name"]
    assert rule["related"] == [{"id": source["id"], "type": "derived"}]
    assert rule["level"] == source["severity"].lower()
    assert {f"attack.{technique.lower()}" for technique in source["relevantTechniques"]} <= set(rule["tags"])


def test_the_text_as_a_user_sees_it() -> None:
    kql = """// Failed sign-ins of admins from outside
SigninLogs
| where TimeGenerated > ago(1h)
| where ResultType in ("50126", "50053") and UserPrincipalName startswith "adm"
| where not(UserAgent has "monitor") and isnotempty(IPAddress) and not(ipv4_is_private(IPAddress))
| project TimeGenerated, UserPrincipalName, IPAddress
"""
    assert (
        translated(kql).text
        == r"""title: Failed sign-ins of admins from outside
id: bd33b615-b69e-5fb6-ab95-e8fb1d44128b
status: experimental
logsource:
    product: azure
    service: signinlogs
detection:
    selection:
        ResultType:
            - 50126
            - 50053
        UserPrincipalName|startswith: adm
        IPAddress|cidr: 0.0.0.0/0
    filter_1:
        UserAgent|re|i: (?:^|[\W_])monitor(?:$|[\W_])
    filter_2:
        IPAddress:
            - ''
            - null
    filter_3:
        IPAddress|cidr:
            - 10.0.0.0/8
            - 172.16.0.0/12
            - 192.168.0.0/16
    condition: selection and not filter_1 and not filter_2 and not filter_3
fields:
    - TimeGenerated
    - UserPrincipalName
    - IPAddress
"""
    )


SIGMA = f"""title: Somebody runs it
id: {ID}
name: somebody_runs_it
taxonomy: {{taxonomy}}
logsource:
    product: windows
    category: {{category}}
detection:
    selection:
        CommandLine|contains: evil
    condition: selection
fields:
    - CommandLine
    - Image
tags:
    - attack.credential_access
    - attack.t1003
level: low
ruletype: Sigma
sample: {{{{evtx: [a.evtx, 5]}}}}
"""


def test_sigma_keeps_its_keys() -> None:
    """What another Sigma rule may say as well stands in it, in the specification's spelling."""
    made = ruleconv.translate(SIGMA.format(category="process_creation", taxonomy="mine"), to="sigma")
    accepted(made.text)
    rule = yaml.safe_load(made.text)
    assert made.notes == ()
    assert (rule["name"], rule["taxonomy"], rule["ruletype"], rule["sample"]) == (
        "somebody_runs_it",
        "mine",
        "Sigma",
        {"evtx": ["a.evtx", 5]},
    )
    assert rule["fields"] == ["CommandLine", "Image"]
    assert rule["tags"] == ["attack.credential-access", "attack.t1003"]


@pytest.mark.parametrize("category", ["process_creation", "nobody_knows"])
def test_through_sentinel_and_back(category: str) -> None:
    """The fields are Sigma's again: of a table that carries the log source by its columns, of a placeholder by their own names."""
    there = ruleconv.translate(SIGMA.format(category=category, taxonomy="sigma"), to="sentinel")
    assert [note.message for note in there.notes if note.code == "SEW010"] == [
        "Sentinel has no place for the rule's own keys: ruletype, sample"
    ]
    back = ruleconv.translate(there.text, to="sigma")
    accepted(back.text)
    rule = yaml.safe_load(back.text)
    assert rule["logsource"] == {"product": "windows", "category": category}
    assert rule["detection"] == {"selection": {"CommandLine|contains": "evil"}, "condition": "selection"}
    assert rule["fields"] == ["CommandLine", "Image"]


def test_a_query_that_left_its_log_source_has_the_fields_of_its_table() -> None:
    """Somebody put another table into the rule that was made of Sigma's."""
    there = ruleconv.translate(SIGMA.format(category="process_creation", taxonomy="sigma"), to="sentinel").text
    moved = (
        there.replace("DeviceProcessEvents", "SigninLogs").replace("ActionType", "AppDisplayName").replace("ProcessCommandLine", "Identity")
    )
    rule = yaml.safe_load(ruleconv.translate(moved, to="sigma").text)
    assert rule["logsource"] == {"product": "azure", "service": "signinlogs"}
    assert set(rule["detection"]["selection"]) == {"AppDisplayName|cased", "Identity|contains"}


@pytest.mark.parametrize("to", ["sigma", "sentinel"])
@pytest.mark.parametrize("id_", [f"id: {ID}\n", ""])
def test_rules_of_one_file_have_ids_of_their_own(to: str, id_: str) -> None:
    one = "title: One\n" + id_ + "logsource: {category: c}\ndetection: {s: {A: VALUE}, condition: s}\n"
    made = ruleconv.translate("---\n".join((one, one.replace("VALUE", "b"))), to=to).text
    first, second = yaml.safe_load_all(made)
    assert first["id"] != second["id"]
    assert first["id"] == yaml.safe_load(ruleconv.translate(one, to=to).text)["id"] or not id_
