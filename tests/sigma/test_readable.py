"""The SQL that a user sees, whole."""

import pytest

import ruleconv

RULES = {
    "process": """
title: Encoded command line of a shell
logsource: {product: windows, category: process_creation}
detection:
  image:
    - Image|endswith: ['\\cmd.exe', '\\powershell.exe']
    - OriginalFileName: [Cmd.Exe, PowerShell.EXE]
  encoded:
    CommandLine|contains|all: [' -enc', 'Hidden']
  exclude_parent:
    ParentImage|startswith: 'C:\\Program Files\\'
    User: [SYSTEM, null, '']
  exclude_integrity:
    IntegrityLevel|neq: High
  condition: image and encoded and not 1 of exclude_*
""",
    "values": """
title: One of every kind
logsource: {category: firewall}
detection:
  numbers:
    EventID: [4624, 4625]
    Bytes|gte: 1000
  patterns:
    Url: 'http?://*.example.*'
    Agent|re|i: 'curl/[0-9.]+'
    Name|cased: 100%_A
  address:
    SourceIp|cidr: [10.0.0.0/8, 'fe80::/10']
    SourceIp|fieldref: DestinationIp
    Time|hour: [22, 23]
  condition: numbers and patterns and address
""",
    "keywords": """
title: Words anywhere
logsource: {product: linux}
detection:
  words: ['rm -rf', 'it''s']
  all:
    '|all': [sudo, su]
  condition: words and not all
""",
}


@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
@pytest.mark.parametrize("name", RULES)
def test_sql(name, dialect, snapshot):
    assert ruleconv.translate(RULES[name], source="sigma", to="sql", dialect=dialect).text == snapshot


@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
@pytest.mark.parametrize("name", ["process", "keywords"])
def test_sql_over_a_json_column(name, dialect, snapshot):
    rule = RULES[name].replace("Image|endswith", "Event.Data.Image|endswith")
    assert ruleconv.translate(rule, source="sigma", to="sql", dialect=dialect, table="logs", json_column="raw").text == snapshot
