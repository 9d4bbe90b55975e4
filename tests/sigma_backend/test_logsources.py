"""Tables as log sources, and columns as Sigma's fields: the log source files read backwards (S44)."""

from __future__ import annotations

import pytest

import ruleconv
from tests.sigma_backend.writing import documents

TABLES = {
    "T | where S =~ 'a'": ({"service": "t"}, {"S": "a"}),
    "SigninLogs | where ResultType == '0'": ({"product": "azure", "service": "signinlogs"}, {"ResultType": 0}),
    "AuditLogs | where Result =~ 'a'": ({"product": "azure", "service": "auditlogs"}, {"Result": "a"}),
    "AWSCloudTrail | where EventName =~ 'a'": ({"product": "aws", "service": "cloudtrail"}, {"eventName": "a"}),
    "DeviceProcessEvents | where ProcessCommandLine has 'a' and FolderPath endswith 'b'": (
        {"category": "process_creation"},
        {"CommandLine|re|i": r"(?:^|[\W_])a(?:$|[\W_])", "Image|endswith": "b"},
    ),
    "DeviceProcessEvents | where ActionType == 'ProcessCreated' and FolderPath endswith 'b'": (
        {"category": "process_creation"},
        {"Image|endswith": "b"},
    ),
    # Only Windows has such paths.
    r"DeviceProcessEvents | where FolderPath endswith @'\cmd.exe'": (
        {"product": "windows", "category": "process_creation"},
        {"Image|endswith": "\\cmd.exe"},
    ),
    r"DeviceProcessEvents | where FolderPath endswith @'\a.exe' or ProcessCommandLine contains 'x'": (
        {"category": "process_creation"},
        [{"Image|endswith": "\\a.exe"}, {"CommandLine|contains": "x"}],
    ),
    r"DeviceProcessEvents | where ProcessCommandLine contains @'\n'": ({"category": "process_creation"}, {"CommandLine|contains": r"\n"}),
    # FolderPath has the name as its last part.
    "DeviceProcessEvents | where FileName =~ 'cmd.exe'": (
        {"category": "process_creation"},
        {"Image|endswith": ["\\cmd.exe", "/cmd.exe"]},
    ),
    "DeviceEvents | where ActionType == 'CreateRemoteThreadApiCall' and FileName =~ 'lsass.exe'": (
        {"product": "windows", "category": "create_remote_thread"},
        {"TargetImage|endswith": "\\lsass.exe"},
    ),
    "DeviceProcessEvents | where FileName == 'Cmd.exe'": ({"service": "deviceprocessevents"}, {"FileName|cased": "Cmd.exe"}),
    "DeviceProcessEvents | where FileName contains 'cmd'": ({"service": "deviceprocessevents"}, {"FileName|contains": "cmd"}),
    "DeviceFileEvents | where ActionType == 'FileCreated' and FolderPath endswith 'b'": (
        {"category": "file_event"},
        {"TargetFilename|endswith": "b"},
    ),
    "SecurityEvent | where EventID == 4688 and NewProcessName endswith 'b'": (
        {"product": "windows", "category": "process_creation"},
        {"Image|endswith": "b"},
    ),
    "SecurityEvent | where EventID == 4625 and LogonType == 3": (
        {"product": "windows", "service": "security"},
        {"EventID": 4625, "LogonType": 3},
    ),
    "Event | where EventLog == 'System' and EventID == 7045": ({"product": "windows", "service": "system"}, {"EventID": 7045}),
    # A column without a field in the taxonomy, or events that are only some of the category's: the table's own names.
    "DeviceProcessEvents | where ReportId == 4": ({"service": "deviceprocessevents"}, {"ReportId": 4}),
    "DeviceFileEvents | where FolderPath endswith 'b'": ({"service": "devicefileevents"}, {"FolderPath|endswith": "b"}),
    "DeviceProcessEvents | where ActionType == 'Other' and FolderPath endswith 'b'": (
        {"service": "deviceprocessevents"},
        {"ActionType|cased": "Other", "FolderPath|endswith": "b"},
    ),
    # sigma check wants a category for 4688.
    "SecurityEvent | where EventID in (4688, 4625)": ({"service": "securityevent"}, {"EventID": [4688, 4625]}),
    # SigninLogs' column Status is not the field Status, which is the result.
    "SigninLogs | where Status.errorCode == 50126": ({"service": "signinlogs"}, {"Status.errorCode": 50126}),
    # Many products write to this table.
    "CommonSecurityLog | where SourceIP == '1.2.3.4'": ({"service": "commonsecuritylog"}, {"SourceIP": "1.2.3.4"}),
}


