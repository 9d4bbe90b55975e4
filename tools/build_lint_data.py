"""Write the facts that lint rules ask for:

    python tools/build_lint_data.py entity_types.json

The input: ``{"entities": {type: {"identifiers", "required_any_of", "strong"}}}``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "ruleconv" / "linter" / "data"


def main(entities: Path) -> None:
    types = json.loads(entities.read_text("utf-8"))["entities"]
    lines = [
        f"{name}\t{' '.join(facts['identifiers'])}\t{_sets(facts['required_any_of'])}\t{_sets(facts['strong'])}".rstrip()
        for name, facts in sorted(types.items())
    ]
    _write("entities.txt", "Entity types: identifiers; sets of which one is needed; sets that identify strongly (joined by +).", lines)


def _sets(sets: list[list[str]]) -> str:
    return " ".join("+".join(each) for each in sets)


def _write(name: str, what: str, lines: list[str]) -> None:
    head = f"# {what}\n# Where it comes from: PROVENANCE.md. Written by tools/build_lint_data.py.\n"
    (FOLDER / name).write_text(head + "\n".join(lines) + "\n", "utf-8", newline="\n")
    print(f"{name}: {len(lines)}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
