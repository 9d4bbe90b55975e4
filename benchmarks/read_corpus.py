"""Reading KQL: queries a second in one process, lexing, parsing and building of the tree together.

    python benchmarks/read_corpus.py FOLDER [--rounds 3]

FOLDER is searched for *.kql files and for *.yaml rules with a ``query:``. Queries that are refused count too.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import yaml

from ruleconv.diagnostic import ParseError
from ruleconv.kql.parse import parse
from ruleconv.text import Source


def queries(folder: Path) -> list[str]:
    """Every query under ``folder``."""
    found = [path.read_text("utf-8", errors="replace") for path in sorted(folder.rglob("*.kql"))]
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        try:
            rule = yaml.load(path.read_text("utf-8", errors="replace"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.YAMLError:
            continue
        if isinstance(rule, dict) and isinstance(rule.get("query"), str):
            found.append(rule["query"])
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    texts = queries(options.folder)
    begin = time.perf_counter()
    parse(Source("T"))
    print(f"first query, the table's loading included: {(time.perf_counter() - begin) * 1000:.1f} ms")
    for _ in range(options.rounds):
        refused = 0
        begin = time.perf_counter()
        for text in texts:
            try:
                parse(Source(text))
            except ParseError:
                refused += 1
        seconds = time.perf_counter() - begin
        print(f"{len(texts)} queries ({sum(map(len, texts)):,} characters, {refused} refused): {len(texts) / seconds:,.0f} queries/s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