@pytest.mark.parametrize(("kql", "expected"), TABLES.items(), ids=TABLES)
def test_log_source_and_fields(kql: str, expected: tuple[dict[str, str], dict[str, object]]) -> None:
    (rule,) = documents(kql)
    assert (rule["logsource"], rule["detection"]["selection"]) == expected


def test_a_correlation_groups_by_the_fields() -> None:
    rule = documents(
        "DeviceProcessEvents | where FolderPath endswith 'b' | summarize n = count() by DeviceName, bin(Timestamp, 1h) | where n > 3"
    )[-1]
    assert rule["correlation"]["group-by"] == ["Computer"]


def test_columns_without_a_field_are_not_shown() -> None:
    (rule,) = documents("DeviceProcessEvents | where FolderPath endswith 'b' | project Timestamp, DeviceName, FolderPath, ReportId")
    assert rule["fields"] == ["Computer", "Image"]


THERE_AND_BACK = [
    'SigninLogs\n| where ResultType == "50126" and not(UserAgent has "curl")',
    "SecurityEvent\n| where EventID == 4625 and LogonType == 3",
    'AuditLogs\n| where OperationName =~ "Add user" and Result != "success"',
]


@pytest.mark.parametrize("kql", THERE_AND_BACK)
def test_the_rule_in_kql_again_reads_the_same_table(kql: str) -> None:
    rule = ruleconv.translate(kql, to="sigma").text
    again = ruleconv.translate(rule, to="kql").text
    assert again.split("\n")[0] == kql.split("\n")[0]


@pytest.mark.parametrize(
    ("kql", "again"),
    [
        (
            "CloudAppEvents | where ActionType == 'FileUploaded' and RawEventData.Site =~ 'x' and ObjectName has 'a'",
            'CloudAppEvents\n| where ActionType == "FileUploaded" and RawEventData.Site =~ "x" and ObjectName has "a"',
        ),
        ("DeviceTvmSoftwareInventory | where SoftwareVendor =~ 'x'", 'DeviceTvmSoftwareInventory\n| where SoftwareVendor =~ "x"'),
    ],
)
def test_a_table_of_its_own_name_is_that_table_again(kql: str, again: str) -> None:
    there = ruleconv.translate(kql, source="kql", to="sigma").text
    back = ruleconv.translate(there, source="sigma", to="kql")
    assert (back.text, back.notes) == (again, ())


@pytest.mark.parametrize(
    ("logsource", "field"),
    [
        ("{service: cloudappevents}", "NoSuchColumn"),
        ("{service: cloudappevents}", "RawEventData.Items.0.Name"),  # a place in a list, or a key?
        ("{service: cloudappevents, product: other}", "ActionType"),
        ("{category: cloudappevents}", "ActionType"),
        ("{service: nobodyknows}", "ActionType"),
    ],
)
def test_others_are_placeholders(logsource: str, field: str) -> None:
    rule = f"title: A\nlogsource: {logsource}\ndetection: {{s: {{{field}: x}}, condition: s}}\n"
    made = ruleconv.translate(rule, source="sigma", to="kql")
    assert [note.code for note in made.notes] == ["LOG001"]
    assert "CloudAppEvents" not in made.text
