"""Sigma rules to another language: rules a second in one process, reading included, by the processor's own time.

    python benchmarks/translate_sigma.py FOLDER [--to sql] [--dialect postgres] [--rounds 3]

FOLDER is searched for *.yml files. Rules that are refused count too; how many are is told.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import ruleconv


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--to", default="sql", choices=["sql", "kql", "sentinel", "sigma"])
    arguments.add_argument("--dialect", default="postgres")
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    texts = [path.read_text("utf-8", errors="replace") for path in sorted(options.folder.rglob("*.yml"))]
    begin = time.process_time()
    ruleconv.translate(texts[0], source="sigma", to=options.to, dialect=options.dialect)
    print(f"first rule, imports included: {(time.process_time() - begin) * 1000:.0f} ms")
    for _ in range(options.rounds):
        refused = 0
        begin = time.process_time()
        for text in texts:
            try:
                ruleconv.translate(text, source="sigma", to=options.to, dialect=options.dialect)
            except ruleconv.RuleconvError:
                refused += 1
        seconds = time.process_time() - begin
        print(f"{len(texts)} rules, {refused} refused: {len(texts) / seconds:,.0f} a second")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
