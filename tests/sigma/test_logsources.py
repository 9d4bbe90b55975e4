"""Which table a log source goes to: the best that has all of a rule's fields, and what is said when none does."""

from __future__ import annotations

import itertools

import pytest

import ruleconv
from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.expr import How, Literal, Match, Nulls
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.query import Extend, Filter, Rel, Source
from ruleconv.ir.types import Column, Type
from ruleconv.schema import Schema, Table, bundled
from ruleconv.sigma.events import Events, LogSource
from ruleconv.sigma.mapped import MappedPlatform
from ruleconv.text import NOWHERE, Span

CREATION = LogSource("windows", "process_creation")
SECURITY = LogSource("windows", "", "security")


def events(logsource: LogSource, *fields: str, platform: str | None = None) -> Events:
    return MappedPlatform(bundled(), platform).events(logsource, fields)


def table(rel: Rel) -> str:
    while not isinstance(rel, Source):
        assert isinstance(rel, Filter | Extend)
        rel = rel.input
    return rel.table


def text(found: Events, name: str, how: How, *patterns: str) -> ir.Expr:
    values = tuple(Literal(each, Type.STRING) for each in patterns)
    return found.adapt(name, Match(found.field(name, NOWHERE), values, how, True, nulls=Nulls.ABSENT), NOWHERE)


@pytest.mark.parametrize(
    ("logsource", "fields", "platform", "expected"),
    [
        (CREATION, ["Image", "CommandLine", "OriginalFileName"], None, "DeviceProcessEvents"),
        (CREATION, ["Image", "CurrentDirectory"], None, "WindowsEvent"),
        (CREATION, ["Image", "Imphash"], None, "WindowsEvent"),
        (CREATION, ["NewProcessName", "CommandLine"], None, "DeviceProcessEvents"),
        (CREATION, ["NewProcessName", "TargetUserName"], None, "SecurityEvent"),
        (CREATION, ["Image", "CommandLine"], "sentinel", "SecurityEvent"),
        (CREATION, ["Image", "OriginalFileName"], "sentinel", "WindowsEvent"),
        (CREATION, ["Image", "CommandLine"], "defender", "DeviceProcessEvents"),
        (LogSource("windows", "registry_set"), ["TargetObject", "Details"], None, "DeviceRegistryEvents"),
        (LogSource("windows", "image_load"), ["ImageLoaded", "Image"], None, "DeviceImageLoadEvents"),
        (LogSource("windows", "image_load"), ["ImageLoaded", "Signed"], None, "WindowsEvent"),
        (LogSource("windows", "create_remote_thread"), ["SourceImage", "TargetImage"], None, "DeviceEvents"),
        (LogSource("windows", "create_remote_thread"), ["SourceImage", "StartModule"], None, "WindowsEvent"),
        (LogSource("windows", "ps_script"), ["ScriptBlockText"], None, "WindowsEvent"),
        (LogSource("windows", "ps_script"), ["ScriptBlockText"], "defender", "DeviceEvents"),
        (LogSource("windows", "wmi_event"), ["Destination"], None, "WindowsEvent"),
        (LogSource("windows", "", "sysmon"), ["EventID", "Configuration"], None, "WindowsEvent"),
        (LogSource("windows", "", "taskscheduler"), ["EventID", "TaskName"], None, "WindowsEvent"),
        (LogSource("windows", "", "application"), ["EventID", "Message"], None, "Event"),
        (SECURITY, ["EventID", "TargetUserName", "LogonType"], None, "SecurityEvent"),
        (SECURITY, ["EventID", "AttributeLDAPDisplayName"], None, "WindowsEvent"),
        (SECURITY, ["EventID", "LogonType", "IpAddress"], "defender", "DeviceLogonEvents"),
        (LogSource("windows"), ["Channel", "EventID"], None, "WindowsEvent"),
        (LogSource("windows", "", "a-new-service"), ["Channel", "EventID"], None, "WindowsEvent"),
        (LogSource("linux", "process_creation"), ["Image", "CommandLine"], None, "DeviceProcessEvents"),
    ],
)
def test_the_best_table_with_all_fields(logsource: LogSource, fields: list[str], platform: str | None, expected: str) -> None:
    assert table(events(logsource, *fields, platform=platform).rel) == expected


