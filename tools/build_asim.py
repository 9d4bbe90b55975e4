"""Write ruleconv/schema/data/asim.txt from a JSON file of ASIM's schemas: python tools/build_asim.py asim.json

The input is ``{"schemas": {schema: {column: {"type": ..}}}}``; aliases (columns without a type) are left out. One line for each unifying
parser that Sigma's log sources are looked up in.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ruleconv.ir.types import ALIASES, Column
from ruleconv.schema.model import Table
from ruleconv.schema.table_text import ASIM, format_table

PARSERS = {
    "_Im_AuditEvent": "AuditEvent",
    "_Im_Authentication": "Authentication",
    "_Im_Dns": "Dns",
    "_Im_FileEvent": "FileEvent",
    "_Im_NetworkSession": "NetworkSession",
    "_Im_ProcessCreate": "ProcessEvent",
    "_Im_ProcessTerminate": "ProcessEvent",
    "_Im_RegistryEvent": "RegistryEvent",
    "_Im_UserManagement": "UserManagement",
    "_Im_WebSession": "WebSession",
}


def main(source: Path) -> None:
    schemas = json.loads(source.read_text(encoding="utf-8"))["schemas"]
    lines = []
    for parser, schema in sorted(PARSERS.items()):
        columns = schemas["Common"] | schemas[schema]
        typed = tuple(Column(name, ALIASES[facts["type"]]) for name, facts in sorted(columns.items()) if "type" in facts)
        lines.append(format_table(Table(parser, typed)) + "\n")
    Path(ASIM).write_text("".join(lines), encoding="utf-8", newline="\n")
    print(f"{ASIM}: {len(lines)} parsers")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
