"""Write ruleconv/schema/data/tables.txt from a JSON file of tables: python tools/build_tables.py tables.json

The input is ``{"tables": {name: [[column, type], ...]}}``; the order of the columns is kept, the tables are sorted by name.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from ruleconv.ir.types import ALIASES, Column
from ruleconv.schema.model import Table
from ruleconv.schema.table_text import DATA, format_table

NAME = re.compile(r"\w+", re.ASCII)


def main(source: Path) -> None:
    tables = json.loads(source.read_text(encoding="utf-8"))["tables"]
    lines = []
    for name in sorted(tables):
        columns = tuple(Column(column, ALIASES[type_name]) for column, type_name in tables[name])
        odd = [each for each in (name, *(c.name for c in columns)) if not NAME.fullmatch(each)]
        if odd or not columns or len({c.name for c in columns}) != len(columns):
            raise SystemExit(f"{name}: names that the format cannot hold, doubled or missing columns: {odd}")
        lines.append(format_table(Table(name, columns)) + "\n")
    Path(DATA).write_text("".join(lines), encoding="utf-8", newline="\n")
    print(f"{DATA}: {len(lines)} tables, {sum(len(columns) for columns in tables.values())} columns")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