@pytest.mark.parametrize(
    ("logsource", "fields", "name"),
    [
        (LogSource("zeek", "", "http"), ["c-uri"], "zeek_http"),
        (LogSource("windows", "file_access"), ["FileName"], "windows_file_access"),
        (LogSource("windows", "process_creation"), ["Image", "NoSuchField"], "windows_process_creation"),
        (LogSource("windows", "", "a-new-service"), ["EventID"], "windows_a-new-service"),
    ],
)
def test_where_no_table_fits_the_form_is_generic_and_says_so(logsource: LogSource, fields: list[str], name: str) -> None:
    found = events(logsource, *fields)
    assert table(found.rel) == name
    assert [(note.code, note.effect) for note in found.notes] == [("LOG001", Effect.EXACT)]
    value = found.field(fields[0], NOWHERE)
    assert isinstance(value, ir.ColumnRef)
    assert value.name == fields[0]


def test_names_of_another_taxonomy_are_not_taken_for_sigmas() -> None:
    theirs = LogSource("windows", "process_creation", span=Span(3, 5), taxonomy="acme")
    found = events(theirs, "Image")
    assert table(found.rel) == "windows_process_creation"
    assert [(note.code, "the taxonomy acme" in note.message) for note in found.notes] == [("LOG001", True)]
    with pytest.raises(Unsupported, match="the taxonomy acme"):
        events(theirs, "Image", platform="defender")


def test_the_note_on_a_generic_table_names_the_missing_field_of_every_table() -> None:
    (note,) = events(CREATION, "Image", "NoSuchField").notes
    assert "DeviceProcessEvents has no NoSuchField" in note.message
    assert "WindowsEvent has no NoSuchField" in note.message


def test_a_wide_table_says_what_the_dedicated_one_lacks() -> None:
    (note,) = events(CREATION, "Image", "CurrentDirectory").notes
    assert (note.code, note.effect) == ("LOG002", Effect.EXACT)
    assert "DeviceProcessEvents has no CurrentDirectory" in note.message


def test_a_platform_refuses_a_field_by_name_and_tells_who_has_it() -> None:
    with pytest.raises(Unsupported) as refused:
        events(LogSource("windows", "process_creation", span=Span(3, 5)), "Image", "CurrentDirectory", platform="defender")
    assert refused.value.construct == "the field CurrentDirectory in DeviceProcessEvents"
    assert refused.value.hint == "the platform 'sentinel' has it"
    assert refused.value.span == Span(3, 5)


def test_a_platform_refuses_a_log_source_and_tells_who_carries_it() -> None:
    with pytest.raises(Unsupported) as refused:
        events(LogSource("windows", "", "system"), "EventID", platform="defender")
    assert refused.value.construct == "the log source product windows, service system on the platform 'defender'"
    assert refused.value.hint == "the platform 'sentinel' carries it"
    with pytest.raises(Unsupported, match="product zeek") as refused:
        events(LogSource("zeek", "", "http"), "c-uri", platform="sentinel")
    assert refused.value.hint == "the platform 'generic' takes any log source"


def test_the_choices_end_with_the_generic_form_only_by_default() -> None:
    def tables(platform: str | None) -> list[str]:
        return [table(each.rel) for each in itertools.islice(MappedPlatform(bundled(), platform).choices(CREATION, ["Image"]), 9)]

    assert tables(None) == ["DeviceProcessEvents", "SecurityEvent", "WindowsEvent", "windows_process_creation"]
    assert tables("sentinel") == ["SecurityEvent", "WindowsEvent", "DeviceProcessEvents"]
    assert tables("defender") == ["DeviceProcessEvents"]


def test_time_is_the_platforms() -> None:
    assert events(CREATION, "Image").time == ir.ColumnRef("TimeGenerated", Type.DATETIME)
    assert events(CREATION, "Image", platform="defender").time == ir.ColumnRef("Timestamp", Type.DATETIME)
    assert events(SECURITY, "EventID").time == ir.ColumnRef("TimeGenerated", Type.DATETIME)


def test_names_are_matched_without_regard_to_case() -> None:
    found = events(CREATION, "Commandline", "image")
    assert found.field("Commandline", NOWHERE) == ir.ColumnRef("ProcessCommandLine", Type.STRING)


def test_columns_have_the_type_of_the_schema_and_paths_a_conversion() -> None:
    assert events(LogSource("windows", "network_connection"), "DestinationPort").field("DestinationPort", NOWHERE).type is Type.INT
    path = events(LogSource("windows", "ps_script"), "ScriptBlockText").field("ScriptBlockText", NOWHERE)
    step = ir.Access(ir.ColumnRef("EventData", Type.DYNAMIC), Literal("ScriptBlockText", Type.STRING))
    assert path == ir.Call("tostring", (step,), Type.STRING)


