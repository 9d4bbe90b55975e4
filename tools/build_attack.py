"""Write ruleconv/rulefile/data/attack.txt and attack_names.txt from a JSON extract of ATT&CK: python tools/build_attack.py attack.json

The input is ``{matrix: {"tactics": {slug: {"id": .., "name": ..}}, "techniques": {id: {"n": name, "t": [tactics], "t18": [tactics in
ATT&CK 18], "r": successor}}}}`` for the matrices enterprise, ics and mobile.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ruleconv.rulefile.attack import DATA, NAMES

HEADER = """\
# The techniques of MITRE ATT&CK, each with its tactics and those that it had in ATT&CK 18; =T1234 is the successor of a revoked one.
# Enterprise {enterprise}, ICS {ics}, mobile {mobile}. (c) 2026 The MITRE Corporation. This work is reproduced and distributed with the
# permission of The MITRE Corporation. Where it comes from: PROVENANCE.md. Written by tools/build_attack.py.
"""
NAMES_HEADER = """\
# The names of MITRE ATT&CK's tactics (slug, id, name) and techniques (id, name; a sub-technique's own part of it).
# Enterprise {enterprise}, ICS {ics}, mobile {mobile}. (c) 2026 The MITRE Corporation. This work is reproduced and distributed with the
# permission of The MITRE Corporation. Where it comes from: PROVENANCE.md. Written by tools/build_attack.py.
"""


def main(source: Path) -> None:
    matrices = {name: each for name, each in json.loads(source.read_text(encoding="utf-8")).items() if not name.startswith("_")}
    lines: dict[str, str] = {}
    for matrix in ("mobile", "ics", "enterprise"):
        for technique, facts in matrices[matrix]["techniques"].items():
            now = f"={facts['r']}" if facts.get("r") else " ".join(facts.get("t", ()))
            before = [each for each in facts.get("t18", ()) if each not in facts.get("t", ())]
            marks = [matrix] * (matrix != "enterprise") + ["deprecated"] * (facts.get("s") == "deprecated")
            lines[technique] = f"{technique}\t{now}\t{' '.join(before)}\t{' '.join(marks)}".rstrip("\t") + "\n"
    header = HEADER.format(**{name: each["version"] for name, each in matrices.items()})
    Path(DATA).write_text(header + "".join(lines[each] for each in sorted(lines)), encoding="utf-8", newline="\n")
    print(f"{DATA}: {len(lines)} techniques")
    names: dict[str, str] = {}
    for matrix in ("mobile", "ics", "enterprise"):
        names |= {slug: f"{slug}\t{each['id']}\t{each['name']}\n" for slug, each in matrices[matrix]["tactics"].items()}
        names |= {technique: f"{technique}\t{each['n']}\n" for technique, each in matrices[matrix]["techniques"].items() if each.get("n")}
    header = NAMES_HEADER.format(**{name: each["version"] for name, each in matrices.items()})
    Path(NAMES).write_text(header + "".join(names[each] for each in sorted(names)), encoding="utf-8", newline="\n")
    print(f"{NAMES}: {len(names)} names")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
