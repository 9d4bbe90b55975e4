"""Write the list of data connectors of the Sentinel backend:

    python tools/build_connectors.py connectors.json connector_tables.json tables_of_defender.json

The inputs: what is known of each connector (``{"connectors": {id: {"deprecated", "generated_id", "published", "used_by_rules",
"in_valid_list"}}}``), the tables that each fills (``{"connector_tables": {id: [table]}}``), and the tables of Defender XDR
(``{"tables": {name: ..}}``).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ruleconv_backends.sentinel.connectors import DATA

HEADER = """\
# The data connector that fills a table, as a rule's requiredDataConnectors names it: connector, tab, tables.
# Where it comes from: PROVENANCE.md. Written by tools/build_connectors.py.
"""

CHOSEN = {
    "CommonSecurityLog": "CefAma",
    "Syslog": "SyslogAma",
    "ThreatIntelligenceIndicator": "ThreatIntelligence",
    "W3CIISLog": "AzureMonitor(IIS)",
    "VMConnection": "AzureMonitor(VMInsights)",
    "WireData": "AzureMonitor(WireData)",
    "BehaviorAnalytics": "BehaviorAnalytics",
    "IdentityInfo": "BehaviorAnalytics",
    "GitHubAuditLogsV2_CL": "GitHubAuditDefinitionV2",
    "MicrosoftGraphActivityLogs": "AzureActiveDirectory",
}
"""Where the count of rules that name a connector misleads, or the table of pairs has a gap."""

MANY = {"AzureDiagnostics", "Event", "SecurityAlert", "Heartbeat"}
"""Filled by many connectors, of which the query alone does not tell one."""

UNIFIED = "ASim"
"""Tables of the normalised schemas have no connector of their own."""


def main(connectors: Path, pairs: Path, defender: Path) -> None:
    known = _read(connectors, "connectors")
    fills: dict[str, list[str]] = _read(pairs, "connector_tables")
    serving: dict[str, list[str]] = {}
    for connector, tables in fills.items():
        for table in tables:
            serving.setdefault(table, []).append(connector)

    def rank(connector: str) -> tuple[bool | int, ...]:
        facts = known.get(connector, {})
        rules = facts.get("used_by_rules", 0)
        good = not facts.get("deprecated"), not facts.get("generated_id"), bool(facts.get("published"))
        return (*good, rules > 0, bool(facts.get("in_valid_list")), rules, -len(fills[connector]))

    best = {
        table: max(found, key=rank)
        for table, found in serving.items()
        if table not in MANY and not (table.startswith(UNIFIED) and table not in found)
    }
    best |= dict.fromkeys(
        (table for table in _read(defender, "tables") if table not in best and not table.startswith("AAD")), "MicrosoftThreatProtection"
    )
    best |= CHOSEN
    lines: dict[str, list[str]] = {}
    for table, connector in sorted(best.items()):
        if not any(char.isspace() for char in table):
            lines.setdefault(connector, []).append(table)
    text = "".join(f"{connector}\t{' '.join(lines[connector])}\n" for connector in sorted(lines))
    Path(DATA).write_text(HEADER + text, encoding="utf-8", newline="\n")
    print(f"{DATA}: {len(lines)} connectors, {len(best)} tables")


def _read(path: Path, key: str) -> dict[str, object]:
    found = json.loads(path.read_text(encoding="utf-8"))
    return found.get(key, found)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
