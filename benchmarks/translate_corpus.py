"""KQL to SQL over a collection of queries: milliseconds a query (warm), and the peak memory of the process.

    python benchmarks/translate_corpus.py CASES.jsonl [--dialect duckdb] [--rounds 3]

CASES.jsonl holds {"query": ...} lines. Queries that are refused count too: a refusal is an answer, and as slow.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from collections import Counter
from pathlib import Path

import ruleconv


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("cases", type=Path)
    arguments.add_argument("--dialect", default="postgres", choices=["postgres", "duckdb"])
    arguments.add_argument("--rounds", type=int, default=3, help="the first one warms up and is not counted")
    options = arguments.parse_args()
    queries = [json.loads(line)["query"] for line in options.cases.read_text(encoding="utf-8").splitlines() if line.strip()]
    outcomes: Counter[str] = Counter()
    best = [float("inf")] * len(queries)
    for round_ in range(options.rounds + 1):
        for at, query in enumerate(queries):
            start = time.perf_counter()
            try:
                outcome = str(ruleconv.translate(query, source="kql", to="sql", dialect=options.dialect).effect.value)
            except ruleconv.RuleconvError as error:
                outcome = type(error).__name__
            took = time.perf_counter() - start
            if round_ == 0:
                outcomes[outcome] += 1
            else:
                best[at] = min(best[at], took)
    milliseconds = sorted(1000 * seconds for seconds in best)
    print(f"{len(queries)} queries to {options.dialect}: {dict(outcomes)}")
    print(
        f"median {statistics.median(milliseconds):.2f} ms, mean {statistics.fmean(milliseconds):.2f} ms, "
        f"95 % below {milliseconds[int(len(milliseconds) * 0.95)]:.2f} ms, slowest {milliseconds[-1]:.1f} ms"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
