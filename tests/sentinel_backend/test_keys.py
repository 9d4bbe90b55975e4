"""Schedules, entities, connectors and ATT&CK's names, each by itself."""

from __future__ import annotations

import re

import pytest

from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Column, Type
from ruleconv.linter.engine import lint
from ruleconv.rulefile.connectors import connectors as connectors_of_sentinel
from ruleconv.rulefile.duration import DAY, HOUR, MINUTE, short
from ruleconv.rulefile.metadata import Metadata
from ruleconv.schema import bundled
from ruleconv.translation import bound, translate
from ruleconv_backends.sentinel import connectors, entities
from ruleconv_backends.sentinel.attack_keys import attack_keys
from ruleconv_backends.sentinel.schedule import schedule


def times(kql: str, **metadata: int) -> tuple[str, str, list[str]]:
    query, _ = bound(kql, source="kql")
    found = schedule(query, Metadata(**metadata))
    return short(found.frequency), short(found.period), [note.effect for note in found.notes]


@pytest.mark.parametrize(
    ("kql", "frequency", "period"),
    [
        ("SigninLogs", "1h", "1h"),
        ("SigninLogs | where TimeGenerated > ago(10m)", "1h", "1h"),
        ("SigninLogs | where TimeGenerated > ago(7d)", "1h", "7d"),
        ("let back = 2d; SigninLogs | where TimeGenerated > ago(2 * back)", "1h", "4d"),
        ("SigninLogs | where TimeGenerated between (ago(9d) .. ago(1d))", "1h", "9d"),
        ("SigninLogs | where TimeGenerated > startofday(ago(3d))", "1h", "4d"),
        ("SigninLogs | where TimeGenerated > now(-3d)", "1h", "3d"),
        ("SigninLogs | where TimeGenerated > now() - 3d", "1h", "3d"),
        ("SigninLogs | join (AuditLogs | where TimeGenerated > ago(5d)) on CorrelationId", "1h", "5d"),
    ],
)
def test_the_period_covers_what_the_query_looks_back_to(kql: str, frequency: str, period: str) -> None:
    assert times(kql) == (frequency, period, [])


def test_what_sentinel_cannot_look_back_to_is_noted() -> None:
    assert times("SigninLogs | where TimeGenerated > ago(30d)") == ("1h", "14d", [Effect.NARROWS])


@pytest.mark.parametrize(
    ("timespan", "frequency", "period", "notes"),
    [
        (MINUTE, "5m", "6m", []),
        (10 * MINUTE, "10m", "20m", []),
        (DAY, "1d", "2d", []),
        (7 * DAY, "1d", "8d", []),
        (13 * DAY + 12 * HOUR, "12h", "14d", []),
        (14 * DAY, "1h", "14d", [Effect.NARROWS]),
        (30 * DAY, "1h", "14d", [Effect.NARROWS]),
    ],
)
def test_each_window_of_a_correlation_is_seen_in_whole_by_some_run(timespan: int, frequency: str, period: str, notes: list[Effect]) -> None:
    assert times("SigninLogs", timespan=timespan) == (frequency, period, notes)


def test_what_a_rule_says_is_kept_within_the_limits() -> None:
    assert times("SigninLogs", frequency=2 * HOUR, period=DAY) == ("2h", "1d", [])
    assert times("SigninLogs", frequency=MINUTE, period=30 * DAY) == ("1h", "14d", [])
    assert times("SigninLogs", frequency=DAY, period=HOUR) == ("1d", "1d", [])


def mapped(tables: list[str], *columns: str) -> list[tuple[str, dict[str, str]]]:
    found = entities.mappings([Column(name, Type.STRING) for name in columns], tables)
    return [(each["entityType"], {field["identifier"]: field["columnName"] for field in each["fieldMappings"]}) for each in found]


