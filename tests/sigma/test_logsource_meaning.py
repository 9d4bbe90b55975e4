"""A Sigma rule becomes KQL over a table of ``logsources/``, and the KQL finds in that table's rows the events that the rule means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

import ruleconv

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """``rows``: each with whether the rule finds it."""

    name: str
    rule: str
    table: str
    rows: tuple[tuple[bool, Row], ...]
    platform: str | None = None


def rule(logsource: str, detection: str) -> str:
    return f"title: t\nlogsource: {{{logsource}}}\ndetection:\n{detection}"


CREATED = {"ActionType": "ProcessCreated"}

CASES = (
    Case(
        "a path into JSON that stands in a text column",
        rule(
            "product: aws, service: cloudtrail",
            "    s:\n        eventSource: iam.amazonaws.com\n        requestParameters.userName|startswith: adm\n"
            "        errorCode: null\n    condition: s",
        ),
        "AWSCloudTrail",
        (
            (True, {"EventSource": "IAM.amazonaws.com", "RequestParameters": '{"userName": "Admin"}', "ErrorCode": ""}),
            (False, {"EventSource": "iam.amazonaws.com", "RequestParameters": '{"userName": "bob"}', "ErrorCode": ""}),
            (False, {"EventSource": "iam.amazonaws.com", "RequestParameters": "null", "ErrorCode": ""}),
            (False, {"EventSource": "iam.amazonaws.com", "RequestParameters": '{"userName": "Admin"}', "ErrorCode": "AccessDenied"}),
        ),
    ),
    Case(
        "a missing field of JSON and its negation",
        rule(
            "product: aws, service: cloudtrail",
            "    s:\n        eventName: ConsoleLogin\n    f:\n        additionalEventData.MFAUsed: 'Yes'\n    condition: s and not f",
        ),
        "AWSCloudTrail",
        (
            (True, {"EventName": "ConsoleLogin", "AdditionalEventData": '{"MFAUsed": "No"}'}),
            (True, {"EventName": "ConsoleLogin", "AdditionalEventData": ""}),
            (False, {"EventName": "ConsoleLogin", "AdditionalEventData": '{"MFAUsed": "Yes"}'}),
        ),
    ),
    Case(
        "a bool that a rule writes as a text",
        rule(
            "product: okta, service: okta",
            "    s:\n        eventtype: user.session.start\n        securityContext.isProxy: 'true'\n"
            "        debugContext.debugData.behaviors|contains: POSITIVE\n    condition: s",
        ),
        "OktaSystemLogs",
        (
            (
                True,
                {
                    "EventOriginalType": "user.session.start",
                    "SecurityContextIsProxy": True,
                    "DebugData": {"behaviors": "{IP=POSITIVE}"},
                },
            ),
            (
                False,
                {
                    "EventOriginalType": "user.session.start",
                    "SecurityContextIsProxy": False,
                    "DebugData": {"behaviors": "{IP=POSITIVE}"},
                },
            ),
            (False, {"EventOriginalType": "user.session.start", "SecurityContextIsProxy": True, "DebugData": {}}),
        ),
    ),
    Case(
        "the portal's word for a result",
        rule(
            "product: azure, service: signinlogs",
            "    s:\n        Status: Success\n        DeviceDetail.isCompliant: 'false'\n    condition: s",
        ),
        "SigninLogs",
        (
            (True, {"ResultType": "0", "DeviceDetail": {"isCompliant": False}}),
            (False, {"ResultType": "0", "DeviceDetail": {"isCompliant": True}}),
            (False, {"ResultType": "50126", "DeviceDetail": {"isCompliant": False}}),
        ),
    ),
    Case(
        "the same on Defender's table, where codes and flags are numbers",
        rule(
            "product: azure, service: signinlogs",
            "    s:\n        Status: Success\n        DeviceDetail.isCompliant: 'false'\n    condition: s",
        ),
        "EntraIdSignInEvents",
        (
            (True, {"ErrorCode": 0, "IsCompliant": 0}),
            (False, {"ErrorCode": 0, "IsCompliant": 1}),
            (False, {"ErrorCode": 50126, "IsCompliant": 0}),
        ),
        platform="defender",
    ),
    Case(
        "an activity of Entra ID in a rule on the activity log",
        rule(
            "product: azure, service: activitylogs", "    s:\n        properties.message: [Delete device, Update device]\n    condition: s"
        ),
        "AuditLogs",
        ((True, {"OperationName": "Delete device"}), (False, {"OperationName": "Add device"})),
    ),
    Case(
        "an operation of Azure",
        rule("product: azure, service: activitylogs", "    s:\n        operationName|startswith: MICROSOFT.KEYVAULT/\n    condition: s"),
        "AzureActivity",
        ((True, {"OperationNameValue": "Microsoft.KeyVault/vaults/write"}), (False, {"OperationNameValue": "Microsoft.Web/sites/write"})),
    ),
    Case(
        "what all rows of a filtered table have",
        rule(
            "product: gcp, service: google_workspace.admin",
            "    s:\n        eventService: admin.googleapis.com\n        eventName: CREATE_ROLE\n    condition: s",
        ),
        "GoogleWorkspaceReports",
        (
            (True, {"IdApplicationName": "admin", "EventName": "CREATE_ROLE"}),
            (False, {"IdApplicationName": "drive", "EventName": "CREATE_ROLE"}),
            (False, {"IdApplicationName": "admin", "EventName": "DELETE_ROLE"}),
        ),
    ),
    Case(
        "a code inside a dynamic column is a number",
        rule(
            "product: kubernetes, service: audit",
            "    s:\n        responseStatus.code|gte: 400\n        objectRef.resource: secrets\n    condition: s",
        ),
        "AKSAudit",
        (
            (True, {"ResponseStatus": {"code": 403}, "ObjectRef": {"resource": "secrets"}}),
            (False, {"ResponseStatus": {"code": 99}, "ObjectRef": {"resource": "secrets"}}),
            (False, {"ResponseStatus": {}, "ObjectRef": {"resource": "secrets"}}),
        ),
    ),
    Case(
        "keywords in the message of the right program",
        rule("product: linux, service: sshd", "    k: [unexpected internal error, unknown or unsupported key type]\n    condition: k"),
        "Syslog",
        (
            (True, {"ProcessName": "sshd", "SyslogMessage": "error: Unexpected internal error"}),
            (False, {"ProcessName": "cron", "SyslogMessage": "error: unexpected internal error"}),
            (False, {"ProcessName": "sshd", "SyslogMessage": "Accepted publickey", "Computer": "unexpected internal error"}),
        ),
    ),
    Case(
        "a record of auditd",
        rule(
            "product: linux, service: auditd",
            "    s:\n        type: EXECVE\n        a1|contains: '-perm'\n    k: ['/4000']\n    condition: s and not k",
        ),
        "LinuxAuditLog",
        (
            (True, {"RecordType": "EXECVE", "a1": "-perm", "RawRecord": "type=EXECVE a0=find"}),
            (False, {"RecordType": "EXECVE", "a1": "-perm", "RawRecord": "type=EXECVE a2=/4000"}),
            (False, {"RecordType": "SYSCALL", "a1": "-perm", "RawRecord": "type=SYSCALL"}),
        ),
    ),
    Case(
        "a process of Linux and the file name of its grandparent",
        rule(
            "product: linux, category: process_creation",
            "    s:\n        Image|endswith: /bash\n        ParentImage|endswith: /sshd\n        User: root\n    condition: s",
        ),
        "DeviceProcessEvents",
        (
            (
                True,
                {
                    "ActionType": "ProcessCreated",
                    "FolderPath": "/usr/bin/bash",
                    "InitiatingProcessFolderPath": "/usr/sbin/sshd",
                    "AccountName": "root",
                },
            ),
            (
                False,
                {
                    "ActionType": "ProcessCreated",
                    "FolderPath": "/usr/bin/zsh",
                    "InitiatingProcessFolderPath": "/usr/sbin/sshd",
                    "AccountName": "root",
                },
            ),
        ),
    ),
    Case(
        "who opened the connection",
        rule(
            "product: linux, category: network_connection",
            "    s:\n        Initiated: 'true'\n        DestinationPort: 4444\n    condition: s",
        ),
        "DeviceNetworkEvents",
        (
            (True, {"ActionType": "ConnectionSuccess", "RemotePort": 4444}),
            (False, {"ActionType": "InboundConnectionAccepted", "RemotePort": 4444}),
            (False, {"ActionType": "ListeningConnectionCreated", "RemotePort": 4444}),
        ),
    ),
    Case(
        "a dash is no user agent",
        rule("category: webserver", "    s:\n        cs-method: POST\n        cs-user-agent: null\n    condition: s"),
        "W3CIISLog",
        (
            (True, {"csMethod": "POST", "csUserAgent": "-"}),
            (True, {"csMethod": "POST", "csUserAgent": ""}),
            (False, {"csMethod": "POST", "csUserAgent": "curl/8.0"}),
        ),
    ),
    Case(
        "the status of a record of the unified audit log",
        rule("product: m365, service: exchange", "    s:\n        eventName: New-InboxRule\n        status: success\n    condition: s"),
        "CloudAppEvents",
        (
            (True, {"RawEventData": {"Operation": "New-InboxRule", "ResultStatus": "True"}}),
            (False, {"RawEventData": {"Operation": "New-InboxRule", "ResultStatus": "False"}}),
            (False, {"RawEventData": {"Operation": "Set-Mailbox", "ResultStatus": "True"}}),
        ),
    ),
    Case(
        "the name of a threat",
        rule("category: antivirus", "    s:\n        Signature|contains: Mimikatz\n    condition: s"),
        "DeviceEvents",
        (
            (True, {"ActionType": "AntivirusDetection", "AdditionalFields": {"ThreatName": "HackTool:Win32/Mimikatz.D"}}),
            (False, {"ActionType": "AntivirusDetection", "AdditionalFields": {"ThreatName": "Eicar"}}),
            (False, {"ActionType": "Other", "AdditionalFields": {"ThreatName": "HackTool:Win32/Mimikatz.D"}}),
        ),
    ),
    Case(
        "any proxy, by ASIM",
        rule("category: proxy", "    s:\n        c-uri|endswith: .hta\n        sc-status: 200\n    condition: s"),
        "_Im_WebSession",
        (
            (True, {"EventType": "HTTPsession", "Url": "http://x/a.hta", "EventResultDetails": "200"}),
            (False, {"EventType": "HTTPsession", "Url": "http://x/a.hta", "EventResultDetails": "404"}),
            (False, {"EventType": "WebServerSession", "Url": "http://x/a.hta", "EventResultDetails": "200"}),
        ),
        platform="asim",
    ),
    Case(
        "a registry value in ASIM's spelling",
        rule(
            "product: windows, category: registry_set",
            "    s:\n        TargetObject|startswith: HKLM\\Software\\\n        TargetObject|endswith: \\Run\\x\n    condition: s",
        ),
        "_Im_RegistryEvent",
        (
            (True, {"EventType": "RegistryValueSet", "RegistryKey": r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Run", "RegistryValue": "x"}),
            (False, {"EventType": "RegistryValueSet", "RegistryKey": r"HKEY_CURRENT_USER\SOFTWARE\Microsoft\Run", "RegistryValue": "x"}),
            (False, {"EventType": "RegistryKeyCreated", "RegistryKey": r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Run", "RegistryValue": "x"}),
        ),
        platform="asim",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_query_finds_what_the_rule_means(case: Case) -> None:
    made = ruleconv.translate(case.rule, source="sigma", to="kql", platform=case.platform)
    assert made.text.startswith(case.table)
    rows = [{"mark": number, **row} for number, (_, row) in enumerate(case.rows)]
    found = ruleconv.run(f"{made.text}\n| project mark", source="kql", engine="duckdb", tables={case.table: rows})
    assert sorted(str(row[0]) for row in found.rows) == [str(number) for number, (hit, _) in enumerate(case.rows) if hit]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (rule("product: azure, service: signinlogs", "    s:\n        Status: Failure\n    condition: s"), "Status"),
        (
            rule("product: azure, service: auditlogs", "    s:\n        TargetResources.type: User\n    condition: s"),
            "TargetResources.type",
        ),
        (
            rule("product: aws, service: cloudtrail", "    s:\n        requestParameters.ipPermissions.items.toPort: 22\n    condition: s"),
            "requestParameters.ipPermissions.items.toPort",
        ),
        (rule("product: okta, service: okta", "    s:\n        target.displayName: x\n    condition: s"), "target.displayName"),
    ],
    ids=["a value", "an array", "an array in JSON", "another array"],
)
def test_what_the_table_cannot_say_is_refused_by_name_and_generic_by_default(text: str, field: str) -> None:
    with pytest.raises(ruleconv.Unsupported, match=field):
        ruleconv.translate(text, source="sigma", to="kql", platform="sentinel")
    made = ruleconv.translate(text, source="sigma", to="kql")
    assert [note.code for note in made.notes] == ["LOG001"]
