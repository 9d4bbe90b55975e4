"""User time of ``ruleconv lint``, beside ``sigma check`` and ``yamllint`` on the same files in the same run.

    python benchmarks/lint.py CORPUS [--sigma PATH_OF_sigma] [--yamllint PATH_OF_yamllint] [--runs 5]

CORPUS is a folder with the folders ``sigma`` and ``sentinel-yaml``. The other two programs are not installed with ruleconv
(``pip install sigma-cli yamllint`` into an environment of their own); without them only ruleconv is measured. ``sigma check`` runs without
its two validators that download their data first.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def seconds(command: list[str], folder: str) -> tuple[float, float]:
    """User and elapsed time that the command took, its children included."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, time.perf_counter()
    subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, time.perf_counter() - start


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("corpus", type=Path)
    arguments.add_argument("--sigma")
    arguments.add_argument("--yamllint")
    arguments.add_argument("--runs", type=int, default=5)
    options = arguments.parse_args()
    corpus = options.corpus.resolve()
    sigma, sentinel = corpus / "sigma", corpus / "sentinel-yaml"
    one_sigma, one_sentinel = str(min(sigma.rglob("*.yml"))), str(min(sentinel.rglob("*.yaml")))
    # ``sigma check`` stops at the first file that pySigma cannot take: it gets the best-kept collection, as the others do beside it.
    largest = max((each for each in sigma.iterdir() if each.is_dir()), key=lambda each: len(list(each.rglob("*.yml"))))
    lint = [sys.executable, "-m", "ruleconv.cli", "lint", "--isolated", "--format", "json"]
    alone = [*lint, "--no-cache", "--jobs", "1"]
    with tempfile.TemporaryDirectory() as folder:
        tasks: list[tuple[str, int, list[str]]] = [
            ("one Sigma rule, cold", 1, [*alone, one_sigma]),
            ("one Sentinel rule, cold", 1, [*alone, one_sentinel]),
            ("all Sigma rules, one process, no cache", len(list(sigma.rglob("*.yml"))), [*alone, str(sigma)]),
            (f"{largest.name}, one process, no cache", len(list(largest.rglob("*.yml"))), [*alone, str(largest)]),
            ("all Sentinel rules, one process, no cache", len(list(sentinel.rglob("*.yaml"))), [*alone, str(sentinel)]),
            ("the whole corpus again, unchanged", sum(each.is_file() for each in corpus.rglob("*.*")), [*lint, str(corpus)]),
        ]
        for name, program, *words in (
            ("sigma check", options.sigma, "check", "-x", "attacktag", "-x", "d3_fendtag"),
            ("yamllint", options.yamllint),
        ):
            if program is not None:
                tasks.append((f"{name}: one Sigma rule", 1, [program, *words, one_sigma]))
                tasks.append((f"{name}: {largest.name}", len(list(largest.rglob("*.yml"))), [program, *words, str(largest)]))
        subprocess.run([*lint, str(corpus)], cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print(f"{'user s':>8} {'elapsed':>8} {'files/s':>8}")
        for name, files, command in tasks:
            user, elapsed = min(seconds(command, folder) for _ in range(options.runs))
            print(f"{user:8.3f} {elapsed:8.3f} {files / user:8.0f}  {name}")


if __name__ == "__main__":
    main()