def test_entities_are_of_columns_that_are_there() -> None:
    assert mapped(["SecurityEvent"], "Computer", "SubjectUserName", "SubjectUserSid") == [
        ("Host", {"FullName": "Computer"}),
        ("Account", {"Name": "SubjectUserName", "Sid": "SubjectUserSid"}),
    ]
    assert mapped(["SigninLogs"], "UserPrincipalName", "UserId") == [("Account", {"FullName": "UserPrincipalName", "AadUserId": "UserId"})]
    assert mapped(["OfficeActivity"], "UserId") == [("Account", {"FullName": "UserId"})]
    assert mapped(["T"], "UserId") == []


def test_a_hash_needs_its_algorithm() -> None:
    assert mapped(["T"], "Hash") == []
    assert mapped(["T"], "Hash", "HashType") == [("FileHash", {"Value": "Hash", "Algorithm": "HashType"})]


def test_a_bag_is_no_identifier() -> None:
    assert entities.mappings([Column("Computer", Type.DYNAMIC)], ["T"]) == []


def test_ten_mappings_are_the_most() -> None:
    every = [column for table in bundled() for column in table.columns]
    assert len(entities.mappings(every, [table.name for table in bundled()])) == entities.MAX_MAPPINGS


# Of each type: its identifiers, and the sets of which one must be there.
IDENTIFIERS = {
    "Account": (
        {"Name", "FullName", "NTDomain", "DnsDomain", "UPNSuffix", "Sid", "AadTenantId", "AadUserId", "PUID", "DisplayName", "ObjectGuid"},
        [{"FullName"}, {"Sid"}, {"Name"}, {"AadUserId"}],
    ),
    "AzureResource": ({"ResourceId"}, [{"ResourceId"}]),
    "CloudApplication": ({"AppId", "Name", "InstanceName"}, [{"AppId"}, {"Name"}]),
    "DNS": ({"DomainName"}, [{"DomainName"}]),
    "File": ({"Directory", "Name"}, [{"Name"}]),
    "FileHash": ({"Algorithm", "Value"}, [{"Algorithm", "Value"}]),
    "Host": ({"DnsDomain", "NTDomain", "HostName", "FullName", "NetBiosName", "AzureID"}, [{"FullName"}, {"HostName"}]),
    "IP": ({"Address", "AddressScope"}, [{"Address"}]),
    "Mailbox": ({"MailboxPrimaryAddress", "DisplayName", "Upn"}, [{"MailboxPrimaryAddress"}]),
    "MailMessage": ({"NetworkMessageId", "Recipient", "Sender"}, [{"NetworkMessageId"}, {"Recipient"}]),
    "Process": ({"ProcessId", "CommandLine", "ElevationToken", "CreationTimeUtc"}, [{"CommandLine"}, {"ProcessId"}]),
    "RegistryKey": ({"Hive", "Key"}, [{"Key"}, {"Hive"}]),
    "RegistryValue": ({"Name", "Value", "ValueType"}, [{"Name"}]),
    "URL": ({"Url"}, [{"Url"}]),
}
MADE = {"AccountCustomEntity", "HostCustomEntity", "IPCustomEntity", "URLCustomEntity", "AccountUPNSuffix", "UPNSuffix", "Name"}
"""Columns that rules make themselves, and DnsEvents' ``Name``, which its reference leaves out."""


def test_the_data_of_entities_names_what_there_is() -> None:
    columns = {column.name for table in bundled() for column in table.columns} | MADE
    names = set(bundled().names)
    for known in entities._known():
        allowed, needed = IDENTIFIERS[known.entity]
        for way in known.ways:
            assert {field.identifier for field in way} <= allowed
            assert any(each <= {field.identifier for field in way if field.needed} for each in needed)
            assert len(way) <= entities.MAX_IDENTIFIERS
        missing = [field.column for way in known.ways for field in way if field.column not in columns]
        assert all(re.fullmatch(r"\w+_s|Username|Hostname|QueryName|ActorEmail|Client_IPAddress", each) for each in missing), missing
        for name in (*known.tables, *known.others):
            assert name.endswith("*") or name in names, name