def test_the_users_schema_says_which_columns_there_are() -> None:
    mine = Table("DeviceProcessEvents", (Column("TimeGenerated", Type.DATETIME), Column("ActionType", Type.STRING)))
    found = MappedPlatform(Schema.of([mine]), None).events(CREATION, ["Image"])
    with pytest.raises(Unsupported, match="the column FolderPath of DeviceProcessEvents"):
        found.field("Image", NOWHERE)


def test_a_column_is_computed_only_where_a_test_needs_it() -> None:
    found = events(CREATION, "User")
    text(found, "User", How.EQUALS, "CONTOSO\\ada")
    assert not isinstance(found.rel, Extend)
    text(found, "User", How.REGEX, "o.a")
    text(found, "User", How.EQUALS, "CONTOSO\\ada")
    assert isinstance(found.rel, Extend)
    assert [each.name for each in found.rel.values] == ["User"]


def test_a_group_by_field_is_computed_though_every_test_found_another_way() -> None:
    found = events(CREATION, "User")
    text(found, "User", How.EQUALS, "CONTOSO\\ada")
    found.field("User", NOWHERE)
    assert isinstance(found.rel, Extend)


@pytest.mark.parametrize(
    ("logsource", "name", "how", "pattern", "message"),
    [
        (
            LogSource("windows", "registry_set"),
            "TargetObject",
            How.CONTAINS,
            "MACHINE",
            "'MACHINE' of the field TargetObject in DeviceRegistryEvents",
        ),
        (LogSource("windows", "registry_set"), "TargetObject", How.REGEX, "^HKLM", "the regular expression"),
        (LogSource("windows", "registry_set"), "Details", How.CONTAINS, "0x0000", "the pattern '0x0000' of the field Details"),
        (CREATION, "Hashes", How.CONTAINS, "IMPHASH=" + "a" * 32, "the IMPHASH"),
        (CREATION, "IntegrityLevel", How.EQUALS, "Protected", "the value 'Protected' of the field IntegrityLevel"),
        (CREATION, "EventID", How.EQUALS, "4688", "the value 4688 of the field EventID"),
        (LogSource("windows", "create_remote_thread"), "TargetImage", How.CONTAINS, "\\Temp\\", "of the field TargetImage in DeviceEvents"),
    ],
)
def test_a_value_that_cannot_be_said_is_refused_by_name(logsource: LogSource, name: str, how: How, pattern: str, message: str) -> None:
    with pytest.raises(Unsupported) as refused:
        text(events(logsource, name), name, how, pattern)
    assert message in refused.value.message


def test_a_value_that_the_first_table_cannot_say_sends_the_rule_to_the_next() -> None:
    _, wide = itertools.islice(MappedPlatform(bundled(), None).choices(CREATION, ["Hashes"]), 2)
    assert table(wide.rel) == "WindowsEvent"
    (note,) = wide.notes
    assert "DeviceProcessEvents cannot say a value that is asked for" in note.message


def test_a_deviation_of_the_table_is_noted_with_its_effect() -> None:
    (note,) = events(LogSource("windows", "ps_script"), "ScriptBlockText", platform="defender").notes
    assert (note.code, note.effect) == ("LOG003", Effect.NARROWS)


def test_a_path_has_a_limit_and_messages_are_short() -> None:
    deep = "requestParameters." + ".".join("a" * 200)
    aws = LogSource("aws", "", "cloudtrail")
    assert table(events(aws, "requestParameters.a.b").rel) == "AWSCloudTrail"
    found = events(aws, deep)
    assert table(found.rel) == "aws_cloudtrail"
    assert all(len(note.message) < 400 for note in found.notes)


def test_what_the_filter_says_already_is_not_tested_again() -> None:
    found = events(SECURITY, "EventID", "Channel")
    assert text(found, "Channel", How.EQUALS, "security") == Literal(True, Type.BOOL)
    assert found.field("Channel", NOWHERE) == ir.ColumnRef("Channel", Type.STRING)
    with pytest.raises(Unsupported, match="the value System of the field Channel in SecurityEvent"):
        text(found, "Channel", How.EQUALS, "System")


@pytest.mark.parametrize(("value", "table"), [("Security", "SecurityEvent"), ("SECURITY", "WindowsEvent")])
def test_a_constant_of_a_table_keeps_its_case(value: str, table: str) -> None:
    """``|cased`` asks for another text than the one that the table's events all have."""
    detection = f"selection: {{EventID: 4625, 'Channel|cased': {value}}}\n    condition: selection"
    rule = f"title: A\nlogsource: {{product: windows, service: security}}\ndetection:\n    {detection}\n"
    assert ruleconv.translate(rule, source="sigma", to="kql", platform="sentinel").text.startswith(f"{table}\n")
