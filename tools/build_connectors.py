"""Write the list of data connectors (for the linter and the Sentinel backend):

    python tools/build_connectors.py connectors.json connector_tables.json tables_of_defender.json

The inputs: what is known of each connector (``{"connectors": {id: {"deprecated", "generated_id", "published", "used_by_rules",
"in_valid_list"}}}``), the tables that each fills (``{"connector_tables": {id: [table]}}``), and the tables of Defender XDR
(``{"tables": {name: ..}}``).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ruleconv.rulefile.connectors import CHOSEN as STAR
from ruleconv.rulefile.connectors import DATA

HEADER = """\
# The data connectors of Microsoft Sentinel: id, whether it is deprecated, the tables that it fills. A star stands behind a table for which
# a rule's requiredDataConnectors name this connector and not another that fills it.
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
    filled: dict[str, set[str]] = {name: set(fills.get(name, ())) for name in {*known, *fills}}
    for table, connector in best.items():
        filled.setdefault(connector, set()).add(table)
    text = ""
    for name in sorted(filled):
        tables = sorted(table for table in filled[name] if not any(char.isspace() for char in table))
        marked = " ".join(table + STAR * (best.get(table) == name) for table in tables)
        text += f"{name}\t{'deprecated' if known.get(name, {}).get('deprecated') else ''}\t{marked}".rstrip() + "\n"
    Path(DATA).write_text(HEADER + text, encoding="utf-8", newline="\n")
    print(f"{DATA}: {len(filled)} connectors, {len(best)} tables")


def _read(path: Path, key: str) -> dict[str, object]:
    found = json.loads(path.read_text(encoding="utf-8"))
    return found.get(key, found)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
