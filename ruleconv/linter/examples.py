"""Examples of rules: what a rule's page shows and its tests run.

An example is a whole file, or a piece that is laid over a plain good rule: its top-level keys replace those of the base.
"""

from __future__ import annotations

from dataclasses import dataclass

from ruleconv.rulefile.model import Kind

BASES = {
    Kind.SENTINEL: """\
id: 5b2c3a9e-3f0d-4f51-9d4c-6b8f5a0c7d11
name: Sign-in failures from one address
description: Finds an address from which many accounts fail to sign in, as in a password spray.
severity: Medium
kind: Scheduled
status: Available
version: 1.0.0
requiredDataConnectors:
  - connectorId: AzureActiveDirectory
    dataTypes:
      - SigninLogs
queryFrequency: 1h
queryPeriod: 1h
triggerOperator: gt
triggerThreshold: 0
tactics:
  - CredentialAccess
relevantTechniques:
  - T1110
query: |
  SigninLogs
  | where ResultType == "50126"
  | summarize TimeGenerated = max(TimeGenerated), Accounts = dcount(UserPrincipalName) by IPAddress
  | where Accounts > 20
entityMappings:
  - entityType: IP
    fieldMappings:
      - identifier: Address
        columnName: IPAddress
""",
    Kind.SIGMA: """\
title: Whoami Executed By A Service Account
id: 0d2e1f6b-7a55-4a52-8b1d-90f4b3c3a6d2
status: test
description: Detects that a service account asks who it is, which administrators rarely do.
references:
  - https://attack.mitre.org/techniques/T1033/
author: The ruleconv authors
date: 2026-11-21
tags:
  - attack.discovery
  - attack.t1033
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith: '\\whoami.exe'
    User|startswith: 'svc_'
  condition: selection
falsepositives:
  - Scripts of administrators
level: medium
""",
}


@dataclass(frozen=True, slots=True)
class Example:
    """``fixed``: the example after the rule's fix (the same form as ``text``); empty where there is no fix."""

    kind: Kind
    text: str
    fixed: str = ""
    whole: bool = False

    def file(self, text: str | None = None) -> str:
        """The file's text: the piece laid over the base of its kind."""
        piece = self.text if text is None else text
        base = BASES.get(self.kind)
        return piece if self.whole or base is None else _laid_over(base, piece)


def sentinel(text: str, fixed: str = "") -> Example:
    """Top-level keys of a Sentinel rule."""
    return Example(Kind.SENTINEL, text, fixed)


def sigma(text: str, fixed: str = "") -> Example:
    """Top-level keys of a Sigma rule."""
    return Example(Kind.SIGMA, text, fixed)


def kql(text: str, fixed: str = "") -> Example:
    """A whole query."""
    return Example(Kind.KQL, text, fixed, whole=True)


def sql(text: str, fixed: str = "") -> Example:
    """A whole statement."""
    return Example(Kind.SQL, text, fixed, whole=True)


def whole(kind: Kind, text: str, fixed: str = "") -> Example:
    """A whole file."""
    return Example(kind, text, fixed, whole=True)


def entity_mappings(*mappings: tuple[str, *tuple[tuple[str, str], ...]]) -> str:
    """The key ``entityMappings``; a mapping is its type, then pairs of identifier and column: ``("IP", ("Address", "IPAddress"))``."""
    lines = ["entityMappings:"]
    for entity_type, *fields in mappings:
        lines += [f"  - entityType: {entity_type}", "    fieldMappings:"]
        for identifier, column in fields:
            lines += [f"      - identifier: {identifier}", f"        columnName: {column}"]
    return "\n".join(lines) + "\n"


def data_connectors(*entries: tuple[str, *tuple[str, ...]]) -> str:
    """The key ``requiredDataConnectors``; an entry is the connector's id, then its data types: ``("Office365", "OfficeActivity")``."""
    lines = ["requiredDataConnectors:"]
    for connector_id, *data_types in entries:
        lines += [f"  - connectorId: {connector_id}", "    dataTypes:", *(f"      - {each}" for each in data_types)]
    return "\n".join(lines) + "\n"


def _blocks(text: str) -> dict[str, str]:
    """The lines of each top-level key."""
    found: dict[str, str] = {}
    key = ""
    for line in text.splitlines(keepends=True):
        if line[:1].strip() and line[:1] not in "#-" and ":" in line:
            key = line.split(":", 1)[0]
            found[key] = ""
        found[key] = found.get(key, "") + line
    return found


def _laid_over(base: str, piece: str) -> str:
    piece = piece if piece.endswith("\n") or not piece else piece + "\n"
    blocks = _blocks(base)
    for key, lines in _blocks(piece).items():
        blocks[key] = "" if lines.strip() == f"{key}: ~" else lines
    return "".join(blocks.values())
