"""A Sigma rule finds the same events whether it is judged on them as Sysmon writes them, or its KQL is run over the same events as the
tables of Defender XDR and Log Analytics hold them.

The rows are made here, from what the tables' documentation says and not from the data files, so that a wrong column, filter or spelling
in those shows as another set of events.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

import ruleconv

Event = Mapping[str, Any]
Row = dict[str, Any]


# ------------------------------------------------------------------------------------------------ events
def registry_events() -> Iterator[tuple[Event, Row]]:
    """A value that was set: the key in Sysmon's short form, the value's name (empty: the default value), the data."""
    values = [
        (r"HKLM\System\CurrentControlSet\Services\WinDefend", "Start", "DWORD (0x00000004)", "4", "Dword"),
        (r"HKLM\System\CurrentControlSet\Services\Evil", "ImagePath", r"C:\Users\Public\evil.exe", r"C:\Users\Public\evil.exe", "String"),
        (r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run", "Update", "powershell -enc AAA", "powershell -enc AAA", "String"),
        (r"HKU\S-1-5-21-1-2-3-1001\Software\Microsoft\Windows\CurrentVersion\Run", "x", "Binary Data", "0a0b", "Binary"),
        (r"HKU\S-1-5-21-1-2-3-1001_Classes\mscfile\shell\open\command", "", "cmd.exe", "cmd.exe", "String"),
        (r"HKU\S-1-5-18\Environment", "windir", "(Empty)", "", "String"),
        (r"HKCR\ms-msdt\shell", "DWORD", "QWORD (0x00000001-0x0000000a)", "4294967306", "Qword"),
        (r"HKLM\SOFTWARE\Layers", r"C:\Temp\a.exe", "DWORD (0x00000000)", "0", "Dword"),
        (r"HKLM\SOFTWARE\Machine\Local", "Users", "1", "1", "String"),
    ]
    fronts = {"HKLM": "HKEY_LOCAL_MACHINE", "HKU": "HKEY_CURRENT_USER", "HKCR": "HKEY_CLASSES_ROOT"}
    for key, name, details, data, kind in values:
        front, _, rest = key.partition("\\")
        spelt = f"{fronts[front]}\\{rest}".replace("CurrentControlSet", "ControlSet001")
        event = {
            "EventType": "SetValue",
            "TargetObject": f"{key}\\{name or '(Default)'}",
            "Details": details,
            "Image": r"C:\Windows\reg.exe",
        }
        row = {
            "ActionType": "RegistryValueSet", "RegistryKey": spelt, "RegistryValueName": name, "RegistryValueData": data,
            "RegistryValueType": kind, "InitiatingProcessFolderPath": "reg.exe",
        }  # fmt: skip
        yield event, row


def key_events() -> Iterator[tuple[Event, Row]]:
    """Keys and values that went away."""
    row = {
        "ActionType": "RegistryKeyDeleted",
        "RegistryKey": r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\Old",
        "RegistryValueName": "",
    }
    yield {"EventType": "DeleteKey", "TargetObject": r"HKLM\System\CurrentControlSet\Services\Old"}, row
    row = {"ActionType": "RegistryValueDeleted", "RegistryKey": r"HKEY_USERS\S-1-5-18\Software\Run", "RegistryValueName": "Updater"}
    yield {"EventType": "DeleteValue", "TargetObject": r"HKU\S-1-5-18\Software\Run\Updater"}, row


def process_events() -> Iterator[tuple[Event, Row]]:
    people = [
        (r"NT AUTHORITY", "SYSTEM", "System", "a" * 32, r"C:\Windows\System32\cmd.exe"),
        ("CONTOSO", "authorin", "Medium", "b" * 32, r"C:\Windows\System32\whoami.exe"),
        ("CONTOSO", "SYSTEM", "High", "c" * 32, r"C:\cmd.exe\other.exe"),
        ("AUTORITE NT", "Système", "Low", "a" * 31 + "b", r"C:\Users\SYSTEM\x.exe"),
    ]
    for domain, name, level, md5, image in people:
        sha1, sha256 = md5 + "0" * 8, md5 * 2
        event = {
            "EventID": 1, "User": f"{domain}\\{name}", "IntegrityLevel": level, "Image": image, "ParentUser": r"CONTOSO\SYSTEM",
            "Hashes": f"SHA1={sha1},MD5={md5},SHA256={sha256},IMPHASH={md5[::-1]}", "CommandLine": f'"{image}" /x',
            "md5": md5, "CurrentDirectory": "C:\\", "ParentImage": r"C:\Windows\explorer.exe", "OriginalFileName": "Cmd.Exe",
        }  # fmt: skip
        row = {
            "ActionType": "ProcessCreated", "AccountDomain": domain, "AccountName": name, "ProcessIntegrityLevel": level,
            "FolderPath": image, "InitiatingProcessAccountDomain": "CONTOSO", "InitiatingProcessAccountName": "SYSTEM",
            "SHA1": sha1, "MD5": md5, "SHA256": sha256, "ProcessCommandLine": f'"{image}" /x',
            "InitiatingProcessFolderPath": r"C:\Windows\explorer.exe", "ProcessVersionInfoOriginalFileName": "Cmd.Exe",
        }  # fmt: skip
        yield event, row


def network_events() -> Iterator[tuple[Event, Row]]:
    for action, initiated, ip, port in [
        ("ConnectionSuccess", "true", "10.0.0.7", 443),
        ("ConnectionFailed", "true", "192.168.1.1", 8443),
        ("InboundConnectionAccepted", "false", "8.8.8.8", 53),
    ]:
        event = {
            "EventID": 3, "Initiated": initiated, "DestinationIp": ip, "DestinationPort": port, "Protocol": "tcp",
            "Image": r"C:\Windows\System32\curl.exe", "User": r"NT AUTHORITY\SYSTEM",
        }  # fmt: skip
        row = {
            "ActionType": action, "RemoteIP": ip, "RemotePort": port, "Protocol": "Tcp",
            "InitiatingProcessFolderPath": r"C:\Windows\System32\curl.exe", "InitiatingProcessAccountDomain": "NT AUTHORITY",
            "InitiatingProcessAccountName": "SYSTEM",
        }  # fmt: skip
        yield event, row


def pipe_events() -> Iterator[tuple[Event, Row]]:
    for name in (r"\PSEXESVC", r"\postex_1234", r"\Device\x", r"\mypipe"):
        front = r"\Device\NamedPipe" if "p" in name else r"\device\namedpipe"
        fields = {"PipeName": front + name}
        yield {"PipeName": name}, {"ActionType": "NamedPipeEvent", "AdditionalFields": fields}


def security_events() -> Iterator[tuple[Event, Row]]:
    for number, user, logon, mask in [(4624, "ada", 3, "0x1"), (4625, "Ada$", 10, "0x100"), (5136, "bob", None, "0x2")]:
        event = {"EventID": number, "TargetUserName": user, "AccessMask": mask, "AccessList": f"%%{number}", "Channel": "Security"}
        row = {**{name: value for name, value in event.items() if name != "AccessList"}, "LogonType": logon}
        if logon is not None:
            event["LogonType"] = logon
        yield event, row


def powershell_events() -> Iterator[tuple[Event, Row]]:
    for data in ('HostName=ConsoleHost HostApplication=C:\\Windows\\ps.exe "a b"', "HostName=ISE", "\\\\server\\share"):
        yield {"Data": data}, {}


LOGS = {
    "security": (0, "SecurityEvent", list(security_events())),
    "ps_classic_start": (400, "-", list(powershell_events())),
    "registry_set": (13, "DeviceRegistryEvents", list(registry_events())),
    "registry_delete": (12, "DeviceRegistryEvents", list(key_events())),
    "process_creation": (1, "DeviceProcessEvents", list(process_events())),
    "network_connection": (3, "DeviceNetworkEvents", list(network_events())),
    "pipe_created": (17, "DeviceEvents", list(pipe_events())),
}


# ------------------------------------------------------------------------------------------------ the two ways
def rule(category: str, detection: Mapping[str, Any]) -> str:
    part = "service" if category == "security" else "category"
    return json.dumps({"title": "A test", "logsource": {"product": "windows", part: category}, "detection": detection})


def judged(text: str, category: str) -> list[int]:
    """The numbers of the events that the rule itself finds."""
    events = [{**event, "at": number} for number, (event, _) in enumerate(LOGS[category][2])]
    found = ruleconv.run(text, source="sigma", events=events)
    at = [column.name for column in found.columns].index("at") if found.rows else 0
    return sorted(int(row[at]) for row in found.rows)


def queried(text: str, category: str) -> list[int]:
    """The numbers of the rows that its KQL finds, wherever the rule was sent."""
    number, dedicated, pairs = LOGS[category]
    rows: Sequence[Row] = [{**row, "ReportId": at} for at, (_, row) in enumerate(pairs)]
    wide: Sequence[Row] = [
        {
            "Provider": "Microsoft-Windows-Sysmon",
            "Channel": {"security": "Security", "ps_classic_start": "Windows PowerShell"}.get(category, "Sysmon"),
            "EventID": number or event["EventID"],
            "EventData": {name: value if isinstance(value, str) else str(value) for name, value in event.items()},
            "Task": at,
        }
        for at, (event, _) in enumerate(pairs)
    ]
    other = {"ActionType": "Other", "ReportId": 99}
    made = ruleconv.translate(text, source="sigma", to="kql").text
    table = made.split()[0]
    assert table in (dedicated, "WindowsEvent"), made
    at = "ReportId" if table == dedicated else "Task"
    found = ruleconv.run(f"{made}\n| project {at}", source="kql", tables={dedicated: [*rows, other], "WindowsEvent": wide})
    return sorted(int(row[0]) for row in found.rows)


TESTS: dict[str, list[tuple[dict[str, Any], str]]] = {
    "security": [
        ({"EventID": 4624}, "dedicated"),
        ({"EventID": [4624, 4625], "TargetUserName|endswith": "$"}, "dedicated"),
        ({"EventID": "5136"}, "dedicated"),
        ({"EventID|gt": 5000}, "dedicated"),
        ({"LogonType": 3}, "dedicated"),
        ({"LogonType": ["3", 10]}, "dedicated"),
        ({"LogonType|gte": 4}, "dedicated"),
        ({"LogonType": None}, "dedicated"),
        ({"LogonType|startswith": "1"}, "dedicated"),
        ({"AccessMask": "0x100"}, "dedicated"),
        ({"AccessList|contains": "%%46"}, "wide"),
        ({"AccessList|contains": "%%", "LogonType": [3, "10"]}, "wide"),
        ({"AccessList|contains": "%%", "LogonType|gt": 9}, "wide"),
        ({"AccessList|contains": "%%", "EventID": 5136}, "wide"),
    ],
    "ps_classic_start": [
        ({"Data|contains": "HostApplication=C:\\Windows\\"}, "wide"),
        ({"Data|contains": 'ps.exe "a'}, "wide"),
        ({"Data|contains|all": ["HostName=", "c:\\windows"]}, "wide"),
        ({"Data": "HostName=ISE"}, "wide"),
        ({"Data|startswith": "\\\\\\\\server\\"}, "wide"),
        ({"Data|endswith": "\\share"}, "wide"),
    ],
    "registry_set": [
        ({"TargetObject|startswith": "HKLM\\System\\CurrentControlSet\\"}, "dedicated"),
        ({"TargetObject|startswith": "HKLM\\SYSTEM\\"}, "dedicated"),
        ({"TargetObject|startswith": "HKL"}, "dedicated"),
        ({"TargetObject|startswith": "HKU\\"}, "dedicated"),
        ({"TargetObject|contains": "HKU\\"}, "dedicated"),
        ({"TargetObject|startswith": "HKCR\\ms-msdt\\"}, "dedicated"),
        ({"TargetObject|contains": "\\CurrentControlSet\\Services\\"}, "dedicated"),
        ({"TargetObject|contains": "ControlSet"}, "dedicated"),
        ({"TargetObject|contains": "ControlSet\\Services"}, "wide"),
        ({"TargetObject|contains": "\\System\\Current"}, "wide"),
        ({"TargetObject|contains": "MACHINE"}, "wide"),
        ({"TargetObject|contains": "users"}, "wide"),
        ({"TargetObject|endswith": "\\Start"}, "dedicated"),
        ({"TargetObject|endswith": "\\a.exe"}, "dedicated"),
        ({"TargetObject|endswith": "\\command\\(Default)"}, "dedicated"),
        ({"TargetObject|contains": "_Classes\\mscfile\\"}, "dedicated"),
        ({"TargetObject|contains|all": ["\\CurrentControlSet\\", "\\Services\\", "HKLM\\"]}, "dedicated"),
        ({"TargetObject": "HKLM\\System\\CurrentControlSet\\Services\\WinDefend\\Start"}, "dedicated"),
        ({"TargetObject": "HKLM\\*\\Services\\*\\Start"}, "dedicated"),
        ({"TargetObject": "*\\CurrentControlSet\\*\\Start"}, "dedicated"),
        ({"TargetObject|re": ".*\\\\Run\\\\[A-Z].*"}, "dedicated"),
        ({"TargetObject|re": "^HKLM.*"}, "wide"),
        ({"TargetObject|re": "CurrentControlSet"}, "wide"),
        ({"TargetObject": None}, "dedicated"),
        ({"Details": "DWORD (0x00000004)"}, "dedicated"),
        ({"Details|endswith": "DWORD (0x00000000)"}, "dedicated"),
        ({"Details": ["DWORD (0x00000004)", "cmd.exe"]}, "dedicated"),
        ({"Details": "QWORD (0x00000001-0x0000000a)"}, "dedicated"),
        ({"Details|contains": "0x0000"}, "wide"),
        ({"Details|startswith": "DWORD"}, "wide"),
        ({"Details": "Binary Data"}, "dedicated"),
        ({"Details": "(Empty)"}, "dedicated"),
        ({"Details": ["(Empty)", "Binary Data", "cmd.exe"]}, "dedicated"),
        ({"Details|contains": ["powershell", ":\\Users\\Public\\"]}, "dedicated"),
        ({"EventType": "SetValue"}, "dedicated"),
    ],
    "registry_delete": [
        ({"TargetObject|endswith": "\\Old"}, "dedicated"),
        ({"TargetObject|endswith": "\\Run\\Updater"}, "dedicated"),
        ({"TargetObject|startswith": "HKU\\S-1-5-18\\"}, "dedicated"),
        ({"TargetObject|contains": "\\CurrentControlSet\\"}, "dedicated"),
        ({"EventType": "DeleteKey"}, "dedicated"),
        ({"EventType": ["DeleteKey", "DeleteValue"]}, "dedicated"),
        ({"EventType|startswith": "Delete"}, "dedicated"),
    ],
    "process_creation": [
        ({"User": "NT AUTHORITY\\SYSTEM"}, "dedicated"),
        ({"User": ["NT AUTHORITY\\SYSTEM", "contoso\\AUTHORIN"]}, "dedicated"),
        ({"User": [f"A\\{n}" for n in range(5)] + ["CONTOSO\\SYSTEM"]}, "dedicated"),
        ({"User": "SYSTEM"}, "dedicated"),
        ({"User|contains": ["AUTHORI", "AUTORI"]}, "dedicated"),
        ({"User|contains|all": ["CON", "STEM"]}, "dedicated"),
        ({"User|contains": "SO\\SYS"}, "dedicated"),
        ({"User|endswith": "\\SYSTEM"}, "dedicated"),
        ({"User|endswith": "STEM"}, "dedicated"),
        ({"User|endswith": "AUTHORITY\\SYSTEM"}, "dedicated"),
        ({"User|startswith": "CONTOSO\\"}, "dedicated"),
        ({"User|startswith": "CON"}, "dedicated"),
        ({"User|re": "^CONTOSO.S"}, "dedicated"),
        ({"User": "*\\S?STEM"}, "dedicated"),
        ({"User": None}, "dedicated"),
        ({"User|fieldref": "ParentUser"}, "dedicated"),
        ({"User": "CONTOSO\\SYSTEM", "ParentUser|contains": "O\\S"}, "dedicated"),
        ({"IntegrityLevel": "High"}, "dedicated"),
        ({"IntegrityLevel": ["medium", "SYSTEM"]}, "dedicated"),
        ({"IntegrityLevel|startswith": "S"}, "dedicated"),
        ({"IntegrityLevel": "Protected"}, "wide"),
        ({"Hashes|contains": "MD5=" + "a" * 32}, "dedicated"),
        ({"Hashes|contains": ["SHA256=" + "B" * 64, "SHA1=" + "c" * 32 + "0" * 8]}, "dedicated"),
        ({"Hashes|contains|all": ["SHA256=" + "b" * 64, "MD5=" + "b" * 32]}, "dedicated"),
        ({"Hashes|contains|all": ["SHA256=" + "b" * 64, "MD5=" + "a" * 32]}, "dedicated"),
        ({"Hashes|contains": "IMPHASH=" + "c" * 32}, "wide"),
        ({"Hashes|re": "MD5=a{31}b"}, "wide"),
        ({"md5": "c" * 32}, "dedicated"),
        ({"Image|endswith": "\\cmd.exe"}, "dedicated"),
        ({"EventID": 1, "Image|contains": "System32"}, "dedicated"),
        ({"CurrentDirectory": "C:\\", "Image|contains": "System32"}, "wide"),
        ({"OriginalFileName": "cmd.exe", "CommandLine|endswith": "/x"}, "dedicated"),
    ],
    "network_connection": [
        ({"Initiated": "true"}, "dedicated"),
        ({"Initiated": True}, "dedicated"),
        ({"Initiated": False}, "dedicated"),
        ({"DestinationPort": 443}, "dedicated"),
        ({"DestinationPort": ["443", "53"]}, "dedicated"),
        ({"DestinationPort|gt": 400}, "dedicated"),
        ({"DestinationIp|cidr": "10.0.0.0/8"}, "dedicated"),
        ({"Protocol": "tcp"}, "dedicated"),
        ({"User|contains": "NT AUTH", "Image|endswith": "\\curl.exe"}, "dedicated"),
    ],
    "pipe_created": [
        ({"PipeName": "\\PSEXESVC"}, "dedicated"),
        ({"PipeName|startswith": "\\postex_"}, "dedicated"),
        ({"PipeName|contains": "pipe"}, "dedicated"),
        ({"PipeName|contains": "device"}, "dedicated"),
        ({"PipeName|endswith": "svc"}, "dedicated"),
        ({"PipeName": "\\post*_????"}, "dedicated"),
    ],
}
CASES = [(category, test, table) for category, tests in TESTS.items() for test, table in tests]


@pytest.mark.parametrize(("category", "test", "table"), CASES, ids=lambda each: json.dumps(each)[:60])
def test_the_same_events_are_found_in_the_table(category: str, test: dict[str, Any], table: str) -> None:
    text = rule(category, {"a": test, "condition": "a"})
    written = ruleconv.translate(text, source="sigma", to="kql").text.split()[0]
    assert (written == "WindowsEvent") == (table == "wide")
    found = judged(text, category)
    assert queried(text, category) == found
    negative = rule(category, {"a": test, "condition": "not a"})
    everything = list(range(len(LOGS[category][2])))
    assert queried(negative, category) == [each for each in everything if each not in found]