def test_connectors() -> None:
    assert connectors.required(["SigninLogs", "AuditLogs", "DeviceEvents", "Nothing"]) == [
        {"connectorId": "AzureActiveDirectory", "dataTypes": ["AuditLogs", "SigninLogs"]},
        {"connectorId": "MicrosoftThreatProtection", "dataTypes": ["DeviceEvents"]},
    ]
    assert connectors.required([]) == []


def test_techniques_stand_below_their_tactics() -> None:
    keys = attack_keys(["attack.execution", "attack.t1059.001", "attack.t1003", "cve.2021-44228", "attack.g0016"])
    assert keys.tactics == ("Execution", "CredentialAccess")
    assert keys.techniques == ("T1059.001", "T1003")
    assert keys.tags == ("cve.2021-44228", "attack.g0016")
    assert [note.code for note in keys.notes] == ["SEW007"]


def test_tactics_come_from_techniques_where_none_is_named() -> None:
    keys = attack_keys(["attack.t1059"])
    assert (keys.tactics, keys.notes) == (("Execution",), ())


def test_a_former_tactic_of_a_technique_counts() -> None:
    keys = attack_keys(["attack.defense_evasion", "attack.t1548.002"])
    assert (keys.tactics, keys.techniques, keys.notes) == (("DefenseEvasion",), ("T1548.002",), ())


def test_what_sentinel_would_not_give_back_stays_a_tag() -> None:
    assert attack_keys(["attack.stealth"]).tags == ("attack.stealth",)
    assert attack_keys(["attack.stealth", "attack.t1036"]).tags == ()
    assert attack_keys(["attack.defense-evasion"]).tags == ()


def test_old_and_unknown_techniques() -> None:
    keys = attack_keys(["attack.execution", "attack.t1086", "attack.t9999"])
    assert keys.techniques == ("T1059.001",)
    assert keys.tags == ("attack.t9999",)
    assert [note.code for note in keys.notes] == ["SEW006"]


def test_a_rule_over_all_events_does_not_ask_for_a_number_of_hours():
    """An aggregation without a timeframe is a correlation over a hundred years, which no reader takes for 876001h."""
    text = "title: a\nlogsource:\n  product: zeek\ndetection:\n  s:\n    a: 1\n  condition: s | count() by b > 5\n"
    (note,) = [note for note in translate(text, to="sentinel").notes if note.code == "SEW008"]
    assert note.message == "the rule asks for all events, however old, a run sees those of 14d"


def test_notes_stand_at_the_keys_that_they_are_about() -> None:
    rule = """title: A rule
logsource: {category: process_creation}
detection: {selection: {Image: a}, condition: selection}
mine: 3
tags: [attack.t9999, attack.t1059, attack.impact]
level: critical
"""
    made = translate(rule, to="sentinel")
    where = {note.code: rule[note.span.start : note.span.end] for note in made.notes if note.code.startswith("SEW")}
    assert where == {"SEW001": "level", "SEW004": "title", "SEW006": "tags", "SEW007": "tags", "SEW010": "mine"}
    correlation = "title: B\ncorrelation: {type: event_count, rules: [a], timespan: 30d, condition: {gte: 3}}\nlevel: low\n"
    text = rule.replace("title: A rule", "title: A rule\nname: a") + "---\n" + correlation
    (note,) = [note for note in translate(text, to="sentinel").notes if note.code == "SEW008"]
    assert text[note.span.start : note.span.end] == "correlation"


def test_a_table_has_one_connector_which_fills_it() -> None:
    """The linter holds a rule's tables against the same list."""
    chosen = [table for connector in connectors_of_sentinel().values() for table in connector.chosen]
    assert len(chosen) == len(set(chosen)) > 1000
    assert all(connector.chosen <= connector.tables for connector in connectors_of_sentinel().values())
    for table in ("SecurityEvent", "DeviceProcessEvents", "MicrosoftGraphActivityLogs", "IdentityInfo", "W3CIISLog"):
        rule = translate(f"{table} | where TimeGenerated > ago(1h)", source="kql", to="sentinel").text
        assert [finding.code for finding in lint(rule, select=("CON",))] == []
